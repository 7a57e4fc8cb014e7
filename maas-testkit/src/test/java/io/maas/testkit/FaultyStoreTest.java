package io.maas.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.error.AmbiguousWriteException;
import io.maas.error.UnavailableException;
import io.maas.internal.store.MemoryStore;
import io.maas.spi.ObjectStore;
import io.maas.testkit.FaultyStore.Fault;
import io.maas.testkit.FaultyStore.Operation;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

/** Without a fault it is a store like any other; with one it fails exactly as told. */
class FaultyStoreTest extends ObjectStoreContract {
    private final FaultyStore store = new FaultyStore(new MemoryStore());

    @Override
    protected ObjectStore open() {
        return store;
    }

    @Test
    void failsOnceBeforeTheWrite() {
        store.onCreate("log/", Fault.FAIL_BEFORE);

        assertThatThrownBy(() -> store.createIfAbsent("log/1", Contents.of("x")))
                .isInstanceOf(UnavailableException.class)
                .isNotInstanceOf(AmbiguousWriteException.class);
        assertThat(store.get("log/1")).isEmpty();
        assertThat(store.createIfAbsent("log/1", Contents.of("x"))).isTrue();
    }

    @Test
    void failsOnceAfterTheWrite() {
        store.onCreate("log/", Fault.FAIL_AFTER);

        assertThatThrownBy(() -> store.createIfAbsent("log/1", Contents.of("x")))
                .isInstanceOf(AmbiguousWriteException.class);
        assertThat(store.createIfAbsent("log/1", Contents.of("x"))).isFalse();
    }

    @Test
    void landsALateWriteWhenTold() {
        store.onCreate("log/", Fault.LATE);

        assertThatThrownBy(() -> store.createIfAbsent("log/1", Contents.of("late")))
                .isInstanceOf(AmbiguousWriteException.class);

        assertThat(store.get("log/1")).isEmpty();
        assertThat(store.landLate()).isEqualTo(1);
        assertThat(store.landLate()).isZero();
        assertThat(read("log/1")).isEqualTo("late");
    }

    @Test
    void aLateWriteIsRefusedIfAnotherWasFaster() {
        store.onCreate("log/", Fault.LATE);
        assertThatThrownBy(() -> store.createIfAbsent("log/1", Contents.of("late")))
                .isInstanceOf(AmbiguousWriteException.class);

        assertThat(store.createIfAbsent("log/1", Contents.of("fast"))).isTrue();

        assertThat(store.landLate()).isZero();
        assertThat(read("log/1")).isEqualTo("fast");
    }

    @Test
    void landsALateWriteRightBeforeALaterOperation() {
        store.onCreateLandBefore("log/", 3);
        assertThatThrownBy(() -> store.createIfAbsent("log/1", Contents.of("late")))
                .isInstanceOf(AmbiguousWriteException.class);

        assertThat(store.get("log/1")).isEmpty();
        assertThat(store.list("", "", 10)).isEmpty();
        assertThat(store.createIfAbsent("log/1", Contents.of("again"))).isFalse();
        assertThat(read("log/1")).isEqualTo("late");
    }

    @Test
    void takesFaultsInTheOrderOfTheScriptAndLeavesOtherKeysAlone() {
        store.onCreate("log/", Fault.FAIL_BEFORE).onCreate("log/", Fault.FAIL_AFTER);

        assertThat(store.createIfAbsent("blobs/1", Contents.of("x"))).isTrue();
        assertThatThrownBy(() -> store.createIfAbsent("log/1", Contents.of("x")))
                .isNotInstanceOf(AmbiguousWriteException.class);
        assertThatThrownBy(() -> store.createIfAbsent("log/1", Contents.of("x")))
                .isInstanceOf(AmbiguousWriteException.class);
    }

    @Test
    void corruptsReadsUntilItIsHealed() throws IOException {
        store.createIfAbsent("blobs/1", Contents.of("abc"));

        store.flipBits("blobs/");
        assertThat(read("blobs/1")).isEqualTo("acc");
        try (InputStream in = store.open("blobs/1", 1).orElseThrow()) {
            assertThat(in.readAllBytes()).asString(UTF_8).isEqualTo("cc");
        }
        store.truncate("blobs/", 1);
        assertThat(read("blobs/1")).isEqualTo("a");
        assertThat(store.localFile("blobs/1")).isEmpty();

        store.heal();
        assertThat(read("blobs/1")).isEqualTo("abc");
    }

    @Test
    void countsOperationsByKindAndPrefix() {
        store.onCreate("log/1", Fault.FAIL_BEFORE);
        assertThatThrownBy(() -> store.createIfAbsent("log/1", Contents.of("x")))
                .isInstanceOf(UnavailableException.class);
        store.createIfAbsent("log/1", Contents.of("x"));
        store.get("log/1");
        store.list("log/", "", 1);

        assertThat(store.count(Operation.CREATE, "log/")).isEqualTo(2);
        assertThat(store.count(Operation.GET, "")).isEqualTo(1);
        assertThat(store.count(Operation.GET, "blobs/")).isZero();
        assertThat(store.count(Operation.LIST, "log/")).isEqualTo(1);

        store.resetCounts();
        assertThat(store.count(Operation.CREATE, "")).isZero();
    }

    private String read(String key) {
        return new String(store.get(key).orElseThrow(), UTF_8);
    }
}
