package io.maas.internal.serving;

import io.maas.internal.monitor.Figures;
import io.maas.model.ModelName;
import io.maas.monitor.DeviceStats;
import io.maas.monitor.ModelStats;
import io.maas.monitor.Monitor;
import java.util.List;

/** The figures of what is served. */
record ServingMonitor(Figures figures, Devices runningOn, ServablePool pool) implements Monitor {
    @Override
    public List<ModelStats> models() {
        return figures.stats(pool::cacheStats);
    }

    @Override
    public List<ModelStats> models(ModelName model) {
        return models().stream().filter(stats -> stats.model().equals(model)).toList();
    }

    @Override
    public List<DeviceStats> devices() {
        return runningOn.stats();
    }
}
