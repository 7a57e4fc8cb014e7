package io.maas.backend.djl;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import io.maas.spi.Backend;
import io.maas.spi.LoadedModel;
import io.maas.spi.ModelFiles;
import io.maas.spi.Placement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One backend in front of several engines, each of which starts when its first model comes. Thread-safe. */
final class OtherEngines implements Backend {
    private static final DjlBackend.Kind PLAIN = new DjlBackend.Kind() {
        @Override
        public void check(ModelFiles files) {
            // such a file holds numbers, and what else it may be is for its engine to refuse
        }

        @Override
        public Forward forward(Model model, Device device) {
            return new BlockForward(model.getBlock());
        }
    };

    private final Map<String, String> engines;
    private final Map<String, DjlBackend> started = new HashMap<>();

    OtherEngines(Map<String, String> engines) {
        this.engines = engines;
    }

    /** Returns the engine's name and version if there is one engine, else DJL's. */
    @Override
    public String engine() {
        DjlBackend only = only();
        return only == null ? "djl " + Engine.getDjlVersion() : only.engine();
    }

    /** Returns the engine's devices if there is one engine, else those that any has. */
    @Override
    public List<String> devices() {
        DjlBackend only = only();
        return only == null ? List.of("cpu") : only.devices();
    }

    private @Nullable DjlBackend only() {
        return engines.size() == 1 ? start(engines.keySet().iterator().next()) : null;
    }

    private synchronized DjlBackend start(String format) {
        return started.computeIfAbsent(
                format, f -> new DjlBackend(DjlEngine.start(Objects.requireNonNull(engines.get(f), f)), PLAIN));
    }

    @Override
    public LoadedModel load(ModelFiles files, Placement placement) {
        return start(files.manifest().format()).load(files, placement);
    }

    /** Nothing to do: engines belong to the process. */
    @Override
    public void close() {}
}
