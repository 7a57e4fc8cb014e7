package io.maas.internal.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LeasedTest {
    private final AtomicInteger closed = new AtomicInteger();
    private final Leased<String> leased = new Leased<>("model", closed::incrementAndGet);

    @Test
    void theMakerHoldsItUntilItLetsGo() {
        assertThat(leased.value()).isEqualTo("model");
        assertThat(closed).hasValue(0);
        leased.letGo();
        assertThat(closed).hasValue(1);
    }

    @Test
    void itIsClosedByWhoeverLetsGoLast() {
        assertThat(leased.lease()).isTrue();
        assertThat(leased.lease()).isTrue();
        assertThat(leased.hold()).isTrue();
        leased.letGo();
        leased.release();
        leased.letGo();
        assertThat(closed).hasValue(0);
        leased.release();
        assertThat(closed).hasValue(1);
    }

    @Test
    void whatIsClosedIsNotLeasedAgain() {
        leased.letGo();
        assertThat(leased.lease()).isFalse();
        assertThat(leased.hold()).isFalse();
        assertThat(closed).hasValue(1);
    }

    @Test
    void lettingGoTooOftenIsABugThatDoesNotCloseTwice() {
        leased.letGo();
        assertThatThrownBy(leased::letGo).isInstanceOf(IllegalStateException.class);
        assertThat(leased.lease()).isFalse();
        assertThat(closed).hasValue(1);
    }

    @Test
    void noLeaseOutlivesTheClosing() throws Exception {
        AtomicBoolean open = new AtomicBoolean(true);
        Leased<AtomicBoolean> shared = new Leased<>(open, () -> open.set(false));
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Boolean>> users = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                users.add(threads.submit(() -> {
                    boolean alwaysOpen = true;
                    while (shared.lease()) {
                        alwaysOpen &= open.get();
                        shared.release();
                    }
                    return alwaysOpen;
                }));
            }
            for (int i = 0; i < 1000; i++) {
                assertThat(shared.lease()).isTrue();
                shared.release();
            }
            shared.letGo();
            for (Future<Boolean> user : users) {
                assertThat(user.get()).isTrue();
            }
            assertThat(open).isFalse();
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void whoHoldsOnIsNamedByWhereHeTookIt() throws InterruptedException {
        Leased<String> model = new Leased<>("m", () -> {}, new LeaseTrace(true));
        forget(model);
        assertThat(model.lease()).isTrue();
        model.release();
        Thread other = new Thread(() -> {
            assertThat(model.lease()).isTrue();
            model.release();
        });
        other.start();
        other.join();
        assertThat(model.trace().open())
                .singleElement()
                .satisfies(where -> assertThat(where.getStackTrace())
                        .anyMatch(frame -> frame.getMethodName().equals("forget")));
        model.release();
        assertThat(model.trace().open()).isEmpty();
        assertThat(model.isOnlyUsed()).as("it is served").isFalse();
        model.letGo();
        assertThat(model.isOnlyUsed()).as("it is closed").isFalse();
    }

    @Test
    void whoeverLetsGoOfItLeavesTheTracesOfCallsAlone() throws InterruptedException {
        Leased<String> model = new Leased<>("m", () -> {}, new LeaseTrace(true));
        forget(model);
        Thread other = new Thread(() -> {
            assertThat(model.hold()).isTrue();
            model.letGo();
        });
        other.start();
        other.join();
        assertThat(model.isOnlyUsed())
                .as("it is served, and a call of it may go on")
                .isFalse();
        model.letGo();
        assertThat(model.isOnlyUsed()).isTrue();
        assertThat(model.trace().open())
                .singleElement()
                .satisfies(where -> assertThat(where.getStackTrace())
                        .anyMatch(frame -> frame.getMethodName().equals("forget")));
    }

    private static void forget(Leased<String> model) {
        assertThat(model.lease()).isTrue();
    }
}
