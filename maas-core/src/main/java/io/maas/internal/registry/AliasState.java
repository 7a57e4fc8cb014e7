package io.maas.internal.registry;

import io.maas.repository.AliasMove;
import io.maas.repository.Traffic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * An alias: what was published under it and not rolled back since, oldest first, and its latest moves.
 *
 * @param stack the publish stack; the last is what the alias points at. Empty if it points at nothing
 * @param moves the latest moves, oldest first
 * @param traffic who answers beside what it points at, if that was set since the last move
 */
record AliasState(List<String> stack, List<AliasMove> moves, Optional<TrafficState> traffic) {
    /** Of an alias, this many moves and stack entries stay in memory. The log keeps all. */
    static final int KEPT = 64;

    static final AliasState NONE = new AliasState(List.of(), List.of());

    /** An alias whose calls are all answered by what it points at. */
    AliasState(List<String> stack, List<AliasMove> moves) {
        this(stack, moves, Optional.empty());
    }

    Optional<String> current() {
        return stack.isEmpty() ? Optional.empty() : Optional.of(stack.get(stack.size() - 1));
    }

    /** The nearest version below the current one that a rollback may go to. */
    Optional<String> below(Predicate<String> wanted) {
        for (int i = stack.size() - 2; i >= 0; i--) {
            if (wanted.test(stack.get(i))) {
                return Optional.of(stack.get(i));
            }
        }
        return Optional.empty();
    }

    AliasState with(TrafficState value) {
        return new AliasState(stack, moves, value.traffic().isNone() ? Optional.empty() : Optional.of(value));
    }

    /** Who answers beside what it points at, if anybody does. */
    Traffic directed() {
        return traffic.isPresent() ? traffic.get().traffic() : Traffic.none();
    }

    /** Whether calls may reach a version: the alias points at it, or its traffic names it. */
    boolean reaches(String label) {
        return current().filter(label::equals).isPresent() || directed().names(label);
    }

    /** After a move, which ends the traffic. */
    AliasState then(AliasMove move) {
        List<AliasMove> all = new ArrayList<>(moves);
        all.add(move);
        return new AliasState(latest(stackAfter(move)), latest(all));
    }

    private List<String> stackAfter(AliasMove move) {
        List<String> next = new ArrayList<>(stack);
        if (move.to().isEmpty()) {
            next.clear();
            return next;
        }
        String to = move.to().get();
        if (move.kind() == AliasMove.Kind.PUBLISH) {
            next.add(to);
            return next;
        }
        do {
            next.remove(next.size() - 1);
        } while (!next.get(next.size() - 1).equals(to));
        return next;
    }

    private static <T> List<T> latest(List<T> all) {
        return List.copyOf(all.subList(Math.max(0, all.size() - KEPT), all.size()));
    }
}
