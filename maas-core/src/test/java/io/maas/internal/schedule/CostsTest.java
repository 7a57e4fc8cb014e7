package io.maas.internal.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

class CostsTest {
    private final Costs costs = new Costs();

    /** Runs whatever is allowed, as a full queue would. */
    private void learn(LongUnaryOperator nanos, int runs) {
        for (int i = 0; i < runs; i++) {
            long positions = costs.worthwhile();
            costs.ran(positions, nanos.applyAsLong(positions));
        }
    }

    @Test
    void nothingIsKnownAtFirst() {
        assertThat(costs.predicted(100)).isZero();
        assertThat(costs.mostWorthwhile()).isEqualTo(1);
    }

    @Test
    void theFirstRunSaysNothing() {
        costs.ran(1, 1_000_000_000);
        assertThat(costs.predicted(1)).isZero();
        costs.ran(1, 1_000);
        assertThat(costs.predicted(10)).isEqualTo(10_000);
    }

    @Test
    void batchesGrowWhileTheyPay() {
        // a fixed cost of 1 ms and 10 us for each position: half as much again is saved at 100, a twentieth at 2,000
        learn(positions -> 1_000_000 + 10_000 * positions, 100);
        assertThat(costs.mostWorthwhile()).isBetween(1_000L, 4_100L);
    }

    @Test
    void batchesThatSaveNothingAreNotMade() {
        learn(positions -> 1_000_000 * positions, 100);
        assertThat(costs.mostWorthwhile()).isLessThanOrEqualTo(3);
    }

    @Test
    void oneBadMomentDoesNotEndGrowth() {
        learn(positions -> 1_000_000 + 10_000 * positions, 10);
        long before = costs.mostWorthwhile();
        costs.ran(before, 1_000_000_000);
        costs.ran(before, 1_000_000_000);
        learn(positions -> 1_000_000 + 10_000 * positions, 2_000);
        assertThat(costs.mostWorthwhile()).isGreaterThan(before);
    }

    @Test
    void aSizeThatLookedBadIsTriedAgain() {
        for (int i = 0; i < 5; i++) {
            costs.ran(1, 1_000);
            costs.ran(2, 9_000); // the host was busy
        }
        assertThat(costs.mostWorthwhile()).isEqualTo(1);
        learn(positions -> 1_000 + positions, 20_000);
        assertThat(costs.mostWorthwhile()).isGreaterThan(1);
    }

    @Test
    void aSingleSmallRunDoesNotEndBatching() {
        Costs ofLongTexts = new Costs();
        for (int size = 16; size <= 512; size *= 2) {
            for (int run = 0; run < 4; run++) {
                ofLongTexts.ran(size, 1_000_000 + 10_000L * size);
            }
        }
        long before = ofLongTexts.mostWorthwhile();
        ofLongTexts.ran(1, 1_010_000);
        assertThat(ofLongTexts.mostWorthwhile()).isEqualTo(before).isGreaterThanOrEqualTo(512);
    }

    @Test
    void sizesThatNeverComeAreNoObstacle() {
        for (int run = 0; run < 4; run++) {
            costs.ran(2, 1_020_000); // warmed up on a short text, and then sent long ones
        }
        for (int i = 0; i < 100; i++) {
            long positions = Math.max(17, costs.worthwhile() / 17 * 17);
            costs.ran(positions, 1_000_000 + 10_000 * positions);
        }
        assertThat(costs.mostWorthwhile()).isGreaterThan(500);
    }
}
