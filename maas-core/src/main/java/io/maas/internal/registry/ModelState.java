package io.maas.internal.registry;

import io.maas.model.Digest;
import io.maas.model.ModelName;
import io.maas.repository.Commit;
import io.maas.repository.Lifecycle;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A model: its versions, oldest first, and its aliases. Immutable; the registry replaces it when it changes.
 *
 * @param name the model
 * @param versions the versions, deleted ones included
 * @param aliases the aliases, by name; one that was taken away points at nothing
 * @param hold who put it on hold, if it is
 */
record ModelState(ModelName name, List<VersionState> versions, Map<String, AliasState> aliases, Optional<Commit> hold) {
    static ModelState empty(ModelName name) {
        return new ModelState(name, List.of(), Map.of(), Optional.empty());
    }

    /** The version of that label, deleted or not. */
    Optional<VersionState> version(String label) {
        // new versions are asked for most
        for (int i = versions.size() - 1; i >= 0; i--) {
            if (versions.get(i).version().equals(label)) {
                return Optional.of(versions.get(i));
            }
        }
        return Optional.empty();
    }

    /** The version with that digest that is farthest from its end, and was registered first. */
    Optional<VersionState> digest(Digest digest) {
        return live().filter(version -> version.digest().equals(digest))
                .min(Comparator.comparing(VersionState::lifecycle));
    }

    /** The versions that are not deleted. */
    Stream<VersionState> live() {
        return versions.stream().filter(version -> version.lifecycle() != Lifecycle.DELETED);
    }

    boolean isLive() {
        for (VersionState version : versions) { // asked each time that a reference is resolved: a stream would be felt
            if (version.lifecycle() != Lifecycle.DELETED) {
                return true;
            }
        }
        return false;
    }

    Optional<AliasState> alias(String alias) {
        return Optional.ofNullable(aliases.get(alias));
    }

    /** What an alias points at, if anything. */
    Optional<String> current(String alias) {
        return alias(alias).flatMap(AliasState::current);
    }

    /** The aliases whose calls may reach a version. */
    List<String> reaching(String label) {
        return aliases.entrySet().stream()
                .filter(alias -> alias.getValue().reaches(label))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The aliases whose calls may reach a version, or may again after a rollback. */
    List<String> returningTo(String label) {
        return aliases.entrySet().stream()
                .filter(alias -> alias.getValue().stack().contains(label)
                        || alias.getValue().reaches(label))
                .map(alias -> name + "@" + alias.getKey())
                .toList();
    }

    /** Whether a rollback may go to a version. */
    boolean mayServe(String label) {
        return version(label)
                .filter(version -> version.lifecycle().compareTo(Lifecycle.YANKED) < 0)
                .isPresent();
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
        return new ModelState(name, List.copyOf(next), aliases, hold);
    }

    ModelState with(String alias, AliasState state) {
        Map<String, AliasState> next = new TreeMap<>(aliases);
        next.put(alias, state);
        return new ModelState(name, versions, sealed(next), hold);
    }

    /** The aliases in their order; most models have one, which takes a fifth of the memory of a tree. */
    static Map<String, AliasState> sealed(Map<String, AliasState> sorted) {
        return sorted.size() < 2 ? Map.copyOf(sorted) : Collections.unmodifiableMap(sorted);
    }

    ModelState held(Optional<Commit> by) {
        return new ModelState(name, versions, aliases, by);
    }
}
