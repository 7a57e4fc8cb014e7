package io.maas.internal.registry;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.maas.error.ErrorCode;
import io.maas.internal.bundle.Bundle;
import io.maas.internal.bundle.ManifestCodec;
import io.maas.internal.gate.GateReportCodec;
import io.maas.internal.log.BlobKey;
import io.maas.internal.log.Op;
import io.maas.internal.transfer.OriginCodec;
import io.maas.model.Manifest;
import io.maas.repository.GateReport;
import io.maas.repository.Lifecycle;
import io.maas.repository.ModelDetails;
import io.maas.repository.Origin;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What the small blobs of versions say. They never change, so what was read is kept for a while. Thread-safe. */
final class Contents {
    private static final int KEPT = 1_000;

    private final Blobs blobs;
    private final ManifestCodec codec = new ManifestCodec();
    private final Cache<BlobKey, Manifest> manifests =
            Caffeine.newBuilder().maximumSize(KEPT).build();
    private final Cache<BlobKey, ModelDetails.Probe> probes =
            Caffeine.newBuilder().maximumSize(KEPT).build();

    Contents(Blobs blobs) {
        this.blobs = blobs;
    }

    Blobs blobs() {
        return blobs;
    }

    /** The manifest, with labels that it keeps in files; of a deleted version, without them. */
    Manifest manifest(VersionState version) {
        return manifests.get(version.manifest(), key -> read(version));
    }

    private Manifest read(VersionState version) {
        byte[] json = blobs.read(version.manifest());
        Manifest bare = codec.read(json);
        if (version.lifecycle() == Lifecycle.DELETED) {
            return bare;
        }
        Map<String, BlobKey> files = new StoredBundle(blobs, bare, version).files();
        return codec.read(
                json,
                file -> new String(blobs.read(Objects.requireNonNull(files.get(file.path()))), StandardCharsets.UTF_8)
                        .lines()
                        .toList());
    }

    Bundle bundle(VersionState version) {
        return new StoredBundle(blobs, manifest(version), version).toBundle();
    }

    Optional<ModelDetails.Probe> probe(VersionState version) {
        return Optional.ofNullable(version.facts().get(Op.Attach.PROBE))
                .map(blob -> probes.get(blob, key -> ProbeCodec.read(blobs.read(key))));
    }

    Optional<Origin> origin(VersionState version) {
        return Optional.ofNullable(version.facts().get(Op.Attach.ORIGIN))
                .map(blob -> OriginCodec.read(blobs.read(blob), ErrorCode.CORRUPT_BLOB));
    }

    Optional<GateReport> evidence(VersionState version, String alias) {
        return Optional.ofNullable(version.facts().get(Op.Attach.GATE + alias))
                .map(blob -> GateReportCodec.read(blobs.read(blob)))
                .map(report -> about(version, report));
    }

    /** A report that was written before the version was registered could not know the time of that commit. */
    private static GateReport about(VersionState version, GateReport report) {
        return new GateReport(
                version.of(report.version().name()),
                report.alias(),
                report.replaces(),
                report.at(),
                report.checks(),
                report.compatibility(),
                report.dependents(),
                report.forced());
    }
}
