package io.maas.internal.registry;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.internal.log.BlobKey;
import io.maas.internal.log.Change;
import io.maas.internal.log.CommitRecord;
import io.maas.internal.log.Op;
import io.maas.model.Digest;
import io.maas.model.ModelName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the log adds up to. Models are immutable values in a concurrent map, so reading takes no lock and a commit costs
 * what it changes, however many models there are. Whatever writes here holds the registry's lock.
 */
final class RegistryState {
    private final ConcurrentSkipListMap<ModelName, ModelState> models = new ConcurrentSkipListMap<>();
    private final ConcurrentHashMap<Digest, BlobKey> blobs = new ConcurrentHashMap<>();
    private final Tokens tokens = new Tokens();
    /** Even while no commit is being applied; see {@link #consistently}. */
    private final AtomicLong applying = new AtomicLong();

    private volatile Head head;
    private volatile Common common = Common.EMPTY;

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

    Common common() {
        return common;
    }

    /** The models that have a version, from after a name on. */
    List<ModelName> names(Optional<ModelName> after, int limit) {
        return after.map(last -> models.tailMap(last, false)).orElse(models).values().stream()
                .filter(ModelState::isLive)
                .limit(limit)
                .map(ModelState::name)
                .toList();
    }

    Collection<ModelState> models() {
        return models.values();
    }

    /** Where the bytes of a digest lie, if some version has them. */
    Optional<BlobKey> blob(Digest digest) {
        return Optional.ofNullable(blobs.get(digest));
    }

    /** Whether some version was registered with this very upload and it was not condemned. */
    boolean knows(BlobKey blob) {
        return blob.equals(blobs.get(blob.digest()));
    }

    Tokens.@Nullable Use token(String token) {
        return tokens.find(token);
    }

    Map<String, Tokens.Use> tokens() {
        return tokens.all();
    }

    /** Sets everything, from a base. */
    void restore(Snapshot snapshot) {
        common = snapshot.common();
        snapshot.models().forEach(this::put);
        common.condemned().keySet().forEach(blob -> blobs.remove(blob.digest(), blob));
        snapshot.tokens().forEach(tokens::add);
        head = snapshot.head();
    }

    private void put(ModelState model) {
        models.put(model.name(), model);
        model.versions().forEach(version -> version.needed(this::note));
    }

    /**
     * Applies a commit that follows on the head.
     *
     * @return the models that it changed
     * @throws InvalidInputException {@link ErrorCode#BROKEN_CHAIN} if a precondition does not hold; nothing is applied
     */
    Collection<ModelName> apply(CommitRecord record, Digest digest) {
        Draft draft = draft();
        for (int i = 0; i < record.changes().size(); i++) {
            draft.apply(record.commit(i), record.changes().get(i).ops());
        }
        List<ModelName> changed = new ArrayList<>();
        applying.incrementAndGet();
        for (ModelState model : draft.changed()) {
            models.put(model.name(), model);
            changed.add(model.name());
        }
        common = draft.common();
        head = new Head(record.number(), digest, record.time());
        applying.incrementAndGet();
        for (Change change : record.changes()) {
            tokens.add(change.token(), new Tokens.Use(record.number(), change.intent()));
            change.ops().forEach(this::noteBlobs);
        }
        return changed;
    }

    private void noteBlobs(Op op) {
        if (op instanceof Op.Register register) {
            note(register.manifest());
            register.blobs().forEach(this::note);
        } else if (op instanceof Op.Condemn condemn) {
            condemn.blobs().forEach(blob -> blobs.remove(blob.digest(), blob));
        }
    }

    private void note(BlobKey blob) {
        blobs.putIfAbsent(blob.digest(), blob);
    }

    /**
     * Reads several models as of one commit. What is read is read again if a commit is applied meanwhile, which takes
     * microseconds.
     */
    <T> T consistently(Supplier<T> reading) {
        while (true) {
            long before = applying.get();
            T result = reading.get();
            if (before % 2 == 0 && before == applying.get()) {
                return result;
            }
            Thread.onSpinWait();
        }
    }

    Draft draft() {
        return new Draft(this);
    }

    /** Everything at this moment, for a base. The values are immutable, so only references are copied. */
    Snapshot snapshot() {
        return new Snapshot(head, common, new ArrayList<>(models.values()), tokens());
    }

    record Snapshot(Head head, Common common, List<ModelState> models, Map<String, Tokens.Use> tokens) {}
}
