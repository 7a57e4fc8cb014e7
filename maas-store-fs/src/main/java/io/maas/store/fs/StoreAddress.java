package io.maas.store.fs;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;

/**
 * Where a store is.
 *
 * @param folder an absolute path
 * @param network what to do on a network filesystem
 * @param text the address as it was given
 */
record StoreAddress(Path folder, Network network, String text) {
    /** What to do on a network filesystem. */
    enum Network {
        REFUSE,
        ALLOW
    }

    /** Understands an address such as {@code file:///var/lib/models?nfs=allow}. */
    static StoreAddress parse(URI address) {
        if (!"file".equalsIgnoreCase(address.getScheme())) {
            throw malformed(address, "it is that of another kind of store");
        }
        if (address.getPath() == null) {
            throw malformed(address, "its path is not absolute");
        }
        if (address.getAuthority() != null) {
            throw malformed(address, "it names a host, '" + address.getAuthority() + "'");
        }
        if (address.getFragment() != null) {
            throw malformed(address, "it has a fragment, '" + address.getFragment() + "'");
        }
        return new StoreAddress(folder(address), network(address), address.toString());
    }

    private static Path folder(URI address) {
        try {
            return Path.of(new URI("file", null, address.getPath(), null)).normalize();
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw malformed(address, "its path cannot be one, " + e.getMessage());
        }
    }

    private static Network network(URI address) {
        String query = address.getQuery();
        if (query == null) {
            return Network.REFUSE;
        }
        return switch (query) {
            case "nfs=allow" -> Network.ALLOW;
            case "nfs=refuse" -> Network.REFUSE;
            default -> throw malformed(address, "it has an unknown setting, '" + query + "'");
        };
    }

    private static InvalidInputException malformed(URI address, String why) {
        return new InvalidInputException(
                ErrorCode.BAD_SETTING,
                "open the store '" + address + "'",
                why,
                "use an address such as file:///var/lib/models or file:///mnt/models?nfs=allow");
    }
}
