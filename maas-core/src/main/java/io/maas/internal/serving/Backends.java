package io.maas.internal.serving;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.UnavailableException;
import io.maas.spi.Backend;
import io.maas.spi.BackendProvider;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeSet;

/** The backends on the class path, by the format they load. Each is opened when the first model needs it. Thread-safe. */
final class Backends implements AutoCloseable {
    private static final Map<String, String> KNOWN =
            Map.of("onnx", "io.maas:maas-backend-djl", "torchscript", "io.maas:maas-backend-djl");

    private final List<BackendProvider> providers = new ArrayList<>();
    private final IdentityHashMap<BackendProvider, Backend> open = new IdentityHashMap<>();
    private boolean closed;

    Backends(Iterable<BackendProvider> found) {
        found.forEach(providers::add);
    }

    static Backends discovered() {
        return new Backends(ServiceLoader.load(BackendProvider.class, Backends.class.getClassLoader()));
    }

    synchronized Backend forFormat(String format) {
        if (closed) {
            throw new UnavailableException(
                    ErrorCode.CLOSED, "load a model", "the platform was closed", "open a platform again");
        }
        List<BackendProvider> fitting = providers.stream()
                .filter(provider -> provider.formats().contains(format))
                .toList();
        if (fitting.size() != 1) {
            throw unfit(format, fitting);
        }
        return open.computeIfAbsent(fitting.get(0), BackendProvider::open);
    }

    private InvalidInputException unfit(String format, List<BackendProvider> fitting) {
        if (fitting.isEmpty()) {
            TreeSet<String> formats = new TreeSet<>();
            providers.forEach(provider -> formats.addAll(provider.formats()));
            String coordinates = KNOWN.get(format);
            return new InvalidInputException(
                    ErrorCode.NO_BACKEND,
                    "load a model of the format '" + format + "'",
                    "no backend on the class path loads it, found are " + formats,
                    coordinates == null
                            ? "add a backend that does"
                            : "add the dependency " + coordinates + " to the class path");
        }
        return new InvalidInputException(
                ErrorCode.NO_BACKEND,
                "load a model of the format '" + format + "'",
                "several backends on the class path load it, "
                        + fitting.stream().map(BackendProvider::name).toList(),
                "leave all but one off the class path, or name one with Maas.builder().backend(…)");
    }

    @Override
    public synchronized void close() {
        closed = true;
        open.values().forEach(Backend::close);
        open.clear();
    }
}
