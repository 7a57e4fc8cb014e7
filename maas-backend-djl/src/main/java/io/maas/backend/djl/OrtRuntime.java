package io.maas.backend.djl;

import ai.djl.engine.Engine;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.maas.error.UnavailableException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts ONNX Runtime, which a process has once, whoever asks first. */
final class OrtRuntime {
    /** What messages call it. */
    static final String NAME = "ONNX Runtime";

    private static final Logger LOG = LoggerFactory.getLogger(OrtRuntime.class);

    private OrtRuntime() {}

    /**
     * Returns the environment that all sessions share. It is never closed: it belongs to the process.
     *
     * <p>DJL's engine insists on creating it, and can never be used in this JVM if another did. So it goes first; where a
     * host has used ONNX Runtime by itself before, models run all the same, as they do not need DJL.
     *
     * @throws UnavailableException {@link io.maas.error.ErrorCode#NO_NATIVE} if the native library cannot be loaded
     */
    static OrtEnvironment start() {
        Settings.prepareEngines();
        try {
            OrtNatives.unpack();
        } catch (IOException e) {
            throw NativeLibrary.missing(NAME, e);
        }
        return DeepStack.call(OrtRuntime::environment);
    }

    private static OrtEnvironment environment() {
        Throwable first = startDjl();
        try {
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            if (first == null) {
                beSilent(environment);
            }
            return environment;
        } catch (LinkageError | RuntimeException e) {
            // the second attempt only says that the first had failed
            throw NativeLibrary.missing(NAME, first == null ? e : first);
        }
    }

    /** From 1.29 on ONNX Runtime reports its use to its makers on Linux too, unless told not to. */
    private static void beSilent(OrtEnvironment environment) {
        try {
            environment.setTelemetry(false);
        } catch (OrtException e) {
            LOG.warn("ONNX Runtime's telemetry could not be turned off, set ORT_DISABLE_TELEMETRY=1", e);
        }
    }

    private static @Nullable Throwable startDjl() {
        try {
            Engine engine = DjlEngine.seeingEngines(() -> Engine.getEngine("OnnxRuntime"));
            LOG.debug("DJL's engine is {}", engine.getEngineName());
            return null;
        } catch (LinkageError | RuntimeException | AssertionError e) {
            LOG.debug("DJL's engine cannot be used, ONNX Runtime is started by itself", e);
            return e;
        }
    }
}
