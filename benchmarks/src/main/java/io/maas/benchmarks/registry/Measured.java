package io.maas.benchmarks.registry;

import java.util.Map;

/**
 * What a process measured.
 *
 * @param values the figures, by name
 */
record Measured(Map<String, Double> values) {
    double get(String name) {
        Double value = values.get(name);
        if (value == null) {
            throw new IllegalStateException("'" + name + "' was not measured, only " + values.keySet());
        }
        return value;
    }
}
