package io.maas.internal.registry;

import io.maas.error.MaasException;
import io.maas.internal.bundle.Bundle;
import io.maas.internal.gate.Card;
import io.maas.internal.log.BlobKey;
import io.maas.internal.log.Op;
import io.maas.internal.signing.SignatureVerifier;
import io.maas.model.Digest;
import io.maas.model.Manifest;
import io.maas.model.ModelName;
import io.maas.model.ModelRef;
import io.maas.model.TrustKey;
import io.maas.repository.AliasMove;
import io.maas.repository.AuditEntry;
import io.maas.repository.ComplianceReport;
import io.maas.repository.ComplianceReport.CardStatus;
import io.maas.repository.ComplianceReport.LicenseLink;
import io.maas.repository.ComplianceReport.Relation;
import io.maas.repository.ComplianceReport.SignatureStatus;
import io.maas.repository.ComplianceReport.VersionRecord;
import io.maas.repository.GateReport;
import io.maas.repository.Lifecycle;
import io.maas.repository.LogHead;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Puts compliance reports together, from the state, the blobs of versions and the history of the model. */
final class Compliance {
    /** A chain of licences goes so deep; models that were made from each other in circles end sooner. */
    private static final int DEEPEST = 16;

    private final RegistryState state;
    private final Contents contents;
    private final Moment moment;

    /** What the report is about, all as of one commit. */
    private record Moment(RegistryState.Head head, Common common, ModelState model) {}

    Compliance(RegistryState state, Contents contents, ModelName name) {
        this.state = state;
        this.contents = contents;
        this.moment = state.consistently(() -> new Moment(
                state.head(),
                state.common(),
                state.model(name)
                        .orElseThrow(() -> Unknown.model(name, state.names(Optional.empty(), Unknown.SHOWN + 1)))));
    }

    /** Returns the commit that the report is as of. */
    RegistryState.Head head() {
        return moment.head();
    }

    /**
     * Makes the report.
     *
     * @param history every operation on the model, up to the head
     */
    ComplianceReport report(LogHead head, Instant at, List<AuditEntry> history) {
        ModelState model = moment.model();
        List<VersionRecord> versions = model.versions().stream()
                .map(version -> version(model, version, history))
                .toList();
        return new ComplianceReport(
                model.name(), at, head, moment.common().policyFor(model.name()), model.hold(), versions, history);
    }

    private VersionRecord version(ModelState model, VersionState version, List<AuditEntry> history) {
        Manifest manifest = contents.manifest(version);
        return new VersionRecord(
                version.of(model.name()),
                version.standing(),
                manifest.owner(),
                manifest.provenance(),
                licenses(model, version, manifest),
                card(version, manifest),
                signature(version, manifest),
                contents.probe(version),
                version.approvals(),
                publications(model.name(), version, history),
                contents.origin(version),
                evidence(version));
    }

    private List<GateReport> evidence(VersionState version) {
        return version.facts().keySet().stream()
                .filter(fact -> fact.startsWith(Op.Attach.GATE))
                .map(fact -> contents.evidence(version, fact.substring(Op.Attach.GATE.length())))
                .flatMap(Optional::stream)
                .sorted(Comparator.comparing(GateReport::at))
                .toList();
    }

    /** The moves to a version; the state has only the latest, the log has all. */
    private static List<AliasMove> publications(ModelName name, VersionState version, List<AuditEntry> history) {
        List<AliasMove> moves = new ArrayList<>();
        for (AuditEntry entry : history) {
            Map<String, Object> details = entry.details();
            if (entry.kind().equals("alias") && version.version().equals(details.get("version"))) {
                moves.add(new AliasMove(
                        entry.commit(),
                        name,
                        String.valueOf(details.get("alias")),
                        AliasMove.Kind.valueOf(
                                String.valueOf(details.get("move")).toUpperCase(Locale.ROOT)),
                        Optional.ofNullable(details.get("expect")).map(Object::toString),
                        Optional.of(version.version())));
            }
        }
        return moves;
    }

    // ---- licences

    private List<LicenseLink> licenses(ModelState model, VersionState version, Manifest manifest) {
        List<LicenseLink> chain = new ArrayList<>();
        chain.add(new LicenseLink(model.name() + ":" + version.version(), Relation.OWN, spdx(manifest)));
        Set<Digest> seen = new HashSet<>(Set.of(version.digest()));
        follow(manifest, chain, seen, 1);
        return chain;
    }

    private void follow(Manifest manifest, List<LicenseLink> chain, Set<Digest> seen, int depth) {
        for (String base : manifest.provenance().baseModels()) {
            link(base, Relation.BASE_MODEL, named(base), chain, seen, depth);
        }
        for (Manifest.Dependency need : manifest.dependsOn()) {
            Optional<Found> found = found(need.model())
                    .flatMap(model -> model.digest(need.digest()).map(version -> new Found(model.name(), version)));
            link(need.model() + "@" + need.digest(), Relation.DEPENDENCY, found, chain, seen, depth);
        }
    }

    private record Found(ModelName name, VersionState version) {}

    private void link(
            String written,
            Relation relation,
            Optional<Found> found,
            List<LicenseLink> chain,
            Set<Digest> seen,
            int depth) {
        if (found.isEmpty()) {
            chain.add(new LicenseLink(written, relation, Optional.empty()));
            return;
        }
        VersionState version = found.get().version();
        Manifest manifest = contents.manifest(version);
        chain.add(new LicenseLink(found.get().name() + ":" + version.version(), relation, spdx(manifest)));
        if (depth < DEEPEST && seen.add(version.digest())) {
            follow(manifest, chain, seen, depth + 1);
        }
    }

    /** What a package calls its base model is a text; it may be a reference to a version of this registry. */
    private Optional<Found> named(String base) {
        try {
            ModelRef ref = ModelRef.parse(base);
            return found(ref.name())
                    .map(model -> new Found(model.name(), new StateView(state, contents).resolveState(ref)));
        } catch (MaasException notOurs) {
            return Optional.empty();
        }
    }

    private Optional<ModelState> found(ModelName name) {
        return state.model(name).filter(ModelState::isLive);
    }

    private static Optional<String> spdx(Manifest manifest) {
        return manifest.license().map(Manifest.License::spdx);
    }

    // ---- files

    private CardStatus card(VersionState version, Manifest manifest) {
        if (version.lifecycle() == Lifecycle.DELETED) {
            return new CardStatus(List.of(), Optional.empty());
        }
        try {
            return new CardStatus(Card.of(contents.bundle(version), manifest).sections(), Optional.empty());
        } catch (MaasException e) {
            return new CardStatus(List.of(), Optional.of(String.valueOf(e.getMessage())));
        }
    }

    private SignatureStatus signature(VersionState version, Manifest manifest) {
        Map<String, BlobKey> files = new StoredBundle(contents.blobs(), manifest, version).files();
        BlobKey signature = files.get(Bundle.SIGNATURE);
        if (signature == null) {
            return new SignatureStatus(Optional.empty(), Optional.empty());
        }
        Map<String, Digest> digests = new HashMap<>();
        files.forEach((path, blob) -> digests.put(path, blob.digest()));
        Collection<TrustKey> keys = moment.common().keys().values();
        try {
            byte[] bytes = contents.blobs().read(Objects.requireNonNull(signature));
            return new SignatureStatus(
                    Optional.of(SignatureVerifier.verify(bytes, digests, keys, version.registeredAt())),
                    Optional.empty());
        } catch (MaasException e) {
            return new SignatureStatus(Optional.empty(), Optional.of(String.valueOf(e.getMessage())));
        }
    }
}
