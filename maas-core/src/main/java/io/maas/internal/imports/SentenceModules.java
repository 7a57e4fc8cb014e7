package io.maas.internal.imports;

import io.maas.internal.bundle.FileTree;
import java.util.List;

/**
 * What sentence-transformers does after the model, by {@code modules.json} and the configuration of its pooling.
 *
 * @param draft the import
 * @param steps the kinds of its modules, in order; empty if there is no such file
 * @param modes the ways of pooling that are on
 */
record SentenceModules(Draft draft, List<String> steps, List<String> modes) {
    private static final String MODULES = "modules.json";
    private static final String POOLING = "1_Pooling/config.json";

    static SentenceModules read(Draft draft) {
        FileTree tree = draft.tree();
        if (!tree.has(MODULES)) {
            return new SentenceModules(draft, List.of(), List.of());
        }
        List<String> steps = draft.json(MODULES).items().stream()
                .map(module -> module.text("type").orElse(""))
                .map(type -> type.substring(type.lastIndexOf('.') + 1))
                .toList();
        Doc pooling = tree.has(POOLING) ? draft.json(POOLING) : draft.none(POOLING);
        List<String> modes = pooling.names().stream()
                .filter(name -> name.startsWith("pooling_mode_")
                        && pooling.field(name).value().booleanValue())
                .toList();
        return new SentenceModules(draft, steps, modes);
    }

    boolean isPresent() {
        return !steps.isEmpty();
    }

    /** Pooling by the mean, and perhaps normalising, and nothing else. */
    boolean isMean() {
        boolean known = steps.equals(List.of("Transformer", "Pooling"))
                || steps.equals(List.of("Transformer", "Pooling", "Normalize"));
        return known && modes.equals(List.of("pooling_mode_mean_tokens"));
    }

    boolean isNormalized() {
        return steps.contains("Normalize");
    }

    void used() {
        each("mean-pool" + (isNormalized() ? " and l2-normalize" : "") + " after the engine", true);
    }

    void unused(String why) {
        each(why, false);
    }

    private void each(String reason, boolean adapted) {
        for (String file : List.of(MODULES, POOLING)) {
            if (draft.tree().has(file) && !draft.findings().has(file)) {
                if (adapted) {
                    draft.findings().adapted(file, reason);
                } else {
                    draft.findings().dropped(file, reason);
                }
            }
        }
    }
}
