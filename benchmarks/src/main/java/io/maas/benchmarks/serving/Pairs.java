package io.maas.benchmarks.serving;

import io.maas.benchmarks.Figure;
import io.maas.benchmarks.Figure.Goal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Measures two things in turn, so that what else the machine does hits both, and takes medians. */
final class Pairs {
    private final List<Load.Outcome> ours = new ArrayList<>();
    private final List<Load.Outcome> theirs = new ArrayList<>();

    /** A measurement that takes so long. */
    interface Measurement {
        Load.Outcome run(double seconds) throws InterruptedException;
    }

    static Pairs measure(Time time, Measurement ours, Measurement theirs) throws InterruptedException {
        Pairs pairs = new Pairs();
        ours.run(time.warmUp());
        theirs.run(time.warmUp());
        for (int i = 0; i < time.pairs(); i++) {
            // who goes first changes, so that neither always inherits what the other left behind
            if (i % 2 == 0) {
                pairs.ours.add(ours.run(time.seconds()));
                pairs.theirs.add(theirs.run(time.seconds()));
            } else {
                pairs.theirs.add(theirs.run(time.seconds()));
                pairs.ours.add(ours.run(time.seconds()));
            }
        }
        return pairs;
    }

    /** Ours beside theirs. The ratio is the median of the ratios of the pairs. */
    Figure figure(String name, String unit, ToDoubleFunction<Load.Outcome> value, Goal goal) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < ours.size(); i++) {
            ratios.add(value.applyAsDouble(ours.get(i)) / value.applyAsDouble(theirs.get(i)));
        }
        double baseline = median(theirs.stream().map(value::applyAsDouble).toList());
        return new Figure(name, median(ratios) * baseline, unit, baseline, goal);
    }

    /** The median of a value of ours alone. */
    double ours(ToDoubleFunction<Load.Outcome> value) {
        return median(ours.stream().map(value::applyAsDouble).toList());
    }

    long failed() {
        return ours.stream().mapToLong(Load.Outcome::failed).sum();
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }
}
