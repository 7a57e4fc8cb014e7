package io.maas.internal.store;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.spi.ObjectStore;
import io.maas.spi.StoreProvider;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeSet;

/** Finds the store for an address among those on the class path. */
public final class Stores {
    private static final Map<String, String> KNOWN =
            Map.of("file", "io.maas:maas-store-fs", "s3", "io.maas:maas-store-s3");

    private Stores() {}

    /** How a store is to be used. */
    public enum Access {
        /** Nothing is written. */
        READ,
        /** Anything may be. */
        WRITE
    }

    /** Opens the store at an address. */
    public static ObjectStore open(URI address, Access access) {
        List<StoreProvider> providers = ServiceLoader.load(StoreProvider.class, Stores.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        return open(address, access, providers);
    }

    static ObjectStore open(URI address, Access access, List<StoreProvider> providers) {
        if (address.getScheme() == null) {
            throw new InvalidInputException(
                    ErrorCode.NO_STORE,
                    "open a store",
                    "the address has no scheme, '" + address.getPath() + "'",
                    "write file:///folder, s3://bucket/prefix or memory:scratch, or give a Path");
        }
        String scheme = address.getScheme().toLowerCase(Locale.ROOT);
        List<StoreProvider> fitting = providers.stream()
                .filter(provider -> provider.schemes().contains(scheme))
                .toList();
        if (fitting.size() == 1) {
            return fitting.get(0).open(address, access == Access.READ);
        }
        if (fitting.isEmpty()) {
            TreeSet<String> schemes = new TreeSet<>();
            providers.forEach(provider -> schemes.addAll(provider.schemes()));
            String coordinates = KNOWN.get(scheme);
            throw new InvalidInputException(
                    ErrorCode.NO_STORE,
                    "open a store",
                    "no store on the class path answers to '" + scheme + ":', found are " + schemes,
                    coordinates == null
                            ? "use one of those, or add a store that does"
                            : "add the dependency " + coordinates + " to the class path");
        }
        throw new InvalidInputException(
                ErrorCode.NO_STORE,
                "open a store",
                "several stores on the class path answer to '" + scheme + ":', "
                        + fitting.stream()
                                .map(provider -> provider.getClass().getName())
                                .toList(),
                "leave all but one off the class path, or pass an opened store");
    }
}
