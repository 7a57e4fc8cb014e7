package io.maas.spi;

import io.maas.error.UnavailableException;
import java.util.Set;

/** Opens a backend. Found as a service. Thread-safe. */
public interface BackendProvider {
    /** Returns the backend's name, such as {@code djl-onnx}. */
    String name();

    /** Returns the formats of manifests that it loads, such as {@code onnx}. */
    Set<String> formats();

    /**
     * Opens the backend. Called when the first model needs it, and once for each platform.
     *
     * @throws UnavailableException {@link io.maas.error.ErrorCode#NO_NATIVE} if its native library cannot be loaded
     */
    Backend open();
}
