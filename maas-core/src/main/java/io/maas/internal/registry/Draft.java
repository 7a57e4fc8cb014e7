package io.maas.internal.registry;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.internal.log.BlobKey;
import io.maas.internal.log.Op;
import io.maas.model.Digest;
import io.maas.model.ModelName;
import io.maas.repository.AccessGrant;
import io.maas.repository.AliasMove;
import io.maas.repository.Commit;
import io.maas.repository.Lifecycle;
import io.maas.repository.ModelVersion;
import io.maas.repository.Standing;
import io.maas.repository.Traffic;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The state with operations applied that are not in it yet. Every host applies every commit, so what an operation asks for
 * must follow from the log alone: the rules here are part of the layout. Used by one thread.
 */
final class Draft {
    private final RegistryState base;
    private final Map<ModelName, ModelState> changed = new HashMap<>();
    private Common common;

    Draft(RegistryState base) {
        this.base = base;
        this.common = base.common();
    }

    Optional<ModelState> model(ModelName name) {
        ModelState draft = changed.get(name);
        return draft != null ? Optional.of(draft) : base.model(name);
    }

    Common common() {
        return common;
    }

    /** The number of the commit that this is for. */
    long number() {
        return base.head().number() + 1;
    }

    /** The time of that commit if it is made when a clock says {@code now}: in milliseconds, and never before the last. */
    Instant time(Instant now) {
        Instant rounded = now.truncatedTo(ChronoUnit.MILLIS);
        Instant last = base.head().time();
        return rounded.isBefore(last) ? last : rounded;
    }

    Collection<ModelState> changed() {
        return changed.values();
    }

    /** A copy, to try operations on that may be refused half-way. */
    Draft copy() {
        Draft copy = new Draft(base);
        copy.changed.putAll(changed);
        copy.common = common;
        return copy;
    }

    /**
     * Applies operations.
     *
     * @throws InvalidInputException {@link ErrorCode#BROKEN_CHAIN} if a precondition does not hold
     */
    Draft apply(Commit commit, List<Op> ops) {
        for (Op op : ops) {
            apply(commit, op);
        }
        return this;
    }

    private void apply(Commit commit, Op op) {
        if (op instanceof Op.Register register) {
            put(register(commit, register));
        } else if (op instanceof Op.Attach attach) {
            put(attach(commit, attach));
        } else if (op instanceof Op.MoveAlias move) {
            put(move(commit, move));
        } else if (op instanceof Op.SetTraffic set) {
            put(traffic(commit, set));
        } else if (op instanceof Op.Hold hold) {
            put(hold(commit, hold));
        } else if (op instanceof Op.SetLifecycle move) {
            put(lifecycle(commit, move));
        } else if (op instanceof Op.Approve approve) {
            put(approve(commit, approve));
        } else if (op instanceof Op.SetPolicy set) {
            common = common.with(set.model(), set.policy());
        } else if (op instanceof Op.Trust trust) {
            require(!common.keys().containsKey(trust.key().id()), commit, op, "the key is trusted already");
            common = common.trusting(trust.key());
        } else if (op instanceof Op.Distrust distrust) {
            require(common.keys().containsKey(distrust.id()), commit, op, "the key is not trusted");
            common = common.distrusting(distrust.id());
        } else if (op instanceof Op.Grant grant) {
            require(!common.grants().containsKey(grant.key().id()), commit, op, "there is such a key");
            common = common.granting(new AccessGrant(grant.key(), commit));
        } else if (op instanceof Op.Revoke revoke) {
            require(common.grants().containsKey(revoke.id()), commit, op, "there is no such key");
            common = common.revoking(revoke.id());
        } else if (op instanceof Op.Condemn condemn) {
            condemn(commit, condemn);
        } else if (op instanceof Op.Collected collected) {
            boolean forward = collected.through() >= common.collected() && collected.through() < commit.number();
            require(forward, commit, op, "blobs are collected up to commit " + common.collected());
            common = common.collectedThrough(collected.through());
        } else {
            throw impossible(commit, op, "its kind is not known");
        }
    }

    private void put(ModelState model) {
        changed.put(model.name(), model);
    }

    private ModelState register(Commit commit, Op.Register op) {
        ModelState model = model(op.name()).orElse(ModelState.empty(op.name()));
        require(model.version(op.version()).isEmpty(), commit, op, "the version exists");
        requireNotCondemned(commit, op, op.manifest());
        op.blobs().forEach(blob -> requireNotCondemned(commit, op, blob));
        return model.with(new VersionState(
                op.version(),
                op.digest(),
                op.size(),
                commit.number(),
                commit.time().toEpochMilli(),
                commit.actor().intern(),
                op.manifest(),
                op.blobs(),
                op.dependsOn(),
                Map.of(),
                Standing.active(),
                List.of()));
    }

    private void requireNotCondemned(Commit commit, Op op, BlobKey blob) {
        require(!common.condemned().containsKey(blob), commit, op, blob + " was condemned");
    }

    /**
     * Whether a blob is deleted or will be, so that no new commit may name it. Of those condemned long ago, no list is
     * kept; an upload as old as they are may be one of them, unless a version is known to have it. Where bytes were stored
     * twice at the same time, each of the two uploads may be that of some version.
     */
    boolean isDoomed(BlobKey blob) {
        return common.condemned().containsKey(blob)
                || (blob.head() < common.collected()
                        && !base.knows(blob)
                        && needed(List.of(blob)).isEmpty());
    }

    private ModelState attach(Commit commit, Op.Attach op) {
        requireNotCondemned(commit, op, op.blob());
        ModelState model = known(commit, op, op.name());
        VersionState version = version(commit, op, model, op.version());
        require(version.mayAttach(op.fact(), commit), commit, op, "one change attaches a fact once");
        return model.with(version.attach(op.fact(), op.blob(), commit));
    }

    private ModelState move(Commit commit, Op.MoveAlias op) {
        ModelState model = known(commit, op, op.name());
        AliasState before = model.alias(op.alias()).orElse(AliasState.NONE);
        require(before.current().equals(op.from()), commit, op, "the alias does not point at " + op.from());
        boolean away = op.kind() == AliasMove.Kind.UNPUBLISH;
        require(op.to().isEmpty() == away, commit, op, "a move of its kind does not go to " + op.to());
        op.to().ifPresent(to -> require(model.mayServe(to), commit, op, "version " + to + " cannot be published"));
        if (op.kind() == AliasMove.Kind.ROLLBACK) {
            String to = op.to().orElse("");
            require(before.below(to::equals).isPresent(), commit, op, to + " is not below on the publish stack");
        }
        AliasMove move = new AliasMove(commit, op.name(), op.alias(), op.kind(), op.from(), op.to());
        return model.with(op.alias(), before.then(move));
    }

    private ModelState traffic(Commit commit, Op.SetTraffic op) {
        ModelState model = known(commit, op, op.name());
        AliasState alias = model.alias(op.alias()).orElse(AliasState.NONE);
        String primary = op.primary();
        require(alias.current().filter(primary::equals).isPresent(), commit, op, "it does not point at " + primary);
        Traffic traffic = op.traffic();
        boolean answers = traffic.shares().isEmpty() || traffic.weight(primary) > 0;
        require(answers, commit, op, "version " + primary + " has no share");
        for (VersionState version : model.versions()) {
            boolean fits = !traffic.names(version.version()) || model.mayServe(version.version());
            require(fits, commit, op, "version " + version.version() + " cannot be published");
        }
        int named = traffic.shares().size() + (traffic.shadow().isPresent() ? 1 : 0);
        long there = model.versions().stream()
                .filter(version -> traffic.names(version.version()))
                .count();
        require(there == named, commit, op, "it names a version that is not there");
        return model.with(op.alias(), alias.with(new TrafficState(traffic, commit)));
    }

    private ModelState hold(Commit commit, Op.Hold op) {
        ModelState model = known(commit, op, op.name());
        require(model.hold().isPresent() != op.held(), commit, op, "it is so already");
        return model.held(op.held() ? Optional.of(commit) : Optional.empty());
    }

    private ModelState lifecycle(Commit commit, Op.SetLifecycle op) {
        ModelState model = known(commit, op, op.name());
        VersionState version = version(commit, op, model, op.version());
        require(version.lifecycle() == op.from() && op.from() != op.to(), commit, op, "it is " + version.lifecycle());
        require(op.from() != Lifecycle.DELETED, commit, op, "what is deleted stays so");
        List<String> users = users(model, version, op.to());
        require(users.isEmpty(), commit, op, "it is used by " + users);
        return model.with(version.move(op.to(), commit));
    }

    /** Who stands in the way of bringing a version to this stage of its life. */
    List<String> users(ModelState model, VersionState version, Lifecycle to) {
        List<String> users = new ArrayList<>();
        if (to.compareTo(Lifecycle.YANKED) < 0) {
            return users;
        }
        model.reaching(version.version()).forEach(alias -> users.add(model.name() + "@" + alias));
        boolean last = model.live()
                        .filter(other -> other.digest().equals(version.digest()))
                        .count()
                == 1;
        if (to == Lifecycle.DELETED && last) {
            dependents(model.name(), version.digest()).forEach(user -> users.add(user.toString()));
        }
        return users;
    }

    /**
     * Who needs a version that nobody asked to delete: whoever stands in the way of deleting it, and the aliases that may
     * be rolled back to it.
     */
    List<String> keepers(ModelState model, VersionState version) {
        List<String> keepers = new ArrayList<>(model.returningTo(version.version()));
        return keepers.isEmpty() ? users(model, version, Lifecycle.DELETED) : keepers;
    }

    /** The versions that need a bundle, in the order of their names. */
    List<ModelVersion> dependents(ModelName name, Digest digest) {
        TreeSet<ModelName> candidates = new TreeSet<>(base.needers(digest));
        candidates.addAll(changed.keySet());
        List<ModelVersion> found = new ArrayList<>();
        for (ModelName candidate : candidates) {
            model(candidate).ifPresent(model -> addDependents(model, name, digest, found));
        }
        return found;
    }

    private static void addDependents(ModelState model, ModelName name, Digest digest, List<ModelVersion> found) {
        for (VersionState version : model.versions()) {
            if (!version.dependsOn().isEmpty()
                    && version.lifecycle() != Lifecycle.DELETED
                    && version.dependsOn().stream()
                            .anyMatch(need ->
                                    need.model().equals(name) && need.digest().equals(digest))) {
                found.add(version.of(model.name()));
            }
        }
    }

    private ModelState approve(Commit commit, Op.Approve op) {
        ModelState model = known(commit, op, op.name());
        VersionState version = version(commit, op, model, op.version());
        require(version.digest().equals(op.digest()), commit, op, "its digest is " + version.digest());
        String by = op.by().orElse(commit.actor());
        require(version.approvedBy(by) != op.approved(), commit, op, "it is so already");
        require(!op.approved() || op.by().isEmpty(), commit, op, "nobody approves for somebody else");
        return model.with(op.approved() ? version.approve(commit) : version.withdraw(by));
    }

    private void condemn(Commit commit, Op.Condemn op) {
        Set<BlobKey> needed = needed(op.blobs());
        require(needed.isEmpty(), commit, op, needed.size() + " of them are needed");
        common = common.condemning(op.blobs(), new Common.Condemned(commit.number(), commit.time()));
    }

    /** Those of the given blobs that some version needs. */
    Set<BlobKey> needed(Collection<BlobKey> asked) {
        return among(asked, VersionState::needed);
    }

    /** Those of the given blobs that belong to some version, be it a deleted one. */
    Set<BlobKey> committed(Collection<BlobKey> asked) {
        return among(asked, VersionState::all);
    }

    private Set<BlobKey> among(Collection<BlobKey> asked, BiConsumer<VersionState, Consumer<BlobKey>> blobsOf) {
        Set<BlobKey> wanted = new HashSet<>(asked);
        Set<BlobKey> found = new HashSet<>();
        Consumer<BlobKey> find = blob -> {
            if (wanted.contains(blob)) {
                found.add(blob);
            }
        };
        for (ModelState stored : base.models()) {
            ModelState model = changed.getOrDefault(stored.name(), stored);
            model.versions().forEach(version -> blobsOf.accept(version, find));
        }
        for (ModelState fresh : changed.values()) {
            fresh.versions().forEach(version -> blobsOf.accept(version, find));
        }
        return found;
    }

    private ModelState known(Commit commit, Op op, ModelName name) {
        return model(name).orElseThrow(() -> impossible(commit, op, "there is no such model"));
    }

    private static VersionState version(Commit commit, Op op, ModelState model, String label) {
        return model.version(label).orElseThrow(() -> impossible(commit, op, "there is no such version"));
    }

    private static void require(boolean holds, Commit commit, Op op, String otherwise) {
        if (!holds) {
            throw impossible(commit, op, otherwise);
        }
    }

    private static InvalidInputException impossible(Commit commit, Op op, String why) {
        return new InvalidInputException(
                ErrorCode.BROKEN_CHAIN,
                "apply commit " + commit.number(),
                "its operation on " + op.subject() + " cannot be, " + why,
                "restore the log from a copy of the store");
    }
}
