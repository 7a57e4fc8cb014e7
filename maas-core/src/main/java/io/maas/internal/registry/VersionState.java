package io.maas.internal.registry;

import io.maas.internal.log.BlobKey;
import io.maas.model.Digest;
import io.maas.model.Manifest;
import io.maas.model.ModelName;
import io.maas.repository.Commit;
import io.maas.repository.Lifecycle;
import io.maas.repository.ModelVersion;
import io.maas.repository.Standing;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A version as the log tells it.
 *
 * @param version the label
 * @param digest the identity of the bundle
 * @param size the size of its files in bytes
 * @param commit the commit that registered it
 * @param registeredMillis when, in milliseconds since 1970: the time of a commit has no smaller part
 * @param registeredBy by whom
 * @param manifest where {@code maas.json} lies
 * @param blobs where the other files lie
 * @param dependsOn the bundles that it needs
 * @param facts where attached facts lie, by kind; those that were replaced by kind, {@code #} and the change that did so
 * @param standing where it is in its life
 * @param approvals the approvals that stand
 */
public record VersionState(
        String version,
        Digest digest,
        long size,
        long commit,
        long registeredMillis,
        String registeredBy,
        BlobKey manifest,
        List<BlobKey> blobs,
        List<Manifest.Dependency> dependsOn,
        Map<String, BlobKey> facts,
        Standing standing,
        List<Commit> approvals) {
    /** Of a fact, this many that were replaced stay; the content of those before them becomes garbage. */
    private static final int REPLACED = AliasState.KEPT;

    private static final String REPLACED_BY = "#";

    Instant registeredAt() {
        return Instant.ofEpochMilli(registeredMillis);
    }

    /** Attaches a fact. One that it replaces stays part of the version: it is what earlier commits speak of. */
    VersionState attach(String fact, BlobKey blob, Commit by) {
        Map<String, BlobKey> more = new TreeMap<>(facts);
        BlobKey before = more.put(fact, blob);
        if (before != null && !before.equals(blob)) {
            more.put(replaced(fact, by), before);
            String earlier = fact + REPLACED_BY;
            List<String> replaced = more.keySet().stream()
                    .filter(name -> name.startsWith(earlier))
                    .toList();
            replaced.stream().limit(Math.max(0, replaced.size() - REPLACED)).forEach(more::remove);
        }
        return with(Map.copyOf(more), standing, approvals);
    }

    /** Whether what a change attaches would not take the place of what the same change replaced. */
    boolean mayAttach(String fact, Commit by) {
        return !facts.containsKey(replaced(fact, by));
    }

    private static String replaced(String fact, Commit by) {
        return fact + REPLACED_BY + String.format(Locale.ROOT, "%012d.%03d", by.number(), by.index());
    }

    VersionState move(Lifecycle to, Commit by) {
        return with(facts, new Standing(to, Optional.of(by)), approvals);
    }

    VersionState approve(Commit by) {
        List<Commit> all = new ArrayList<>(approvals);
        all.add(by);
        return with(facts, standing, List.copyOf(all));
    }

    VersionState withdraw(String actor) {
        List<Commit> others = new ArrayList<>(approvals);
        others.removeIf(approval -> approval.actor().equals(actor));
        return with(facts, standing, List.copyOf(others));
    }

    private VersionState with(Map<String, BlobKey> newFacts, Standing newStanding, List<Commit> newApprovals) {
        return new VersionState(
                version,
                digest,
                size,
                commit,
                registeredMillis,
                registeredBy,
                manifest,
                blobs,
                dependsOn,
                newFacts,
                newStanding,
                newApprovals);
    }

    boolean approvedBy(String actor) {
        return approvals.stream().anyMatch(approval -> approval.actor().equals(actor));
    }

    Lifecycle lifecycle() {
        return standing.lifecycle();
    }

    /** Calls {@code use} with every blob that must stay: of a deleted version, those that tell what it was. */
    void needed(Consumer<BlobKey> use) {
        use.accept(manifest);
        facts.values().forEach(use);
        if (lifecycle() != Lifecycle.DELETED) {
            blobs.forEach(use);
        }
    }

    /** Calls {@code use} with every blob that is or was part of it. */
    void all(Consumer<BlobKey> use) {
        use.accept(manifest);
        facts.values().forEach(use);
        blobs.forEach(use);
    }

    /** Returns what callers see of it. */
    public ModelVersion of(ModelName name) {
        return new ModelVersion(name, version, digest, size, commit, registeredAt(), registeredBy);
    }
}
