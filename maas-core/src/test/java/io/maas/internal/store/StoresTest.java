package io.maas.internal.store;

import static io.maas.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.maas.error.ErrorCode;
import io.maas.internal.store.Stores.Access;
import io.maas.spi.ObjectStore;
import io.maas.spi.StoreProvider;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoresTest {
    private static final List<StoreProvider> MEMORY = List.of(new MemoryStoreProvider());

    @ParameterizedTest
    @ValueSource(strings = {"memory:scratch", "MEMORY:scratch"})
    void theSchemeChoosesTheStoreInEitherCase(String address) {
        try (ObjectStore store = Stores.open(URI.create(address), Access.WRITE)) {
            assertThat(store).isInstanceOf(MemoryStore.class);
            store.put("a", new byte[] {1});
            assertThat(store.get("a")).isPresent();
        }
    }

    @Test
    void aStoreThatIsOnlyReadIsNotWritten() {
        try (ObjectStore store = Stores.open(URI.create("memory:scratch"), Access.READ)) {
            assertRefused(ErrorCode.READ_ONLY, () -> store.put("a", new byte[0]));
        }
    }

    @Test
    void anAddressWithoutASchemeIsRefused() {
        assertRefused(ErrorCode.NO_STORE, () -> Stores.open(URI.create("/var/models"), Access.WRITE, MEMORY))
                .hasMessageContaining("no scheme, '/var/models'")
                .hasMessageContaining("file:///folder");
    }

    @ParameterizedTest
    @CsvSource({"file:///models, io.maas:maas-store-fs", "s3://bucket/models, io.maas:maas-store-s3"})
    void aKnownSchemeWithoutAStoreNamesTheDependencyToAdd(URI address, String coordinates) {
        assertRefused(ErrorCode.NO_STORE, () -> Stores.open(address, Access.WRITE, MEMORY))
                .hasMessageContaining("'" + address.getScheme() + ":'")
                .hasMessageContaining(coordinates)
                .hasMessageContaining("[memory]");
    }

    @Test
    void anUnknownSchemeIsRefusedWithThoseThatAreThere() {
        assertRefused(ErrorCode.NO_STORE, () -> Stores.open(URI.create("ftp://host"), Access.WRITE, MEMORY))
                .hasMessageContaining("'ftp:'")
                .hasMessageContaining("[memory]")
                .hasMessageContaining("add a store that does");
    }

    @Test
    void severalStoresForOneSchemeAreRefused() {
        assertRefused(
                        ErrorCode.NO_STORE,
                        () -> Stores.open(
                                URI.create("memory:scratch"),
                                Access.WRITE,
                                List.of(new MemoryStoreProvider(), new MemoryStoreProvider())))
                .hasMessageContaining("several stores")
                .hasMessageContaining(MemoryStoreProvider.class.getName());
    }
}
