package io.maas.internal.registry;

import io.maas.error.MaasException;
import io.maas.internal.log.BlobKey;
import io.maas.internal.log.CommitLog;
import io.maas.internal.log.Op;
import io.maas.repository.ChangeOptions;
import io.maas.repository.CollectOptions;
import io.maas.repository.CollectionReport;
import io.maas.repository.CollectionReport.Failure;
import io.maas.repository.Commit;
import io.maas.repository.Maintenance.Mode;
import io.maas.spi.ObjectStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Collects garbage: first deletes what was condemned long enough ago, then condemns what is garbage now.
 *
 * <p>No clock, no listing and no order of events decides whether a file that some version needs is deleted: the log does. A
 * commit that condemns is refused if a version has the blob; a commit that registers is refused if the blob is condemned;
 * and each is checked against the state just before it. Whoever lost stores the bytes again, under another key. A key that
 * was condemned is never named again: while it is remembered because it is, and after that because its upload began before
 * the commit that condemned it, which {@link Draft#isDoomed} compares. So deleting is safe at any time after condemning, by
 * any number of hosts, and as often as one likes; the clocks only give readers time.
 */
final class Collector {
    /** In one commit, so that no commit is large. */
    private static final int BATCH = 1000;

    /** Each page costs a look at all versions. */
    private static final int PAGE = 10_000;

    /** Condemned blobs are part of the state, which every host holds in memory. */
    private static final int MOST_CONDEMNED = 100_000;

    private static final int DELETED_AT_ONCE = 64;
    private static final int MOST_FAILURES = 100;
    private static final int STRANGE_SHOWN = 100;

    private final Ledger ledger;
    private final CommitLog log;
    private final Changes changes;
    private final ObjectStore store;
    private final CollectOptions options;
    private final Instant now;
    private final List<BlobKey> deleted = new ArrayList<>();
    private final List<BlobKey> condemned = new ArrayList<>();
    private final List<Commit> commits = new ArrayList<>();
    private final List<Failure> failed = new ArrayList<>();
    private final Set<String> strange = new TreeSet<>();
    private final List<BlobKey> batch = new ArrayList<>();
    private long waiting;
    private long young;
    private long later;

    Collector(Ledger ledger, Changes changes, ObjectStore store, CollectOptions options, Instant now) {
        this.ledger = ledger;
        this.log = ledger.log();
        this.changes = changes;
        this.store = store;
        this.options = options;
        this.now = now;
    }

    CollectionReport run() {
        delete();
        look();
        return new CollectionReport(
                options.mode(),
                keys(deleted),
                keys(condemned),
                commits,
                waiting,
                young,
                later,
                failed,
                List.copyOf(strange));
    }

    private static List<String> keys(List<BlobKey> blobs) {
        return blobs.stream().map(BlobKey::key).toList();
    }

    // ---- what was condemned

    private record Dead(BlobKey blob, long commit) {}

    private void delete() {
        Map<BlobKey, Common.Condemned> all = ledger.state().common().condemned();
        Instant limit = now.minus(options.waiting());
        List<Dead> ripe = all.entrySet().stream()
                .filter(each -> !each.getValue().time().isAfter(limit))
                .map(each -> new Dead(each.getKey(), each.getValue().commit()))
                .sorted(Comparator.comparingLong(Dead::commit))
                .toList();
        waiting = (long) all.size() - ripe.size();
        if (options.mode() == Mode.DRY_RUN) {
            ripe.forEach(dead -> deleted.add(dead.blob()));
            return;
        }
        long through = ripe.isEmpty() ? -1 : ripe.get(ripe.size() - 1).commit();
        for (int i = 0; i < ripe.size(); i += DELETED_AT_ONCE) {
            for (Dead left : deleteAll(ripe.subList(i, Math.min(ripe.size(), i + DELETED_AT_ONCE)))) {
                through = Math.min(through, left.commit() - 1);
            }
        }
        forget(through);
    }

    /** Deletes blobs, some at a time; returns those that may still be there. */
    private List<Dead> deleteAll(List<Dead> some) {
        List<Supplier<Optional<MaasException>>> deletions = new ArrayList<>();
        some.forEach(dead -> deletions.add(() -> delete(dead.blob())));
        List<Optional<MaasException>> failures = ledger.readers().all(deletions);
        List<Dead> left = new ArrayList<>();
        for (int i = 0; i < some.size(); i++) {
            BlobKey blob = some.get(i).blob();
            if (failures.get(i).isEmpty()) {
                deleted.add(blob);
                continue;
            }
            MaasException failure = failures.get(i).get();
            left.add(some.get(i));
            failed.add(new Failure(blob.key(), String.valueOf(failure.getMessage())));
            if (failed.size() == MOST_FAILURES) {
                throw failure; // it is the store, and not the one or the other file
            }
        }
        return left;
    }

    private Optional<MaasException> delete(BlobKey blob) {
        try {
            store.delete(log.key(blob.key()));
            return Optional.empty();
        } catch (MaasException e) {
            return Optional.of(e);
        }
    }

    /** Lets the registry forget what is deleted: all that was condemned up to a commit. */
    private void forget(long through) {
        boolean any = ledger.state().common().condemned().values().stream().anyMatch(when -> when.commit() <= through);
        if (!any) {
            return;
        }
        commits.addAll(changes.make(
                List.of("collected", Long.toString(through)),
                change(),
                draft -> draft.common().collected() >= through
                        ? new Proposal.Decision.Already<>(List.of()) // another host was faster
                        : new Proposal.Decision.Write<>(List.of(new Op.Collected(through))),
                (commit, ops) -> List.of(commit)));
    }

    // ---- what is garbage now

    private void look() {
        long room =
                Math.max(0, MOST_CONDEMNED - ledger.state().common().condemned().size());
        // an upload began before the commit after the head that it knew
        long oldest = new Times(ledger).lastCommitUntil(now.minus(options.grace())) - 1;
        String after = "";
        List<String> page = store.list(log.key("blobs/"), after, PAGE);
        while (!page.isEmpty()) {
            for (BlobKey blob : garbage(blobs(page), oldest)) {
                if (condemned.size() + batch.size() >= room) {
                    later++;
                    continue;
                }
                batch.add(blob);
                if (batch.size() == BATCH) {
                    condemn();
                }
            }
            after = page.get(page.size() - 1);
            page = store.list(log.key("blobs/"), after, PAGE);
        }
        condemn();
    }

    private List<BlobKey> blobs(List<String> keys) {
        List<BlobKey> blobs = new ArrayList<>();
        for (String key : keys) {
            String relative = key.substring(log.key("").length());
            Optional<BlobKey> blob = BlobKey.ofKey(relative);
            blob.ifPresent(blobs::add);
            if (blob.isEmpty() && strange.size() < STRANGE_SHOWN) {
                strange.add(relative);
            }
        }
        return blobs;
    }

    private List<BlobKey> garbage(List<BlobKey> found, long oldest) {
        Draft draft = ledger.state().draft();
        Set<BlobKey> needed = draft.needed(found);
        List<BlobKey> unneeded = new ArrayList<>();
        for (BlobKey blob : found) {
            if (!needed.contains(blob) && !draft.common().condemned().containsKey(blob)) {
                unneeded.add(blob);
            }
        }
        Set<BlobKey> ofDeleted = unneeded.isEmpty() ? Set.of() : draft.committed(unneeded);
        List<BlobKey> garbage = new ArrayList<>();
        for (BlobKey blob : unneeded) {
            if (ofDeleted.contains(blob) || blob.head() <= oldest) {
                garbage.add(blob);
            } else {
                young++;
            }
        }
        return garbage;
    }

    private void condemn() {
        List<BlobKey> asked = List.copyOf(batch);
        batch.clear();
        if (options.mode() == Mode.DRY_RUN) {
            condemned.addAll(asked);
        } else if (!asked.isEmpty()) {
            changes.make(
                            List.of("condemn", asked.toString()),
                            change(),
                            draft -> decide(draft, asked),
                            (commit, ops) -> Optional.of(new Made(commit, ((Op.Condemn) ops.get(0)).blobs())))
                    .ifPresent(made -> {
                        commits.add(made.commit());
                        condemned.addAll(made.blobs());
                    });
        }
    }

    private record Made(Commit commit, List<BlobKey> blobs) {}

    /** Leaves out what a version came to need since it was looked at, and what another host has condemned. */
    private static Proposal.Decision<Optional<Made>> decide(Draft draft, List<BlobKey> asked) {
        Set<BlobKey> spared = new HashSet<>(draft.needed(asked));
        spared.addAll(draft.common().condemned().keySet());
        List<BlobKey> left =
                asked.stream().filter(blob -> !spared.contains(blob)).toList();
        return left.isEmpty()
                ? new Proposal.Decision.Already<>(Optional.empty())
                : new Proposal.Decision.Write<>(List.of(new Op.Condemn(left)));
    }

    private ChangeOptions change() {
        ChangeOptions change = ChangeOptions.because(options.reason().orElse("collecting garbage"));
        return options.actor().map(change::actor).orElse(change);
    }
}
