package io.maas.benchmarks;

import io.maas.benchmarks.Figure.Goal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** What a call costs, against the same work done by hand on the engine's own API. */
final class CallFigures {
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private final Collection<RunResult> results;
    private final List<Figure> figures = new ArrayList<>();

    private CallFigures(Collection<RunResult> results) {
        this.results = results;
    }

    static List<Figure> run(Figures.Effort effort) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(OnnxCallBenchmark.class.getSimpleName())
                .addProfiler(GCProfiler.class)
                .verbosity(VerboseMode.SILENT);
        if (effort == Figures.Effort.QUICK) {
            options.forks(0) // starting ten JVMs would take most of the time
                    .warmupIterations(1)
                    .warmupTime(TimeValue.milliseconds(500))
                    .measurementIterations(2)
                    .measurementTime(TimeValue.milliseconds(300));
        }
        CallFigures calls = new CallFigures(new Runner(options.build()).run());
        calls.of("mlp", 1.0);
        calls.of("minilm", 1.05);
        return calls.figures;
    }

    private void of(String model, double goal) {
        double fresh = time(model, "rawFreshBuffers");
        Goal most = Goal.ratioAtMost(goal);
        figures.add(new Figure(model + " predict vs raw fresh", time(model, "predict"), "us", fresh, most));
        figures.add(
                new Figure(model + " call + receipt vs raw fresh", time(model, "callWithReceipt"), "us", fresh, most));
        figures.add(new Figure(model + " backend vs raw fresh", time(model, "backendInfer"), "us", fresh, most));
        figures.add(new Figure(
                model + " predict vs raw pinned", time(model, "predict"), "us", time(model, "rawPinned"), Goal.none()));
        if (model.equals("mlp")) {
            figures.add(new Figure(
                    model + " allocation of predict",
                    bytes(model, "predict"),
                    "B",
                    bytes(model, "rawFreshBuffers"),
                    Goal.atMost(1024)));
        }
    }

    private double time(String model, String benchmark) {
        return find(model, benchmark).getPrimaryResult().getScore();
    }

    private double bytes(String model, String benchmark) {
        Result<?> allocated = find(model, benchmark).getSecondaryResults().get(ALLOCATED);
        return allocated == null ? Double.NaN : allocated.getScore();
    }

    private RunResult find(String model, String benchmark) {
        return results.stream()
                .filter(result -> result.getParams().getParam("model").equals(model)
                        && result.getParams().getBenchmark().endsWith("." + benchmark))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no result of " + benchmark + " on " + model));
    }
}
