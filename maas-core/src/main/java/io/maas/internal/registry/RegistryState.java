package io.maas.internal.registry;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.internal.log.BlobKey;
import io.maas.internal.log.Change;
import io.maas.internal.log.CommitRecord;
import io.maas.internal.log.Op;
import io.maas.model.Digest;
import io.maas.model.ModelName;
import io.maas.repository.AliasMove;
import io.maas.repository.Commit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * What the log adds up to. Models are immutable values in a concurrent map, so reading takes no lock and a commit costs
 * what it changes, however many models there are. Whatever writes here holds the registry's lock.
 */
final class RegistryState {
    private final ConcurrentSkipListMap<ModelName, ModelState> models = new ConcurrentSkipListMap<>();
    private final ConcurrentHashMap<Digest, String> blobs = new ConcurrentHashMap<>();
    private final Tokens tokens = new Tokens();
    private volatile Head head;

    /** The newest commit, its digest and its time. */
    record Head(long number, Digest digest, Instant time) {}

    RegistryState(Digest format) {
        head = new Head(-1, format, Instant.EPOCH);
    }

    Head head() {
        return head;
    }

    Optional<ModelState> model(ModelName name) {
        return Optional.ofNullable(models.get(name));
    }

    List<ModelName> names() {
        return List.copyOf(models.keySet());
    }

    Collection<ModelState> models() {
        return models.values();
    }

    /** Where the bytes of a digest lie, if some version has them. */
    Optional<BlobKey> blob(Digest digest) {
        return Optional.ofNullable(blobs.get(digest)).map(suffix -> new BlobKey(digest, suffix));
    }

    Tokens.@Nullable Use token(String token) {
        return tokens.find(token);
    }

    Map<String, Tokens.Use> tokens() {
        return tokens.all();
    }

    /** Sets everything, from a base. */
    void restore(Head newHead, Collection<ModelState> all, Map<String, Tokens.Use> uses) {
        all.forEach(this::put);
        uses.forEach(tokens::add);
        head = newHead;
    }

    private void put(ModelState model) {
        models.put(model.name(), model);
        ModelState now = model;
        for (VersionState version : now.versions()) {
            blobs.putIfAbsent(version.manifest().digest(), version.manifest().suffix());
            version.blobs().forEach(blob -> blobs.putIfAbsent(blob.digest(), blob.suffix()));
        }
    }

    /**
     * Applies a commit that follows on the head.
     *
     * @return the models that it changed
     * @throws InvalidInputException {@link ErrorCode#BROKEN_CHAIN} if a precondition does not hold; nothing is applied
     */
    Collection<ModelName> apply(CommitRecord record, Digest digest) {
        Draft draft = draft();
        for (Change change : record.changes()) {
            draft.apply(record.commit(change), change.ops());
        }
        for (ModelState model : draft.changed.values()) {
            models.put(model.name(), model);
        }
        for (Change change : record.changes()) {
            tokens.add(change.token(), new Tokens.Use(record.number(), change.intent()));
            for (Op op : change.ops()) {
                if (op instanceof Op.Register register) {
                    blobs.putIfAbsent(
                            register.manifest().digest(), register.manifest().suffix());
                    register.blobs().forEach(blob -> blobs.putIfAbsent(blob.digest(), blob.suffix()));
                }
            }
        }
        head = new Head(record.number(), digest, record.time());
        return List.copyOf(draft.changed.keySet());
    }

    Draft draft() {
        return new Draft();
    }

    /** The state with operations applied that are not in it yet. */
    final class Draft {
        private final Map<ModelName, ModelState> changed = new HashMap<>();

        Optional<ModelState> model(ModelName name) {
            ModelState draft = changed.get(name);
            return draft != null ? Optional.of(draft) : RegistryState.this.model(name);
        }

        /** A copy, to try operations on that may be refused half-way. */
        Draft copy() {
            Draft copy = new Draft();
            copy.changed.putAll(changed);
            return copy;
        }

        Draft apply(Commit commit, List<Op> ops) {
            for (Op op : ops) {
                ModelState next;
                if (op instanceof Op.Register register) {
                    next = register(commit, register);
                } else if (op instanceof Op.Attach attach) {
                    next = attach(commit, attach);
                } else if (op instanceof Op.MoveAlias move) {
                    next = move(commit, move);
                } else {
                    throw impossible(commit, op, "its kind is not known");
                }
                changed.put(next.name(), next);
            }
            return this;
        }

        private ModelState register(Commit commit, Op.Register op) {
            ModelState model = model(op.name()).orElse(ModelState.empty(op.name()));
            if (model.version(op.version()).isPresent()) {
                throw impossible(commit, op, "the version exists");
            }
            return model.with(new VersionState(
                    op.version(),
                    op.digest(),
                    op.size(),
                    commit.number(),
                    commit.time(),
                    commit.actor().intern(),
                    op.manifest(),
                    op.blobs(),
                    Map.of()));
        }

        private ModelState attach(Commit commit, Op.Attach op) {
            ModelState model = model(op.name()).orElseThrow(() -> impossible(commit, op, "there is no such model"));
            VersionState version =
                    model.version(op.version()).orElseThrow(() -> impossible(commit, op, "there is no such version"));
            return model.with(version.attach(op.fact(), op.blob()));
        }

        private ModelState move(Commit commit, Op.MoveAlias op) {
            ModelState model = model(op.name()).orElseThrow(() -> impossible(commit, op, "there is no such model"));
            if (model.version(op.to()).isEmpty()) {
                throw impossible(commit, op, "there is no such version");
            }
            Optional<AliasState> before = model.alias(op.alias());
            if (!before.map(AliasState::current).equals(op.from())) {
                throw impossible(commit, op, "the alias does not point at " + op.from());
            }
            AliasMove move = new AliasMove(commit, op.name(), op.alias(), op.kind(), op.from(), op.to());
            if (op.kind() == AliasMove.Kind.ROLLBACK
                    && before.flatMap(state -> state.below(Optional.of(op.to())))
                            .isEmpty()) {
                throw impossible(commit, op, "version " + op.to() + " is not below on the publish stack");
            }
            return model.with(
                    op.alias(), before.map(state -> state.then(move)).orElseGet(() -> AliasState.first(move)));
        }
    }

    private static InvalidInputException impossible(Commit commit, Op op, String why) {
        return new InvalidInputException(
                ErrorCode.BROKEN_CHAIN,
                "apply commit " + commit.number(),
                "its operation on " + op.subject() + " cannot be, " + why,
                "restore the log from a copy of the store");
    }

    /** Everything at this moment, for a base. The values are immutable, so only references are copied. */
    Snapshot snapshot() {
        return new Snapshot(head, new ArrayList<>(models.values()), tokens());
    }

    record Snapshot(Head head, List<ModelState> models, Map<String, Tokens.Use> tokens) {}
}
