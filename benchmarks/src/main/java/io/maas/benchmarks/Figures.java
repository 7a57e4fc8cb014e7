package io.maas.benchmarks;

import io.maas.benchmarks.http.HttpFigures;
import io.maas.benchmarks.registry.RegistryFigures;
import io.maas.benchmarks.serving.ServingFigures;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Runs the benchmarks and prints each figure beside its baseline of the same run, as a table and as JSON lines. */
public final class Figures {
    private static final Map<String, Part> PARTS = Map.of(
            "calls", CallFigures::run,
            "serve", ServingFigures::serve,
            "scenarios", ServingFigures::scenarios,
            "growth", ServingFigures::growth,
            "http", HttpFigures::measure,
            "register", RegistryFigures::register,
            "models", RegistryFigures::models,
            "writers", RegistryFigures::writers);
    private static final List<String> ORDER =
            List.of("calls", "serve", "http", "scenarios", "growth", "register", "models", "writers");

    private Figures() {}

    /** How long to measure. */
    public enum Effort {
        /** Long enough for the figures to mean something. */
        FULL,
        /** Just long enough to see that everything works. */
        QUICK
    }

    private interface Part {
        List<Figure> run(Effort effort) throws Exception;
    }

    /**
     * Runs.
     *
     * @param args the parts to run, of {@code calls}, {@code serve}, {@code http}, {@code scenarios}, {@code growth}, {@code register}, {@code
     *     models} and {@code writers}; none for all. And {@code quick} to see that everything works
     */
    public static void main(String[] args) throws Exception {
        Set<String> asked = new LinkedHashSet<>(List.of(args));
        Effort effort = asked.remove("quick") ? Effort.QUICK : Effort.FULL;
        if (!PARTS.keySet().containsAll(asked)) {
            System.err.println(
                    "usage: java -jar benchmarks.jar [calls] [serve] [http] [scenarios] [growth] [register] [models] [writers] [quick]");
            System.exit(2);
        }
        List<Figure> figures = new ArrayList<>();
        for (String part : ORDER) {
            if (asked.isEmpty() || asked.contains(part)) {
                figures.addAll(Objects.requireNonNull(PARTS.get(part), part).run(effort));
            }
        }
        System.out.println(Figure.header());
        figures.forEach(figure -> System.out.println(figure.row()));
        figures.forEach(figure -> System.out.println(figure.json()));
    }
}
