package io.maas.http.internal.route;

import io.maas.error.NotFoundException;
import io.maas.model.ModelName;
import io.maas.repository.RepositoryView;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Lists models as a caller sees them. */
public final class VisibleModels {
    private static final int PAGE = 200;

    private VisibleModels() {}

    /** Returns the names of all models that are there and that a caller is for, sorted; looked up page by page as they are asked for. */
    public static Stream<ModelName> all(RepositoryView view, Caller caller) {
        return Stream.iterate(
                        page(view, caller, Optional.empty(), PAGE),
                        page -> !page.isEmpty(),
                        page -> page(view, caller, Optional.of(page.get(page.size() - 1)), PAGE))
                .flatMap(List::stream);
    }

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
