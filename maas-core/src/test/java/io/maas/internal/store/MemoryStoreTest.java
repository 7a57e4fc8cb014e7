package io.maas.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.error.DeniedException;
import io.maas.error.InvalidInputException;
import io.maas.spi.ObjectStore;
import io.maas.spi.StoreProvider;
import io.maas.testkit.Contents;
import io.maas.testkit.ObjectStoreContract;
import java.net.URI;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class MemoryStoreTest extends ObjectStoreContract {
    private final StoreProvider provider = new MemoryStoreProvider();

    @Override
    protected ObjectStore open() {
        return new MemoryStore();
    }

    @Test
    void isFoundAsAService() {
        assertThat(ServiceLoader.load(StoreProvider.class).stream().map(ServiceLoader.Provider::get))
                .anySatisfy(found -> assertThat(found.schemes()).containsExactly("memory"));
    }

    @Test
    void eachOpeningMakesAFreshStore() {
        URI address = URI.create("memory:scratch");
        try (ObjectStore one = provider.open(address, false);
                ObjectStore other = provider.open(address, false)) {
            one.createIfAbsent("a", Contents.of("x"));

            assertThat(other.get("a")).isEmpty();
            assertThat(one).hasToString("memory:scratch");
        }
    }

    @Test
    void refusesWritesWhenOpenedToReadOnly() {
        try (ObjectStore store = provider.open(URI.create("memory:scratch"), true)) {
            assertThatThrownBy(() -> store.createIfAbsent("a", Contents.of("x")))
                    .isInstanceOf(DeniedException.class);
            assertThatThrownBy(() -> store.put("a", new byte[0])).isInstanceOf(DeniedException.class);
            assertThatThrownBy(() -> store.delete("a")).isInstanceOf(DeniedException.class);
            assertThat(store.get("a")).isEmpty();
        }
    }

    @Test
    void refusesTheAddressOfAnotherKindOfStore() {
        assertThatThrownBy(() -> provider.open(URI.create("s3://bucket"), false))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("s3://bucket");
    }

    @Test
    void refusesContentThatIsTooLargeForAnArray() {
        try (ObjectStore store = open()) {
            assertThatThrownBy(() -> store.createIfAbsent(
                            "a", Contents.claiming(1L << 40, java.io.InputStream::nullInputStream)))
                    .isInstanceOf(InvalidInputException.class);
        }
    }
}
