package io.maas.monitor;

import io.maas.model.ModelName;
import java.util.List;

/**
 * What models do: how many calls they had, how those ended and how long they took, and how busy the devices are. Figures
 * count from when the platform was opened, on this host alone. Taking them disturbs no call. Thread-safe.
 */
public interface Monitor {
    /**
     * Returns the figures of each version that had a call, by model and then in the order in which they first served. Of more
     * than 1,000 versions, those that served longest ago are forgotten.
     */
    List<ModelStats> models();

    /** Returns the figures of each version of a model that had a call; none if none had. */
    List<ModelStats> models(ModelName model);

    /** Returns how busy each device is, by its name. A device is there once a model was placed on it. */
    List<DeviceStats> devices();
}
