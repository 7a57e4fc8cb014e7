package io.maas.benchmarks;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs the benchmarks and prints each figure beside its baseline of the same run, as a table and as JSON lines. */
public final class Figures {
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private Figures() {}

    /**
     * A figure.
     *
     * @param name what was measured
     * @param value how much
     * @param unit of what
     * @param baseline what it is compared with, in the same unit
     * @param goal the most that value by baseline may be; for bytes, that value may be
     */
    private record Figure(String name, double value, String unit, double baseline, double goal) {
        double measured() {
            return unit.equals("B") ? value : value / baseline;
        }

        boolean holds() {
            return measured() <= goal;
        }

        String row() {
            String aim = unit.equals("B") ? (int) goal + " B" : Double.toString(goal);
            return String.format(
                    Locale.ROOT,
                    "%-34s %10.2f %-3s %10.2f %7.2f   %s",
                    name,
                    value,
                    unit,
                    baseline,
                    value / baseline,
                    Double.isInfinite(goal) ? "" : "<= " + aim + (holds() ? " holds" : " MISSED"));
        }

        String json() {
            return String.format(
                    Locale.ROOT,
                    "{\"figure\":\"%s\",\"value\":%.3f,\"unit\":\"%s\",\"baseline\":%.3f,\"ratio\":%.3f,"
                            + "\"goal\":%s,\"holds\":%s}",
                    name,
                    value,
                    unit,
                    baseline,
                    value / baseline,
                    goal,
                    holds());
        }
    }

    /**
     * Runs.
     *
     * @param args {@code quick} for one fork with short iterations, to see that everything works
     */
    public static void main(String[] args) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(OnnxCallBenchmark.class.getSimpleName())
                .addProfiler(GCProfiler.class)
                .verbosity(VerboseMode.SILENT);
        if (args.length > 0 && args[0].equals("quick")) {
            options.forks(1).warmupIterations(2).measurementIterations(3).measurementTime(TimeValue.milliseconds(500));
        }
        Collection<RunResult> results = new Runner(options.build()).run();
        List<Figure> figures = new ArrayList<>();
        for (String model : List.of("mlp", "minilm")) {
            double fresh = time(results, model, "rawFreshBuffers");
            double freshBytes = bytes(results, model, "rawFreshBuffers");
            double goal = model.equals("mlp") ? 1.0 : 1.05;
            figures.add(
                    new Figure(model + " predict vs raw fresh", time(results, model, "predict"), "us", fresh, goal));
            figures.add(new Figure(
                    model + " call + receipt vs raw fresh",
                    time(results, model, "callWithReceipt"),
                    "us",
                    fresh,
                    goal));
            figures.add(new Figure(
                    model + " backend vs raw fresh", time(results, model, "backendInfer"), "us", fresh, goal));
            figures.add(new Figure(
                    model + " predict vs raw pinned",
                    time(results, model, "predict"),
                    "us",
                    time(results, model, "rawPinned"),
                    Double.POSITIVE_INFINITY));
            if (model.equals("mlp")) {
                figures.add(new Figure(
                        model + " allocation of predict", bytes(results, model, "predict"), "B", freshBytes, 1024));
            }
        }
        System.out.printf(Locale.ROOT, "%-34s %10s %-3s %10s %7s%n", "figure", "value", "", "baseline", "ratio");
        figures.forEach(figure -> System.out.println(figure.row()));
        figures.stream()
                .filter(figure -> Double.isFinite(figure.goal()))
                .forEach(figure -> System.out.println(figure.json()));
    }

    private static double time(Collection<RunResult> results, String model, String benchmark) {
        return find(results, model, benchmark).getPrimaryResult().getScore();
    }

    private static double bytes(Collection<RunResult> results, String model, String benchmark) {
        Result<?> allocated =
                find(results, model, benchmark).getSecondaryResults().get(ALLOCATED);
        return allocated == null ? Double.NaN : allocated.getScore();
    }

    private static RunResult find(Collection<RunResult> results, String model, String benchmark) {
        return results.stream()
                .filter(result -> result.getParams().getParam("model").equals(model)
                        && result.getParams().getBenchmark().endsWith("." + benchmark))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no result of " + benchmark + " on " + model));
    }
}
