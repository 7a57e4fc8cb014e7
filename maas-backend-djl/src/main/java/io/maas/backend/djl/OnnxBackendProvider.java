package io.maas.backend.djl;

import io.maas.error.UnavailableException;
import io.maas.spi.Backend;
import io.maas.spi.BackendProvider;
import java.util.Set;

/** Runs models of the format {@code onnx}. Found as a service. */
public final class OnnxBackendProvider implements BackendProvider {
    /** For {@link java.util.ServiceLoader}. */
    public OnnxBackendProvider() {}

    @Override
    public String name() {
        return "djl-onnx";
    }

    @Override
    public Set<String> formats() {
        return Set.of("onnx");
    }

    /**
     * Starts ONNX Runtime, unless it runs already.
     *
     * @throws UnavailableException {@link io.maas.error.ErrorCode#NO_NATIVE} if its native library cannot be loaded
     */
    @Override
    public Backend open() {
        return new OnnxBackend(OrtRuntime.start());
    }
}
