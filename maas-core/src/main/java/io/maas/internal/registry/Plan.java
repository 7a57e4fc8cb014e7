package io.maas.internal.registry;

import io.maas.error.ConflictException;
import io.maas.error.ErrorCode;
import io.maas.internal.registry.Delivery.Kind;
import io.maas.model.Manifest;
import io.maas.model.ModelName;
import io.maas.repository.Lifecycle;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a delivery changes in a given state.
 *
 * @param labels the label that each arrival has here, in their order
 * @param fresh whether each has to be registered; if not, it is here already
 * @param stacks the publish stacks to make, by alias, in the labels here
 */
record Plan(List<String> labels, List<Boolean> fresh, Map<String, List<String>> stacks) {
    /** Makes the plan, or throws what stands in its way. */
    static Plan of(Draft draft, Delivery delivery) {
        List<String> labels = new ArrayList<>();
        List<Boolean> fresh = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        for (Arrival arrival : delivery.arrivals()) {
            ModelState model = draft.model(arrival.name()).orElse(ModelState.empty(arrival.name()));
            Optional<VersionState> there = there(model, arrival, delivery);
            String label = there.map(VersionState::version).or(arrival::label).orElseGet(() -> free(model, taken));
            taken.add(arrival.name() + ":" + label);
            labels.add(label);
            fresh.add(there.isEmpty());
        }
        requireDependencies(draft, delivery, fresh);
        return new Plan(labels, fresh, stacks(draft, delivery, labels, fresh));
    }

    /** What an alias is to point at. */
    String top(String alias) {
        List<String> stack = Objects.requireNonNull(stacks.get(alias), alias);
        return stack.get(stack.size() - 1);
    }

    /** The version that an arrival is already. */
    private static Optional<VersionState> there(ModelState model, Arrival arrival, Delivery delivery) {
        Optional<VersionState> labelled = arrival.label().flatMap(model::version);
        if (labelled.isPresent()) {
            VersionState found = labelled.get();
            boolean same = found.digest().equals(arrival.digest());
            if (!same || found.lifecycle() == Lifecycle.DELETED) {
                throw new ConflictException(
                        ErrorCode.DUPLICATE_VERSION,
                        delivery.doing(),
                        model.name() + ":" + found.version() + " exists since commit " + found.commit() + ", "
                                + (same ? "and was " + Unknown.end(found) : "with other content, " + found.digest()),
                        "bring it under the next label, or package it again under another one");
            }
        }
        Optional<VersionState> there = labelled.or(() -> model.digest(arrival.digest()));
        if (delivery.kind() == Kind.PROMOTION) {
            there.ifPresent(found -> Registrar.requireNotYanked(model, found));
        }
        return there;
    }

    private static String free(ModelState model, Set<String> taken) {
        String next = model.nextLabel();
        while (taken.contains(model.name() + ":" + next)) {
            next = Long.toString(Long.parseLong(next) + 1);
        }
        return next;
    }

    /** A model that is promoted is to be used; one that is imported may wait for what it needs. */
    private static void requireDependencies(Draft draft, Delivery delivery, List<Boolean> fresh) {
        if (delivery.kind() == Kind.IMPORT) {
            return;
        }
        List<String> missing = new ArrayList<>();
        for (int i = 0; i < fresh.size(); i++) {
            for (Manifest.Dependency need : delivery.arrivals().get(i).dependsOn()) {
                if (fresh.get(i) && !isThere(draft, delivery, need)) {
                    missing.add(need.model() + "@" + need.digest());
                }
            }
        }
        if (!missing.isEmpty()) {
            throw new ConflictException(
                    ErrorCode.PACKAGE_REQUIRES,
                    delivery.doing(),
                    "it needs what is not there, " + String.join(", ", missing),
                    "promote these first, or along with it, withDependencies()");
        }
    }

    private static boolean isThere(Draft draft, Delivery delivery, Manifest.Dependency need) {
        return draft.model(need.model())
                        .flatMap(model -> model.digest(need.digest()))
                        .isPresent()
                || delivery.arrivals().stream()
                        .anyMatch(other -> other.name().equals(need.model())
                                && other.digest().equals(need.digest()));
    }

    private static Map<String, List<String>> stacks(
            Draft draft, Delivery delivery, List<String> labels, List<Boolean> fresh) {
        if (delivery.stacks().isEmpty()) {
            return Map.of();
        }
        Map<String, String> here = new TreeMap<>();
        for (int i = 0; i < labels.size(); i++) {
            Arrival arrival = delivery.arrivals().get(i);
            // what arrives yanked is not run, so it passes no gate, and a rollback may never go to it
            if (!fresh.get(i) || arrival.lifecycle() != Lifecycle.YANKED) {
                here.put(arrival.label().orElse(labels.get(i)), labels.get(i));
            }
        }
        Map<String, List<String>> stacks = new TreeMap<>();
        delivery.stacks().forEach((alias, stack) -> {
            // what was deleted since is not in the file, and a rollback passes it over
            List<String> known =
                    stack.stream().filter(here::containsKey).map(here::get).toList();
            if (!known.isEmpty()) {
                stacks.put(alias, known);
            }
        });
        Map<String, String> current = current(draft, delivery.model());
        Map<String, String> wanted = new TreeMap<>();
        stacks.forEach((alias, stack) -> wanted.put(alias, stack.get(stack.size() - 1)));
        if (current.equals(wanted)) {
            return Map.of();
        } else if (!current.isEmpty()) {
            throw new ConflictException(
                    ErrorCode.STALE,
                    delivery.doing(),
                    "its aliases point at " + current + " here, and would at " + wanted,
                    "import it without aliases, and publish what is wanted");
        }
        return stacks;
    }

    private static Map<String, String> current(Draft draft, ModelName name) {
        Map<String, String> current = new TreeMap<>();
        draft.model(name)
                .ifPresent(model -> model.aliases()
                        .forEach((alias, state) -> state.current().ifPresent(label -> current.put(alias, label))));
        return current;
    }
}
