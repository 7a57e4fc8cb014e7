package io.maas.internal.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.internal.log.CommitLog;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CourtesyTest {
    private static final long MS = 1_000_000;

    private final List<Long> waits = new ArrayList<>();
    private long now = Long.MAX_VALUE - 5 * MS; // the clock may overflow, as that of the JVM may

    private final Courtesy courtesy = new Courtesy(new CommitLog.Pauses() {
        @Override
        public long nanoTime() {
            return now;
        }

        @Override
        public void beforeTry(int attempt) {
            throw new AssertionError("nothing is tried here");
        }

        @Override
        public void pause(long nanos) {
            now += nanos;
        }
    });

    /** Waits for as long as it is others' turn. */
    private void await() {
        long start = now;
        while (courtesy.nanosLeft() > 0) {
            assertThat(courtesy.pause()).isTrue();
        }
        if (now != start) {
            waits.add(now - start);
        }
    }

    @Test
    void whoIsAloneWaitsForNobody() {
        await();
        for (long number = 40; number < 50; number++) {
            courtesy.committed(number, 1, 10 * MS);
            await();
        }
        assertThat(waits).isEmpty();
    }

    @Test
    void whoWonAgainstOthersStandsBack() {
        courtesy.committed(40, 3, 10 * MS);
        await();
        await();
        assertThat(waits).containsExactly(20 * MS);
    }

    @Test
    void commitsOfOthersInBetweenShowThatTheyAreThere() {
        courtesy.committed(40, 1, 10 * MS);
        await();
        assertThat(waits).isEmpty();
        courtesy.committed(42, 1, 10 * MS);
        await();
        assertThat(waits).containsExactly(20 * MS);
    }

    @Test
    void timeThatHasPassedAnywayIsNotWaitedForAgain() {
        courtesy.committed(40, 2, 10 * MS);
        now += 15 * MS;
        await();
        courtesy.committed(41, 1, 10 * MS);
        now += 50 * MS;
        await();
        assertThat(waits).containsExactly(5 * MS);
    }

    @Test
    void othersWhoAreGoneAreForgotten() {
        courtesy.committed(40, 2, 10 * MS);
        for (long number = 41; number < 140; number++) {
            await();
            courtesy.committed(number, 1, 10 * MS);
        }
        assertThat(waits).hasSizeBetween(20, 40);
    }

    @Test
    void nobodyWaitsForLong() {
        courtesy.committed(1, 2, 60_000 * MS);
        await();
        assertThat(waits).containsExactly(2_000 * MS);
    }

    @Test
    void anInterruptEndsTheWaitAndIsKept() {
        Courtesy interrupted = new Courtesy(new CommitLog.Pauses() {
            @Override
            public long nanoTime() {
                return 0;
            }

            @Override
            public void beforeTry(int attempt) {}

            @Override
            public void pause(long nanos) throws InterruptedException {
                throw new InterruptedException();
            }
        });
        interrupted.committed(3, 2, MS);
        assertThat(interrupted.nanosLeft()).isEqualTo(2 * MS);
        assertThat(interrupted.pause()).isFalse();
        assertThat(Thread.interrupted()).isTrue();
    }
}
