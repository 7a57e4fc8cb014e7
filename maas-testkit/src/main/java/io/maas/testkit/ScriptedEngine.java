package io.maas.testkit;

import io.maas.spi.Backend;
import io.maas.spi.LoadedModel;
import io.maas.spi.ModelFiles;
import io.maas.spi.Placement;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The engine of one platform, which understands scripts. Thread-safe. */
final class ScriptedEngine implements Backend {
    private final ScriptedBackend backend;
    private final Map<String, Answering> functions;
    private final List<String> devices;

    ScriptedEngine(ScriptedBackend backend, Map<String, Answering> functions, List<String> devices) {
        this.backend = backend;
        this.functions = functions;
        this.devices = devices;
    }

    @Override
    public String engine() {
        return "scripted 1.0";
    }

    @Override
    public List<String> devices() {
        return devices;
    }

    @Override
    public LoadedModel load(ModelFiles files, Placement placement) {
        Script script = Script.of(files);
        return backend.load(script, () -> new ScriptedModel(backend, script, answering(script)));
    }

    private Answering answering(Script script) {
        return switch (script.kind()) {
            case "scale", "once" -> Answering.scale(script.number());
            case "variant" -> Answering.variant(script.number());
            case "sequence" -> Answering.sequence(script.number());
            case "embed" -> Answering.embed(script.size());
            case "failing" -> Answering.failing();
            case "function" ->
                Optional.ofNullable(functions.get(script.argument().orElse("")))
                        .orElseThrow(() -> Script.corrupt(script.text()));
            default -> throw Script.corrupt(script.text());
        };
    }

    @Override
    public void close() {
        if (backend.openModels() != 0) {
            backend.misuse();
        }
    }
}
