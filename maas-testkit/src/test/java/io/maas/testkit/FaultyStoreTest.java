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
    private final FaultyStore faulty = new FaultyStore(new MemoryStore());

    @Override
    protected ObjectStore open() {
        return faulty;
    }

    @Test
    void failsOnceBeforeTheWrite() {
        faulty.onCreate("log/", Fault.FAIL_BEFORE);

        assertThatThrownBy(() -> faulty.createIfAbsent("log/1", Contents.of("x")))
                .isInstanceOf(UnavailableException.class)
                .isNotInstanceOf(AmbiguousWriteException.class);
        assertThat(faulty.get("log/1")).isEmpty();
        assertThat(faulty.createIfAbsent("log/1", Contents.of("x"))).isTrue();
    }

    @Test
    void failsOnceAfterTheWrite() {
        faulty.onCreate("log/", Fault.FAIL_AFTER);

        assertThatThrownBy(() -> faulty.createIfAbsent("log/1", Contents.of("x")))
                .isInstanceOf(AmbiguousWriteException.class);
        assertThat(faulty.createIfAbsent("log/1", Contents.of("x"))).isFalse();
    }

    @Test
    void landsALateWriteWhenTold() {
        faulty.onCreate("log/", Fault.LATE);

        assertThatThrownBy(() -> faulty.createIfAbsent("log/1", Contents.of("late")))
                .isInstanceOf(AmbiguousWriteException.class);

        assertThat(faulty.get("log/1")).isEmpty();
        assertThat(faulty.landLate()).isEqualTo(1);
        assertThat(faulty.landLate()).isZero();
        assertThat(read("log/1")).isEqualTo("late");
    }

    @Test
    void aLateWriteIsRefusedIfAnotherWasFaster() {
        faulty.onCreate("log/", Fault.LATE);
        assertThatThrownBy(() -> faulty.createIfAbsent("log/1", Contents.of("late")))
                .isInstanceOf(AmbiguousWriteException.class);

        assertThat(faulty.createIfAbsent("log/1", Contents.of("fast"))).isTrue();

        assertThat(faulty.landLate()).isZero();
        assertThat(read("log/1")).isEqualTo("fast");
    }

    @Test
    void landsALateWriteRightBeforeALaterOperation() {
        faulty.onCreateLandBefore("log/", 3);
        assertThatThrownBy(() -> faulty.createIfAbsent("log/1", Contents.of("late")))
                .isInstanceOf(AmbiguousWriteException.class);

        assertThat(faulty.get("log/1")).isEmpty();
        assertThat(faulty.list("", "", 10)).isEmpty();
        assertThat(faulty.createIfAbsent("log/1", Contents.of("again"))).isFalse();
        assertThat(read("log/1")).isEqualTo("late");
    }

    @Test
    void takesFaultsInTheOrderOfTheScriptAndLeavesOtherKeysAlone() {
        faulty.onCreate("log/", Fault.FAIL_BEFORE).onCreate("log/", Fault.FAIL_AFTER);

        assertThat(faulty.createIfAbsent("blobs/1", Contents.of("x"))).isTrue();
        assertThatThrownBy(() -> faulty.createIfAbsent("log/1", Contents.of("x")))
                .isNotInstanceOf(AmbiguousWriteException.class);
        assertThatThrownBy(() -> faulty.createIfAbsent("log/1", Contents.of("x")))
                .isInstanceOf(AmbiguousWriteException.class);
    }

    @Test
    void corruptsReadsUntilItIsHealed() throws IOException {
        faulty.createIfAbsent("blobs/1", Contents.of("abc"));

        faulty.flipBits("blobs/");
        assertThat(read("blobs/1")).isEqualTo("acc");
        try (InputStream in = faulty.open("blobs/1", 1).orElseThrow()) {
            assertThat(in.readAllBytes()).asString(UTF_8).isEqualTo("cc");
        }
        faulty.truncate("blobs/", 1);
        assertThat(read("blobs/1")).isEqualTo("a");
        assertThat(faulty.localFile("blobs/1")).isEmpty();

        faulty.heal();
        assertThat(read("blobs/1")).isEqualTo("abc");
    }

    @Test
    void countsOperationsByKindAndPrefix() {
        faulty.onCreate("log/1", Fault.FAIL_BEFORE);
        assertThatThrownBy(() -> faulty.createIfAbsent("log/1", Contents.of("x")))
                .isInstanceOf(UnavailableException.class);
        faulty.createIfAbsent("log/1", Contents.of("x"));
        faulty.get("log/1");
        faulty.list("log/", "", 1);

        assertThat(faulty.count(Operation.CREATE, "log/")).isEqualTo(2);
        assertThat(faulty.count(Operation.GET, "")).isEqualTo(1);
        assertThat(faulty.count(Operation.GET, "blobs/")).isZero();
        assertThat(faulty.count(Operation.LIST, "log/")).isEqualTo(1);

        faulty.resetCounts();
        assertThat(faulty.count(Operation.CREATE, "")).isZero();
    }

    private String read(String key) {
        return new String(faulty.get(key).orElseThrow(), UTF_8);
    }
}
