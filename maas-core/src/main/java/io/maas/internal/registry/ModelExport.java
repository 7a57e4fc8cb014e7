package io.maas.internal.registry;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.internal.bundle.Bundle;
import io.maas.internal.bundle.BundleFile;
import io.maas.internal.log.BlobKey;
import io.maas.internal.log.CommitCodec;
import io.maas.internal.log.CommitLog;
import io.maas.internal.log.CommitRecord;
import io.maas.internal.log.LogScan;
import io.maas.internal.transfer.AuditLines;
import io.maas.internal.transfer.ModelArchive;
import io.maas.internal.transfer.ModelDocument;
import io.maas.internal.transfer.NewFile;
import io.maas.internal.transfer.OriginCodec;
import io.maas.model.Digest;
import io.maas.model.ModelName;
import io.maas.repository.AuditEntry;
import io.maas.repository.Commit;
import io.maas.spi.ObjectStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Writes a model with its history into one file. */
final class ModelExport {
    private final Ledger ledger;
    private final Contents contents;
    private final Provenance provenance;

    ModelExport(Ledger ledger, Contents contents) {
        this.ledger = ledger;
        this.contents = contents;
        this.provenance = new Provenance(ledger, contents);
    }

    void write(ModelName name, Path file) {
        Provenance.Moment now = provenance.now(name);
        ModelState model = now.model().filter(ModelState::isLive).orElseThrow(() -> Unknown.model(name, List.of()));
        String doing = "export the model " + name;
        long files = model.live().mapToLong(version -> version.blobs().size()).sum();
        requireReadable(doing, "its versions have " + files + " files together", files, ModelArchive.MOST_FILES);
        try (NewFile target = new NewFile(file, doing)) {
            Map<Digest, ObjectStore.Source> blobs = new TreeMap<>();
            List<ModelDocument.Version> versions = new ArrayList<>();
            model.live().forEach(version -> versions.add(version(now.head(), model, version, blobs)));
            Map<String, ModelDocument.Alias> aliases = new TreeMap<>();
            model.aliases()
                    .forEach((alias, moved) ->
                            aliases.put(alias, new ModelDocument.Alias(moved.stack(), moved.moves())));
            ModelDocument document = new ModelDocument(
                    ledger.format().digest(), now.head().number(), now.head().digest(), name, versions, aliases);
            requireReadable(
                    doing, "it consists of " + blobs.size() + " parts", blobs.size() + 2L, ModelArchive.MOST_FILES);
            target.add(ModelArchive.DOCUMENT, CommitLog.source(document.write()));
            target.add(ModelArchive.AUDIT, CommitLog.source(audit(now.head(), name)));
            blobs.forEach((digest, content) -> target.add(ModelArchive.member(digest), content));
            target.complete();
        }
    }

    private ModelDocument.Version version(
            RegistryState.Head head, ModelState model, VersionState version, Map<Digest, ObjectStore.Source> blobs) {
        Optional<Digest> signature = Optional.empty();
        for (BundleFile file : contents.bundle(version).files()) {
            blobs.putIfAbsent(file.digest(), file.content());
            if (file.path().equals(Bundle.SIGNATURE)) {
                requireWhole(model, version, "signature", file.content().length());
                signature = Optional.of(file.digest());
            }
        }
        Map<String, Digest> facts = new TreeMap<>();
        for (Map.Entry<String, BlobKey> fact : version.facts().entrySet()) {
            byte[] content = contents.blobs().read(fact.getValue());
            requireWhole(model, version, fact.getKey(), content.length);
            facts.put(fact.getKey(), add(content, blobs));
        }
        Digest origin = add(OriginCodec.write(provenance.of(head, model, version)), blobs);
        return new ModelDocument.Version(
                version.version(),
                version.digest(),
                version.lifecycle(),
                version.manifest().digest(),
                signature,
                origin,
                facts);
    }

    private static void requireWhole(ModelState model, VersionState version, String what, long size) {
        requireReadable(
                "export the model " + model.name(),
                "the " + what + " of its version " + version.version() + " has " + size + " bytes",
                size,
                ModelArchive.LARGEST_WHOLE);
    }

    /** Refuses to write what would be refused when it is read. */
    private static void requireReadable(String doing, String what, long size, long most) {
        if (size > most) {
            throw new InvalidInputException(
                    ErrorCode.PACKAGE_TOO_LARGE,
                    doing,
                    what + ", more than the " + most + " that are read from such a file",
                    "copy the whole registry instead");
        }
    }

    private static Digest add(byte[] content, Map<Digest, ObjectStore.Source> blobs) {
        Digest digest = Digest.of(content);
        blobs.putIfAbsent(digest, CommitLog.source(content));
        return digest;
    }

    /** What the log says of the model, and not of what rode along in the same commits. */
    private byte[] audit(RegistryState.Head head, ModelName name) {
        AuditLines lines = new AuditLines();
        LogScan.Point start = new LogScan.Point(-1, ledger.format().digest());
        new LogScan(ledger.log(), ledger.readers(), LogScan.From.SEGMENTS)
                .read(start, new LogScan.Point(head.number(), head.digest()), (record, bytes) -> {
                    add(record, bytes, name, lines);
                });
        return lines.bytes();
    }

    private static void add(CommitRecord record, byte[] bytes, ModelName name, AuditLines lines) {
        List<List<CommitCodec.AuditedOp>> changes = CommitCodec.audit(record.number(), bytes);
        for (int i = 0; i < changes.size(); i++) {
            Commit commit = record.commit(i);
            for (CommitCodec.AuditedOp op : changes.get(i)) {
                if (name.value().equals(op.details().get("model"))) {
                    lines.add(new AuditEntry(commit, op.kind(), op.subject(), op.details()));
                }
            }
        }
    }
}
