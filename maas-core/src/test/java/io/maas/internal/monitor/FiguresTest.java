package io.maas.internal.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.model.Digest;
import io.maas.model.ModelName;
import io.maas.monitor.CacheStats;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import org.junit.jupiter.api.Test;

class FiguresTest {
    private static final ModelName DIGITS = ModelName.of("digits");
    private static final int MANY = 3_000;

    private final Figures figures = new Figures(Clock.systemUTC(), () -> 1);

    private static Digest digest(int number) {
        return Digest.of(Integer.toString(number).getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void runsOfWhatServesAreKeptHoweverManyOthersAreTriedOut() {
        RunFigures serving = figures.runs(digest(0));
        figures.calls(DIGITS, "1", digest(0));
        serving.ran(1, 5);
        for (int i = 1; i <= MANY; i++) {
            figures.runs(digest(i)).ran(1, 5);
        }
        assertThat(figures.runs(digest(0))).isSameAs(serving);
        figures.calls(DIGITS, "1", digest(0)).succeeded(1, 0, 5, 5, 1);
        assertThat(figures.stats(digest -> CacheStats.none()))
                .singleElement()
                .satisfies(stats -> assertThat(stats.engineRuns()).isEqualTo(1));
    }

    @Test
    void runsOfWhatNeverServesAreForgotten() {
        RunFigures tried = figures.runs(digest(1));
        for (int i = 2; i <= MANY; i++) {
            figures.runs(digest(i));
        }
        assertThat(figures.runs(digest(1))).isNotSameAs(tried);
    }

    @Test
    void whatIsOnlyLoadedSoFarIsKeptBesideAsMuchAsMayServe() {
        for (int i = 1; i <= MANY; i++) {
            figures.runs(digest(i));
            figures.calls(DIGITS, Integer.toString(i), digest(i));
        }
        RunFigures loading = figures.runs(digest(0));
        figures.runs(digest(MANY + 1));
        assertThat(figures.runs(digest(0))).isSameAs(loading);
        assertThat(figures.runs(digest(MANY)).stats()).isEmpty();
    }
}
