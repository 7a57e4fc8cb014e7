package io.maas.benchmarks.registry;

import io.maas.benchmarks.Figure;
import io.maas.benchmarks.Figures.Effort;
import java.io.IOException;
import java.util.List;

/** All figures of the registry. They take some gigabytes of disk meanwhile. */
public final class RegistryFigures {
    private RegistryFigures() {}

    /** Registers a large package. */
    public static List<Figure> register(Effort effort) throws IOException, InterruptedException {
        return RegisterLarge.measure(effort);
    }

    /** Asks and changes a registry of many models. */
    public static List<Figure> models(Effort effort) throws IOException, InterruptedException {
        return ManyModels.measure(effort);
    }

    /** Commits from many processes. */
    public static List<Figure> writers(Effort effort) throws IOException, InterruptedException {
        return ManyWriters.measure(effort);
    }
}
