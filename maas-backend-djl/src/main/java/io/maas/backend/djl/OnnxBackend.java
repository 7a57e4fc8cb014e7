package io.maas.backend.djl;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtException.OrtErrorCode;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.model.Manifest;
import io.maas.spi.Backend;
import io.maas.spi.LoadedModel;
import io.maas.spi.ModelFiles;
import io.maas.spi.Placement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Opens sessions. */
final class OnnxBackend implements Backend {
    private final OrtEnvironment environment;
    private final List<String> devices;

    OnnxBackend(OrtEnvironment environment) {
        this.environment = environment;
        // what this build can do and what the host has are two things
        boolean cuda = OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA);
        this.devices = Gpus.names(cuda ? Gpus.count() : 0);
    }

    @Override
    public String engine() {
        return "onnxruntime " + environment.getVersion();
    }

    @Override
    public List<String> devices() {
        return devices;
    }

    @Override
    public LoadedModel load(ModelFiles files, Placement placement) {
        Path file = files.model();
        long size = size(file);
        OrtSession session = open(file, placement);
        try {
            ModelInterface model = ModelInterface.read(environment, session, file);
            return new OnnxModel(environment, session, model, Math.max(size, declaredWeights(files.manifest())));
        } catch (MaasException e) {
            close(session, e);
            throw e;
        } catch (OrtException e) {
            close(session, e);
            throw refused(file, e);
        } catch (RuntimeException e) {
            // sizes that overflow, types that contradict each other: the file says what cannot be
            close(session, e);
            throw corrupt(file, e.toString(), e);
        }
    }

    /** An estimate: weights are most of what a session holds, and ONNX Runtime does not tell. */
    private static long declaredWeights(Manifest manifest) {
        return manifest.files().stream()
                .filter(entry -> entry.role() == Manifest.Role.WEIGHTS)
                .mapToLong(Manifest.FileEntry::size)
                .sum();
    }

    private static long size(Path file) {
        try {
            long size = Files.size(file);
            if (size == 0) {
                throw corrupt(file, "the file is empty", null);
            }
            return size;
        } catch (IOException e) {
            throw corrupt(file, "the file cannot be read, " + e.getMessage(), e);
        }
    }

    private OrtSession open(Path file, Placement placement) {
        try (SessionOptions options = new SessionOptions()) {
            // Threads that spin between calls take the processor from everything else in the host's process.
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            options.addConfigEntry("session.inter_op.allow_spinning", "0");
            options.setIntraOpNumThreads(placement.threads());
            options.setInterOpNumThreads(1);
            options.setOptimizationLevel(OptLevel.ALL_OPT);
            // What goes wrong is thrown; a library does not write to the host's console as well.
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            chooseDevice(options, placement.device());
            // By path, so that weights in files beside it are found.
            return environment.createSession(file.toString(), options);
        } catch (OrtException e) {
            throw refused(file, e);
        }
    }

    private static void chooseDevice(SessionOptions options, String device) {
        OptionalInt gpu = Gpus.number(device);
        if (gpu.isEmpty()) {
            return;
        }
        try {
            options.addCUDA(gpu.getAsInt());
        } catch (OrtException e) {
            throw new UnavailableException(
                    ErrorCode.NO_NATIVE,
                    "load a model on " + device,
                    "this ONNX Runtime has no CUDA, or cannot use that of the host, " + e.getMessage(),
                    "put onnxruntime_gpu on the class path in place of onnxruntime, or use 'cpu'; see docs/gpu.md",
                    e);
        }
    }

    /** What the engine says, without where on this host the file lies: clients may read it. */
    private static String message(Path file, OrtException e) {
        return String.valueOf(e.getMessage()).replace(file.toString(), String.valueOf(file.getFileName()));
    }

    private static MaasException refused(Path file, OrtException e) {
        String why = message(file, e);
        if (OutOfMemory.isMeantBy(String.valueOf(e.getMessage()))) {
            return OutOfMemory.of("ONNX Runtime", String.valueOf(e.getMessage()), e);
        }
        if (e.getCode() == OrtErrorCode.ORT_NOT_IMPLEMENTED) {
            return new InvalidInputException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "load the model '" + file.getFileName() + "'",
                    "it uses something that ONNX Runtime does not implement here, " + why,
                    "export it with tensors as inputs and outputs, and with standard operators",
                    e);
        }
        return corrupt(file, "ONNX Runtime refuses it, " + why, e);
    }

    private static InvalidInputException corrupt(Path file, String why, @Nullable Exception cause) {
        String doing = "load the model '" + file.getFileName() + "'";
        String remedy = "export or copy the file again";
        return cause == null
                ? new InvalidInputException(ErrorCode.MODEL_CORRUPT, doing, why, remedy)
                : new InvalidInputException(ErrorCode.MODEL_CORRUPT, doing, why, remedy, cause);
    }

    private static void close(OrtSession session, Exception reason) {
        try {
            session.close();
        } catch (OrtException e) {
            reason.addSuppressed(e);
        }
    }

    /** Nothing to do: the environment belongs to the process. */
    @Override
    public void close() {}
}
