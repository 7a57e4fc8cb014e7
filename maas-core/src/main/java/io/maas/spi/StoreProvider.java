package io.maas.spi;

import io.maas.error.InvalidInputException;
import io.maas.error.UnavailableException;
import java.net.URI;
import java.util.Set;

/** Opens stores of one kind. Found as a service. Thread-safe. */
public interface StoreProvider {
    /** Returns the URI schemes it answers to, lower case. */
    Set<String> schemes();

    /**
     * Opens a store.
     *
     * @param address where; its query may have settings
     * @param readOnly whether the store will only be read; then nothing is created or probed
     * @throws InvalidInputException if the address is not one of this kind of store
     * @throws UnavailableException if the store cannot be reached or cannot do what {@link ObjectStore} asks of it
     */
    ObjectStore open(URI address, boolean readOnly);
}
