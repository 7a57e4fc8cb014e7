package io.maas.internal.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StickyHashTest {
    /** These were computed once, by another implementation; other hosts and later versions must give the same. */
    @ParameterizedTest
    @CsvSource({
        "'', 936769",
        "user-1, 149536",
        "user-2, 639510",
        "user-3, 478287",
        "grüße, 922485",
        "0123456789, 136432"
    })
    void aKeyLiesAtTheSamePlaceOnEveryHostForEver(String key, int position) {
        assertThat(StickyHash.position(key, 1_000_000)).isEqualTo(position);
    }

    @Test
    void keysThatAreAlikeAreSpreadEvenly() {
        List<Integer> counts = new ArrayList<>(Collections.nCopies(10, 0));
        for (int i = 0; i < 100_000; i++) {
            counts.set(StickyHash.position("user-" + i, 10), counts.get(StickyHash.position("user-" + i, 10)) + 1);
        }
        // nine standard deviations of a binomial distribution are about 850
        assertThat(counts).allSatisfy(count -> assertThat(count).isBetween(9_150, 10_850));
    }

    @Test
    void everyTotalIsKeptTo() {
        for (int i = 0; i < 10_000; i++) {
            assertThat(StickyHash.position("k" + i, Integer.MAX_VALUE)).isNotNegative();
            assertThat(StickyHash.position("k" + i, 1)).isZero();
        }
    }
}
