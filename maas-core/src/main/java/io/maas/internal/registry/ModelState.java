package io.maas.internal.registry;

import io.maas.model.Digest;
import io.maas.model.ModelName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A model: its versions, oldest first, and its aliases. Immutable; the registry replaces it when it changes.
 *
 * @param name the model
 * @param versions the versions
 * @param aliases the aliases, by name
 */
record ModelState(ModelName name, List<VersionState> versions, Map<String, AliasState> aliases) {
    static ModelState empty(ModelName name) {
        return new ModelState(name, List.of(), Map.of());
    }

    Optional<VersionState> version(String label) {
        // new versions are asked for most
        for (int i = versions.size() - 1; i >= 0; i--) {
            if (versions.get(i).version().equals(label)) {
                return Optional.of(versions.get(i));
            }
        }
        return Optional.empty();
    }

    Optional<VersionState> digest(Digest digest) {
        return versions.stream().filter(v -> v.digest().equals(digest)).findFirst();
    }

    Optional<AliasState> alias(String alias) {
        return Optional.ofNullable(aliases.get(alias));
    }

    /** The label for a version that asks for none: one more than the highest that is a plain number. */
    String nextLabel() {
        long highest = 0;
        for (VersionState version : versions) {
            if (version.version().matches("[1-9]\\d{0,17}")) {
                highest = Math.max(highest, Long.parseLong(version.version()));
            }
        }
        return Long.toString(highest + 1);
    }

    /** Replaces the version of that label, or adds it as the newest. */
    ModelState with(VersionState version) {
        List<VersionState> next = new ArrayList<>(versions);
        int at = 0;
        while (at < next.size() && !next.get(at).version().equals(version.version())) {
            at++;
        }
        if (at < next.size()) {
            next.set(at, version);
        } else {
            next.add(version);
        }
        return new ModelState(name, List.copyOf(next), aliases);
    }

    ModelState with(String alias, AliasState state) {
        Map<String, AliasState> next = new TreeMap<>(aliases);
        next.put(alias, state);
        return new ModelState(name, versions, Collections.unmodifiableMap(next));
    }
}
