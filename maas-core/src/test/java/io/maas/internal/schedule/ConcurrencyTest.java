package io.maas.internal.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class ConcurrencyTest {
    private static Concurrency learned(int limit, int runs, IntToDoubleFunction slowdown) {
        Concurrency concurrency = new Concurrency(1, limit);
        learn(concurrency, runs, slowdown);
        return concurrency;
    }

    /** As many at once as are allowed, and sometimes fewer, as calls come. */
    private static void learn(Concurrency concurrency, int runs, IntToDoubleFunction slowdown) {
        for (int i = 0; i < runs; i++) {
            int together = i % 4 == 3 ? 1 + i / 4 % concurrency.most() : concurrency.most();
            concurrency.ran(together, slowdown.applyAsDouble(together));
        }
    }

    @Test
    void allThatAreAllowedRunUntilMoreIsKnown() {
        assertThat(new Concurrency(1, 4).most()).isEqualTo(4);
        assertThat(learned(1, 100, together -> 1).most()).isEqualTo(1);
    }

    @Test
    void runsThatDoNotDisturbEachOtherAllRun() {
        assertThat(learned(4, 1_000, together -> 1).most()).isEqualTo(4);
        assertThat(learned(2, 1_000, together -> 1 + 0.3 * (together - 1)).most())
                .isEqualTo(2);
    }

    @Test
    void runsThatShareOneThingRunOneByOne() {
        assertThat(learned(2, 1_000, together -> together).most()).isEqualTo(1);
    }

    @Test
    void asManyAsThePackageAsksForRunInAnyCase() {
        Concurrency concurrency = new Concurrency(2, 4);
        learn(concurrency, 1_000, together -> together);
        assertThat(concurrency.most()).isEqualTo(2);
        assertThat(new Concurrency(3, 2).most())
                .as("no more than the host allows")
                .isEqualTo(2);
    }

    @Test
    void whatIsFullAtTwoRunsTwo() {
        assertThat(learned(4, 1_000, together -> Math.max(1, together / 2.0)).most())
                .isEqualTo(2);
    }

    @Test
    void whenTheHostIsFreeAgainMoreRunAgain() {
        Concurrency concurrency = learned(2, 1_001, together -> together);
        assertThat(concurrency.most()).isEqualTo(1);
        learn(concurrency, 10_000, together -> 1);
        assertThat(concurrency.most()).isEqualTo(2);
    }
}
