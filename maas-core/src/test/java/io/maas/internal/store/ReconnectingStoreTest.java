package io.maas.internal.store;

import static io.maas.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.maas.error.DeniedException;
import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.spi.ObjectStore;
import io.maas.testkit.Contents;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** A store that could not be opened yet. */
class ReconnectingStoreTest {
    private final AtomicLong now = new AtomicLong();
    private final AtomicInteger tries = new AtomicInteger();
    private final MemoryStore memory = new MemoryStore();
    private Supplier<ObjectStore> opener = () -> {
        throw down();
    };

    private final ObjectStore store = new ReconnectingStore(
            "test:store",
            () -> {
                tries.incrementAndGet();
                return opener.get();
            },
            now::get,
            down());

    private static UnavailableException down() {
        return new UnavailableException(ErrorCode.STORE_UNAVAILABLE, "open the store", "it is down", "wait");
    }

    private void wait(Duration time) {
        now.addAndGet(time.toNanos());
    }

    @Test
    void itIsTriedAtMostOnceASecond() {
        assertRefused(ErrorCode.STORE_UNAVAILABLE, () -> store.get("k"));
        assertThat(tries).hasValue(0);
        wait(Duration.ofSeconds(1));
        assertRefused(ErrorCode.STORE_UNAVAILABLE, () -> store.get("k"));
        assertRefused(ErrorCode.STORE_UNAVAILABLE, () -> store.list("", "", 1));
        assertRefused(ErrorCode.STORE_UNAVAILABLE, () -> store.createIfAbsent("k", Contents.of("v")));
        assertThat(tries).hasValue(1);
    }

    @Test
    void onceOpenItIsTheStore() {
        opener = () -> memory;
        wait(Duration.ofSeconds(1));
        assertThat(store.createIfAbsent("k", Contents.of("v"))).isTrue();
        store.put("h", new byte[] {1});
        assertThat(store.get("k").orElseThrow()).asString().isEqualTo("v");
        assertThat(store.open("k", 0)).isPresent();
        assertThat(store.localFile("k")).isEmpty();
        store.delete("h");
        assertThat(store.list("", "", 10)).isEqualTo(List.of("k"));
        assertThat(tries).hasValue(1);
        store.close();
        assertRefused(ErrorCode.CLOSED, () -> memory.get("k"));
    }

    @Test
    void whatElseIsWrongIsSaid() {
        opener = () -> {
            throw new DeniedException(ErrorCode.STORE_READ_ONLY, "open the store", "no right", "ask for it");
        };
        wait(Duration.ofSeconds(1));
        assertRefused(ErrorCode.STORE_READ_ONLY, () -> store.get("k"));
    }

    @Test
    void afterClosingItIsNotOpened() {
        opener = () -> memory;
        store.close();
        wait(Duration.ofSeconds(1));
        assertRefused(ErrorCode.CLOSED, () -> store.get("k"));
        assertThat(tries).hasValue(0);
    }

    @Test
    void itSaysWhatItIs() {
        assertThat(store).hasToString("test:store");
    }
}
