package io.maas.internal.registry;

import io.maas.internal.log.BlobKey;
import io.maas.internal.log.Op;
import io.maas.model.Digest;
import io.maas.model.Manifest;
import io.maas.model.ModelName;
import io.maas.repository.Commit;
import io.maas.repository.ModelVersion;
import io.maas.repository.Standing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A package that is stored and may be committed.
 *
 * @param name the model
 * @param label the label that was asked for
 * @param digest the identity of the bundle
 * @param size the size of its files in bytes
 * @param manifest where {@code maas.json} lies
 * @param files where the other files lie
 * @param dependsOn the bundles that it needs
 * @param facts where what is to be attached lies, by kind, in order
 */
record Candidate(
        ModelName name,
        Optional<String> label,
        Digest digest,
        long size,
        BlobKey manifest,
        List<BlobKey> files,
        List<Manifest.Dependency> dependsOn,
        Map<String, BlobKey> facts) {
    /** What the registry has already, so that there is nothing to store and nothing to learn. */
    static Candidate known(ModelName name, Optional<String> label, VersionState known) {
        BlobKey probe = known.facts().get(Op.Attach.PROBE);
        return new Candidate(
                name,
                label,
                known.digest(),
                known.size(),
                known.manifest(),
                known.blobs(),
                known.dependsOn(),
                probe == null ? Map.of() : Map.of(Op.Attach.PROBE, probe));
    }

    Candidate with(String fact, BlobKey blob) {
        Map<String, BlobKey> more = new LinkedHashMap<>(facts);
        more.put(fact, blob);
        return new Candidate(name, label, digest, size, manifest, files, dependsOn, more);
    }

    Stream<BlobKey> blobs() {
        return Stream.concat(Stream.concat(Stream.of(manifest), files.stream()), facts.values().stream());
    }

    /** What registers it under a label. */
    List<Op> ops(String label) {
        List<Op> ops = new ArrayList<>();
        ops.add(new Op.Register(name, label, digest, size, manifest, files, dependsOn));
        facts.forEach((fact, blob) -> ops.add(new Op.Attach(name, label, fact, blob)));
        return ops;
    }

    /** The version that it would be, for whoever has to load it before that. */
    VersionState provisional() {
        return new VersionState(
                label.orElse("new"),
                digest,
                size,
                -1,
                0,
                "",
                manifest,
                files,
                dependsOn,
                Map.of(),
                Standing.active(),
                List.of());
    }

    /** The version that a commit made of a bundle, under a label if one was asked for. */
    static Optional<ModelVersion> registered(
            ModelName name, Digest digest, Optional<String> label, Commit commit, List<Op> ops) {
        return ops.stream()
                .filter(Op.Register.class::isInstance)
                .map(Op.Register.class::cast)
                .filter(op -> op.name().equals(name)
                        && op.digest().equals(digest)
                        && label.map(op.version()::equals).orElse(true))
                .findFirst()
                .map(op -> new ModelVersion(
                        name, op.version(), digest, op.size(), commit.number(), commit.time(), commit.actor()));
    }
}
