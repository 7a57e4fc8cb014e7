package io.maas.http.internal.platform;

import io.maas.model.ModelName;
import io.maas.repository.AliasMove;
import io.maas.repository.Commit;
import io.maas.repository.ModelVersion;
import io.maas.repository.RepositoryView;
import java.util.List;
import java.util.Optional;

/**
 * What a change goes by where its request leaves something open: what there is, or if the request is a repetition, what there was when
 * the first came.
 *
 * @param current what the alias leads to
 * @param newest the version that was registered last
 */
record Basis(Optional<String> current, ModelVersion newest) {
    /** Looks at what there is. */
    static Basis now(RepositoryView view, ModelName model, String alias) {
        return new Basis(
                Optional.ofNullable(view.aliases(model).get(alias)).map(ModelVersion::version),
                last(view.versions(model)));
    }

    /** Finds out what there was when a change was asked for. */
    static Basis before(RepositoryView view, ModelName model, String alias, Commit change) {
        List<AliasMove> moves = view.history(model).stream()
                .filter(move -> move.alias().equals(alias))
                .filter(move -> !isAfter(move.commit(), change))
                .toList();
        List<ModelVersion> versions = view.versions(model);
        List<ModelVersion> older = versions.stream()
                .filter(version -> version.commit() < change.number())
                .toList();
        ModelVersion newest = last(older.isEmpty() ? versions : older);
        if (moves.isEmpty()) {
            return new Basis(Optional.empty(), newest);
        }
        AliasMove move = moves.get(moves.size() - 1);
        if (!move.commit().equals(change)) {
            return new Basis(move.to(), newest);
        }
        // where a change says itself what was found, that counts: the server may have been behind the log
        Optional<ModelVersion> found = move.to()
                .flatMap(label -> versions.stream()
                        .filter(version -> version.version().equals(label))
                        .findFirst());
        return new Basis(move.from(), found.orElse(newest));
    }

    private static boolean isAfter(Commit one, Commit other) {
        return one.number() > other.number() || (one.number() == other.number() && one.index() > other.index());
    }

    private static ModelVersion last(List<ModelVersion> versions) {
        return versions.get(versions.size() - 1);
    }
}
