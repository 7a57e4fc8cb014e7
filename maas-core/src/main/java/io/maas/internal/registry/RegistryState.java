package io.maas.internal.registry;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.internal.log.BlobKey;
import io.maas.internal.log.Change;
import io.maas.internal.log.CommitRecord;
import io.maas.internal.log.Op;
import io.maas.model.Digest;
import io.maas.model.Manifest;
import io.maas.model.ModelName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the log adds up to. Models are immutable values in a concurrent map, so reading takes no lock and a commit costs
 * what it changes, however many models there are. Whatever writes here holds the registry's lock.
 */
final class RegistryState {
    private final ConcurrentHashMap<ModelName, ModelState> models = new ConcurrentHashMap<>();
    /** To list them: a sorted map finds one by as many comparisons as the number of models has bits. */
    private final ConcurrentSkipListSet<ModelName> sorted = new ConcurrentSkipListSet<>();

    private final BlobIndex blobs = new BlobIndex();
    /** The models with a version that needs a bundle, or ever did. */
    private final ConcurrentHashMap<Digest, Set<ModelName>> needers = new ConcurrentHashMap<>();

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
        return after.map(last -> sorted.tailSet(last, false)).orElse(sorted).stream()
                .filter(name -> model(name).filter(ModelState::isLive).isPresent())
                .limit(limit)
                .toList();
    }

    /** All models, in no order. */
    Collection<ModelState> models() {
        return models.values();
    }

    /** All models, sorted by name. */
    List<ModelState> sortedModels() {
        List<ModelState> all = new ArrayList<>(models.size());
        sorted.forEach(name -> all.add(Objects.requireNonNull(models.get(name), name.value())));
        return all;
    }

    /** The models that may have a version that needs a bundle. */
    Set<ModelName> needers(Digest digest) {
        return needers.getOrDefault(digest, Set.of());
    }

    /** Where the bytes of a digest lie, if some version has them. */
    Optional<BlobKey> blob(Digest digest) {
        return blobs.find(digest);
    }

    /** Whether some version was registered with this very upload and it was not condemned. */
    boolean knows(BlobKey blob) {
        return blobs.find(blob.digest()).filter(blob::equals).isPresent();
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
        int[] count = new int[1];
        snapshot.models().forEach(model -> model.versions().forEach(version -> version.needed(blob -> count[0]++)));
        blobs.makeRoom(count[0]);
        snapshot.models().forEach(this::put);
        common.condemned().keySet().forEach(blobs::remove);
        snapshot.tokens().forEach(tokens::add);
        head = snapshot.head();
    }

    private void put(ModelState model) {
        set(model);
        model.versions().forEach(version -> version.needed(this::note));
    }

    private void set(ModelState model) {
        models.put(model.name(), model);
        sorted.add(model.name());
        for (VersionState version : model.versions()) {
            for (Manifest.Dependency need : version.dependsOn()) {
                needers.computeIfAbsent(need.digest(), digest -> ConcurrentHashMap.newKeySet())
                        .add(model.name());
            }
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
        for (int i = 0; i < record.changes().size(); i++) {
            draft.apply(record.commit(i), record.changes().get(i).ops());
        }
        List<ModelName> changed = new ArrayList<>();
        applying.incrementAndGet();
        for (ModelState model : draft.changed()) {
            set(model);
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
            condemn.blobs().forEach(blobs::remove);
        }
    }

    private void note(BlobKey blob) {
        blobs.addIfAbsent(blob);
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
        return new Snapshot(head, common, sortedModels(), tokens());
    }

    record Snapshot(Head head, Common common, List<ModelState> models, Map<String, Tokens.Use> tokens) {}
}
