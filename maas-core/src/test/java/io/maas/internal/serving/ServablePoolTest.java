package io.maas.internal.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.internal.log.BlobKey;
import io.maas.internal.registry.VersionState;
import io.maas.model.Digest;
import io.maas.repository.Standing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServablePoolTest {
    private static final VersionState ONE = version(Digest.of(new byte[] {1}));

    private final List<FakeServable> loaded = new ArrayList<>();
    private final ServablePool pool = new ServablePool(version -> load(), false);
    private boolean failing;

    private Servable load() {
        if (failing) {
            throw new IllegalStateException("no such engine");
        }
        FakeServable model = new FakeServable();
        model.closesAtOnce = false;
        loaded.add(model);
        return model;
    }

    private static VersionState version(Digest digest) {
        return new VersionState(
                "1",
                digest,
                1,
                1,
                0,
                "tester",
                new BlobKey(digest, 0, 1),
                List.of(),
                List.of(),
                Map.of(),
                Standing.active(),
                List.of());
    }

    private boolean isEmpty() throws InterruptedException {
        return pool.awaitEmpty(Duration.ZERO);
    }

    @Test
    void oneModelIsSharedByAllWhoHoldIt() throws Exception {
        Leased<Servable> first = pool.hold(ONE);
        Leased<Servable> second = pool.hold(ONE);
        assertThat(second).isSameAs(first);
        first.letGo();
        assertThat(loaded.get(0).isRetired()).isFalse();
        second.letGo();
        assertThat(loaded.get(0).isRetired()).isTrue();
        assertThat(isEmpty()).as("its last run has not ended").isFalse();
        loaded.get(0).close();
        assertThat(isEmpty()).isTrue();
    }

    @Test
    void itIsNotEmptyWhileAModelRunsThatAFreshOneHasReplaced() throws Exception {
        pool.hold(ONE).letGo();
        Leased<Servable> again = pool.hold(ONE);
        assertThat(loaded).hasSize(2);
        again.letGo();
        loaded.get(1).close();
        assertThat(isEmpty()).as("the first still runs").isFalse();
        loaded.get(0).close();
        assertThat(isEmpty()).isTrue();
    }

    @Test
    void whatEndsLateDoesNotTakeTheFreshOneWithIt() {
        pool.hold(ONE).letGo();
        Leased<Servable> again = pool.hold(ONE);
        loaded.get(0).close();
        assertThat(pool.hold(ONE)).isSameAs(again);
    }

    @Test
    void whatCannotBeLoadedLeavesNothingBehind() throws Exception {
        failing = true;
        assertThat(catchThrowable(() -> pool.hold(ONE))).hasMessage("no such engine");
        assertThat(isEmpty()).isTrue();
        failing = false;
        assertThat(pool.hold(ONE).isIdle()).isTrue();
    }

    @Test
    void whatIsThereStaysAndNothingIsLoadedOnceItIsClosed() {
        Leased<Servable> there = pool.hold(ONE);
        pool.close();
        assertThat(pool.hold(ONE)).isSameAs(there);
        assertThat(catchThrowable(() -> pool.hold(version(Digest.of(new byte[] {2})))))
                .isInstanceOfSatisfying(
                        UnavailableException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
        assertThat(catchThrowable(() -> pool.outside(() -> {})))
                .isInstanceOfSatisfying(
                        UnavailableException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
        assertThat(loaded).hasSize(1);
    }

    @Test
    void aModelThatIsTriedOutCountsUntilItIsClosed() throws InterruptedException {
        List<String> done = new ArrayList<>();
        Runnable closed = pool.outside(() -> done.add("closed"));
        assertThat(pool.awaitEmpty(Duration.ZERO)).isFalse();
        assertThat(done).isEmpty();
        closed.run();
        assertThat(pool.awaitEmpty(Duration.ZERO)).isTrue();
        assertThat(done).containsExactly("closed");
    }
}
