package io.maas.http.internal.inference;

import io.maas.model.ModelName;
import io.maas.model.ModelRef;

/** What paths and bodies call a model. */
public final class ModelRefs {
    private ModelRefs() {}

    /**
     * Reads a name, which may have an alias, a version or a digest behind it as everywhere in the platform.
     *
     * @throws io.maas.error.InvalidInputException if it is none
     */
    public static ModelRef of(String name) {
        return ModelRef.parse(name);
    }

    /** Reads a name and a version. */
    public static ModelRef of(String name, String version) {
        return new ModelRef.ByVersion(ModelName.of(name), version);
    }
}
