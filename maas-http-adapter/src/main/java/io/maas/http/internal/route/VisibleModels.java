package io.maas.http.internal.route;

import io.maas.error.NotFoundException;
import io.maas.model.ModelName;
import io.maas.repository.RepositoryView;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Lists models as a caller sees them. */
public final class VisibleModels {
    private VisibleModels() {}

    /**
     * Returns a page of the names of the models that are there and that a caller is for, sorted.
     *
     * @param after the last name of the page before; empty for the first page
     */
    public static List<ModelName> page(RepositoryView view, Caller caller, Optional<ModelName> after, int limit) {
        Optional<Set<ModelName>> own = caller.models();
        if (own.isEmpty()) {
            return view.models(after, limit);
        }
        return own.get().stream()
                .sorted()
                .filter(name -> after.isEmpty() || name.compareTo(after.get()) > 0)
                .filter(name -> isThere(view, name))
                .limit(limit)
                .toList();
    }

    private static boolean isThere(RepositoryView view, ModelName name) {
        try {
            return !view.versions(name).isEmpty();
        } catch (NotFoundException e) {
            return false;
        }
    }
}
