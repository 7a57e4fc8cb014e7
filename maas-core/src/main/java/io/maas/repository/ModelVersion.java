package io.maas.repository;

import io.maas.model.Digest;
import io.maas.model.ModelName;
import io.maas.model.ModelRef;
import java.time.Instant;

/**
 * A registered version of a model. It never changes.
 *
 * @param name the model
 * @param version the label, such as {@code 3}
 * @param digest the identity of the bundle
 * @param size the size of its files in bytes
 * @param commit the number of the commit that registered it
 * @param registeredAt when
 * @param registeredBy by whom
 */
public record ModelVersion(
        ModelName name,
        String version,
        Digest digest,
        long size,
        long commit,
        Instant registeredAt,
        String registeredBy) {
    /** Returns the reference that always means this version. */
    public ModelRef ref() {
        return new ModelRef.ByVersion(name, version);
    }

    /** Returns name and label, such as {@code digits:3}. */
    @Override
    public String toString() {
        return name + ":" + version;
    }
}
