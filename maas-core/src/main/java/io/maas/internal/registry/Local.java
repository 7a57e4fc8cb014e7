package io.maas.internal.registry;

import io.maas.model.Digest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a host keeps on its own disk, so that it can serve while the store cannot be reached.
 *
 * @param state the folder for the newest state that this host knows; empty to keep none
 * @param copies small content that was read before
 * @param start what to do if the store cannot be reached when the registry is opened
 */
public record Local(Optional<Path> state, Copies copies, Start start) {
    /**
     * Returns the folder for what is known of the registry at an address; nothing if there is no use in keeping it: a store in
     * memory is another one each time, and so is one without an address.
     *
     * @param cache the folder of this host's cache
     */
    public static Optional<Path> stateFolder(Path cache, String address, String namespace) {
        int scheme = address.indexOf(':');
        if (scheme < 1 || address.startsWith("memory:")) {
            return Optional.empty();
        }
        // a folder's URI ends in a slash if the folder exists, and it is one registry either way
        String known = address.replaceAll("/+$", "") + "\n" + namespace;
        return Optional.of(cache.resolve("registry")
                .resolve(Digest.of(known.getBytes(StandardCharsets.UTF_8)).hex()));
    }

    /** What to do without the store. */
    public enum Start {
        /** Start with the state that this host knows, if it knows one. */
        STALE,
        /** Refuse to start. */
        REFUSED
    }

    /** Small content by digest. What goes wrong here is no reason to fail: the store has it all. */
    public interface Copies {
        /** Returns content that has this digest, if it is here. */
        Optional<byte[]> find(Digest digest);

        /** Keeps content that has this digest, if there is room. */
        void keep(Digest digest, byte[] content);
    }
}
