package io.maas.internal.serving;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Manifest.TransformStep;
import io.maas.spi.ModelFiles;
import io.maas.spi.Transform;
import io.maas.spi.TransformProvider;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The transforms on the class path, by name. */
final class Transforms {
    private final Map<String, TransformProvider> providers = new TreeMap<>();

    Transforms(Iterable<TransformProvider> found) {
        for (TransformProvider provider : found) {
            TransformProvider other = providers.putIfAbsent(provider.name(), provider);
            if (other != null && !other.getClass().equals(provider.getClass())) {
                throw new InvalidInputException(
                        ErrorCode.BAD_TRANSFORM,
                        "find the transforms",
                        "two are called '" + provider.name() + "', "
                                + other.getClass().getName() + " and "
                                + provider.getClass().getName(),
                        "leave one of them off the class path");
            }
        }
    }

    static Transforms discovered() {
        return new Transforms(ServiceLoader.load(TransformProvider.class, Transforms.class.getClassLoader()));
    }

    boolean has(String name) {
        return providers.containsKey(name);
    }

    Transform create(TransformStep step, ModelFiles files) {
        TransformProvider provider = providers.get(step.name());
        if (provider == null) {
            throw new InvalidInputException(
                    ErrorCode.BAD_TRANSFORM,
                    "prepare " + files.manifest().name(),
                    "no transform on the class path is called '" + step.name() + "'",
                    "use one of " + providers.keySet() + "; 'tokenize' comes with io.maas:maas-backend-djl");
        }
        if (step.version() < 1 || step.version() > provider.version()) {
            throw new InvalidInputException(
                    ErrorCode.BAD_TRANSFORM,
                    "prepare " + files.manifest().name(),
                    "the transform '" + step.name() + "' has no version " + step.version(),
                    "use a version from 1 to " + provider.version());
        }
        return provider.create(step, files);
    }
}
