package io.maas.benchmarks.serving;

import io.maas.benchmarks.Figure;
import io.maas.benchmarks.Figures.Effort;
import java.util.ArrayList;
import java.util.List;

/** All figures of serving. Each stands beside what the engine, or DJL, does with the same inputs in the same run. */
public final class ServingFigures {
    private ServingFigures() {}

    /** Many callers, few callers, versions that change, and more calls than can be answered. */
    public static List<Figure> serve(Effort effort) throws Exception {
        Time time = Time.of(effort);
        List<Figure> figures = new ArrayList<>();
        figures.addAll(Packing.measure(time));
        figures.addAll(ManyCallers.measure(time));
        figures.addAll(FewCallers.measure(time));
        figures.addAll(Swapping.measure(time, effort == Effort.FULL ? 10_000 : 50));
        figures.addAll(Overload.measure(time));
        return figures;
    }

    /** The scenarios of MLPerf Inference. */
    public static List<Figure> scenarios(Effort effort) throws Exception {
        return Scenarios.measure(Time.of(effort));
    }

    /** What grows with the number of callers, of models, of rows, and with the lengths of texts. */
    public static List<Figure> growth(Effort effort) throws Exception {
        return Growth.measure(Time.of(effort).shorter(), effort == Effort.FULL ? 200 : 20);
    }
}
