package io.maas.backend.djl;

import ai.djl.engine.EngineProvider;
import io.maas.error.UnavailableException;
import io.maas.spi.Backend;
import io.maas.spi.BackendProvider;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs models on whatever other engine of DJL is on the class path, if its models are single files. The format of such a
 * model is the engine's name in lower case, such as {@code xgboost} or {@code lightgbm}. As with TorchScript, {@code
 * maas.json} must list its tensors in order and have a self-test. Found as a service; no engine starts before its first model.
 *
 * <p>Left out are DJL's engines that run Python, since they run what lies beside a model; the one that asks other hosts; and
 * the one in Rust, whose models are folders.
 */
public final class OtherEnginesProvider implements BackendProvider {
    private static final Logger LOG = LoggerFactory.getLogger(OtherEnginesProvider.class);

    /** Those that have a backend of their own, run programs, ask other hosts, or whose models are folders. */
    private static final Set<String> NOT_HERE = Set.of("onnxruntime", "pytorch", "python", "mpi", "rpc", "rust");

    private final Map<String, String> engines;

    /** For {@link java.util.ServiceLoader}. */
    public OtherEnginesProvider() {
        this.engines = Collections.unmodifiableMap(find());
    }

    private static Map<String, String> find() {
        Map<String, String> found = new TreeMap<>();
        try {
            // not by DJL's Engine, whose first use starts more than a look around needs
            ServiceLoader.load(EngineProvider.class, EngineProvider.class.getClassLoader()).stream()
                    .map(ServiceLoader.Provider::get)
                    .map(EngineProvider::getEngineName)
                    .filter(name -> !NOT_HERE.contains(name.toLowerCase(Locale.ROOT)))
                    .forEach(name -> found.put(name.toLowerCase(Locale.ROOT), name));
        } catch (ServiceConfigurationError e) {
            LOG.warn("DJL's engines could not be listed, those that are no ONNX Runtime or PyTorch are not used", e);
        }
        return found;
    }

    @Override
    public String name() {
        return "djl-other";
    }

    @Override
    public Set<String> formats() {
        return engines.keySet();
    }

    /**
     * Opens a backend that starts each engine when its first model comes.
     *
     * @throws UnavailableException never; a model whose engine cannot start is refused with {@link
     *     io.maas.error.ErrorCode#NO_NATIVE}
     */
    @Override
    public Backend open() {
        return new OtherEngines(engines);
    }
}
