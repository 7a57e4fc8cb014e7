package io.maas.internal.registry;

import io.maas.internal.log.BlobKey;
import io.maas.model.Digest;
import io.maas.model.ModelName;
import io.maas.repository.ModelVersion;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A version as the log tells it.
 *
 * @param version the label
 * @param digest the identity of the bundle
 * @param size the size of its files in bytes
 * @param commit the commit that registered it
 * @param registeredAt when
 * @param registeredBy by whom
 * @param manifest where {@code maas.json} lies
 * @param blobs where the other files lie
 * @param facts where attached facts lie, by kind
 */
public record VersionState(
        String version,
        Digest digest,
        long size,
        long commit,
        Instant registeredAt,
        String registeredBy,
        BlobKey manifest,
        List<BlobKey> blobs,
        Map<String, BlobKey> facts) {
    VersionState attach(String fact, BlobKey blob) {
        Map<String, BlobKey> more = new LinkedHashMap<>(facts);
        more.put(fact, blob);
        return new VersionState(
                version, digest, size, commit, registeredAt, registeredBy, manifest, blobs, Map.copyOf(more));
    }

    /** Returns what callers see of it. */
    public ModelVersion of(ModelName name) {
        return new ModelVersion(name, version, digest, size, commit, registeredAt, registeredBy);
    }
}
