package io.maas.internal.store;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.spi.ObjectStore;
import io.maas.spi.StoreProvider;
import java.net.URI;
import java.util.Set;

/** Opens stores in memory. Each opening makes a fresh one, whatever follows {@code memory:} in the address. */
public final class MemoryStoreProvider implements StoreProvider {
    /** Called when services are loaded. */
    public MemoryStoreProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("memory");
    }

    @Override
    public ObjectStore open(URI address, boolean readOnly) {
        if (!"memory".equalsIgnoreCase(address.getScheme())) {
            throw new InvalidInputException(
                    ErrorCode.BAD_SETTING,
                    "open a store in memory",
                    "the address is that of another kind, '" + address + "'",
                    "use an address such as memory:scratch");
        }
        return new MemoryStore(address.toString(), readOnly ? MemoryStore.Access.READ : MemoryStore.Access.WRITE);
    }
}
