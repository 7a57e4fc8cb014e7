package io.maas.benchmarks;

import java.util.Locale;

/**
 * A figure beside what it is compared with, both from the same run.
 *
 * @param name what was measured
 * @param value how much
 * @param unit of what
 * @param baseline what it is compared with, in the same unit; NaN if there is nothing to compare with
 * @param goal what it should be
 */
public record Figure(String name, double value, String unit, double baseline, Goal goal) {
    /**
     * What a figure should be.
     *
     * @param of whether the value itself or its ratio to the baseline counts
     * @param bound whether more or less is better
     * @param limit the bound
     */
    public record Goal(Of of, Bound bound, double limit) {
        /** What counts. */
        public enum Of {
            /** The value. */
            VALUE,
            /** The value divided by the baseline. */
            RATIO
        }

        /** Which way. */
        public enum Bound {
            /** No more than the limit. */
            AT_MOST,
            /** No less than the limit. */
            AT_LEAST
        }

        /** Returns the goal that none was set. */
        public static Goal none() {
            return new Goal(Of.VALUE, Bound.AT_MOST, Double.POSITIVE_INFINITY);
        }

        /** Returns the goal that the value is no more than this. */
        public static Goal atMost(double limit) {
            return new Goal(Of.VALUE, Bound.AT_MOST, limit);
        }

        /** Returns the goal that the ratio is no more than this. */
        public static Goal ratioAtMost(double limit) {
            return new Goal(Of.RATIO, Bound.AT_MOST, limit);
        }

        /** Returns the goal that the ratio is no less than this. */
        public static Goal ratioAtLeast(double limit) {
            return new Goal(Of.RATIO, Bound.AT_LEAST, limit);
        }

        boolean isSet() {
            return Double.isFinite(limit);
        }

        String shown(String unit) {
            if (!isSet()) {
                return "";
            }
            String sign = bound == Bound.AT_MOST ? "<= " : ">= ";
            return sign + String.format(Locale.ROOT, "%.4g", limit) + (of == Of.VALUE ? " " + unit : "");
        }
    }

    /** Returns a figure without goal. */
    public static Figure of(String name, double value, String unit) {
        return new Figure(name, value, unit, Double.NaN, Goal.none());
    }

    double ratio() {
        return value / baseline;
    }

    boolean holds() {
        double measured = goal.of() == Goal.Of.RATIO ? ratio() : value;
        return goal.bound() == Goal.Bound.AT_MOST ? measured <= goal.limit() : measured >= goal.limit();
    }

    static String header() {
        return String.format(
                Locale.ROOT, "%-58s %12s %-10s %12s %8s   %s", "figure", "value", "", "baseline", "ratio", "goal");
    }

    String row() {
        return String.format(
                Locale.ROOT,
                "%-58s %12.3f %-10s %12s %8s   %s",
                name,
                value,
                unit,
                Double.isNaN(baseline) ? "" : String.format(Locale.ROOT, "%.3f", baseline),
                Double.isNaN(baseline) ? "" : String.format(Locale.ROOT, "%.2f", ratio()),
                goal.isSet() ? goal.shown(unit) + (holds() ? " holds" : " MISSED") : "");
    }

    String json() {
        return String.format(
                Locale.ROOT,
                "{\"figure\":\"%s\",\"value\":%.4f,\"unit\":\"%s\",\"baseline\":%s,\"ratio\":%s,\"goal\":%s,\"holds\":%s}",
                name,
                value,
                unit,
                Double.isNaN(baseline) ? "null" : String.format(Locale.ROOT, "%.4f", baseline),
                Double.isNaN(baseline) ? "null" : String.format(Locale.ROOT, "%.4f", ratio()),
                goal.isSet() ? "\"" + goal.shown(unit) + "\"" : "null",
                goal.isSet() ? Boolean.toString(holds()) : "null");
    }
}
