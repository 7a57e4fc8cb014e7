package io.maas.backend.djl;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.model.Manifest;
import io.maas.model.Signature;
import io.maas.model.TensorSpec;
import io.maas.spi.Backend;
import io.maas.spi.LoadedModel;
import io.maas.spi.ModelFiles;
import io.maas.spi.Placement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * Loads models on an engine of DJL: always a file, never a folder, as DJL runs classes that lie in a folder beside a model and
 * goes by a {@code serving.properties} there.
 */
final class DjlBackend implements Backend {
    /** What an engine needs beside what all have. */
    interface Kind {
        /** Looks at the files before the engine does. */
        void check(ModelFiles files);

        /** Returns how a loaded model is run. */
        Forward forward(Model model, Device device);
    }

    private final Engine engine;
    private final Kind kind;
    private final List<String> devices;

    DjlBackend(Engine engine, Kind kind) {
        this.engine = engine;
        this.kind = kind;
        this.devices = Gpus.names(engine.getGpuCount());
    }

    @Override
    public String engine() {
        return engine.getEngineName().toLowerCase(Locale.ROOT) + " " + engine.getVersion();
    }

    @Override
    public List<String> devices() {
        return devices;
    }

    /** Loads a model. The threads of a call are not a model's to choose here: PyTorch has one number for the process. */
    @Override
    public LoadedModel load(ModelFiles files, Placement placement) {
        Signature signature = signature(files.manifest());
        Device device = device(placement.device());
        kind.check(files);
        Path file = files.model();
        Model model = engine.newModel("model", device);
        try {
            // to the device that was chosen, not to the one that it was saved from
            model.load(file, null, Map.of("mapLocation", "true"));
            return new DjlModel(
                    engine.getEngineName(),
                    model,
                    kind.forward(model, device),
                    signature,
                    size(files.manifest(), file));
        } catch (MaasException e) {
            model.close();
            throw e;
        } catch (IOException | MalformedModelException | RuntimeException e) {
            model.close();
            throw refused(file, e);
        }
    }

    private Device device(String name) {
        OptionalInt gpu = Gpus.number(name);
        if (gpu.isEmpty()) {
            return Device.cpu();
        }
        if (!devices.contains(name)) {
            throw NativeLibrary.noDevice(name, engine(), "ai.djl.pytorch:pytorch-native-cu128", "pytorch-native-cpu");
        }
        return Device.gpu(gpu.getAsInt());
    }

    /** What the package says: these engines do not tell before they run. */
    private Signature signature(Manifest manifest) {
        if (manifest.inputs().isEmpty() || manifest.outputs().isEmpty()) {
            throw undeclared(
                    manifest, "maas.json lists no " + (manifest.inputs().isEmpty() ? "inputs" : "outputs"));
        }
        if (manifest.selfTests().isEmpty()) {
            throw undeclared(manifest, "maas.json has no self-test, which shows that what it lists is so");
        }
        Stream.concat(manifest.inputs().stream(), manifest.outputs().stream())
                .forEach(spec -> requireType(manifest, spec));
        return new Signature(manifest.inputs(), manifest.outputs());
    }

    private InvalidInputException undeclared(Manifest manifest, String why) {
        return new InvalidInputException(
                ErrorCode.PACKAGE_MANIFEST,
                "load the model of " + manifest.name(),
                why + ", and " + engine.getEngineName() + " tells nothing of a model before it runs",
                "list inputs, outputs and a self-test in maas.json, tensors in the order in which the model takes and gives them");
    }

    private void requireType(Manifest manifest, TensorSpec spec) {
        if (DjlTypes.theirs(spec.type()).isEmpty()) {
            throw new InvalidInputException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "load the model of " + manifest.name(),
                    "'" + spec.name() + "' has the type " + spec.type() + ", which DJL cannot hand to "
                            + engine.getEngineName(),
                    "use FP32, FP64, FP16, INT8, INT32, INT64, UINT8 or BOOL");
        }
    }

    private static long size(Manifest manifest, Path file) throws IOException {
        long declared = manifest.files().stream()
                .filter(entry -> entry.role() == Manifest.Role.WEIGHTS)
                .mapToLong(Manifest.FileEntry::size)
                .sum();
        return Math.max(declared, Files.size(file));
    }

    private MaasException refused(Path file, Exception e) {
        String why = DjlFailure.reason(String.valueOf(e.getMessage()));
        if (OutOfMemory.isMeantBy(why)) {
            return OutOfMemory.of(engine.getEngineName(), why, e);
        }
        return new InvalidInputException(
                ErrorCode.MODEL_CORRUPT,
                "load the model '" + file.getFileName() + "'",
                engine.getEngineName() + " refuses it, " + why,
                "export or copy the file again",
                e);
    }

    /** Nothing to do: the engine belongs to the process. */
    @Override
    public void close() {}
}
