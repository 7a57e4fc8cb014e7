package io.maas.internal.registry;

import io.maas.repository.AliasMove;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An alias: what was published under it and not rolled back since, oldest first, and its latest moves.
 *
 * @param stack the publish stack; the last is what the alias points at. Never empty
 * @param moves the latest moves, oldest first
 */
record AliasState(List<String> stack, List<AliasMove> moves) {
    /** Of an alias, this many moves and stack entries stay in memory. The log keeps all. */
    static final int KEPT = 64;

    String current() {
        return stack.get(stack.size() - 1);
    }

    /** The version that a rollback goes to: the one below, or the nearest below that is {@code wanted}. */
    Optional<String> below(Optional<String> wanted) {
        for (int i = stack.size() - 2; i >= 0; i--) {
            if (wanted.isEmpty() || wanted.get().equals(stack.get(i))) {
                return Optional.of(stack.get(i));
            }
        }
        return Optional.empty();
    }

    static AliasState first(AliasMove move) {
        return new AliasState(List.of(move.to()), List.of(move));
    }

    AliasState then(AliasMove move) {
        List<String> next = new ArrayList<>(stack);
        if (move.kind() == AliasMove.Kind.PUBLISH) {
            next.add(move.to());
        } else {
            do {
                next.remove(next.size() - 1);
            } while (!next.get(next.size() - 1).equals(move.to()));
        }
        List<AliasMove> all = new ArrayList<>(moves);
        all.add(move);
        return new AliasState(latest(next), latest(all));
    }

    private static <T> List<T> latest(List<T> all) {
        return List.copyOf(all.subList(Math.max(0, all.size() - KEPT), all.size()));
    }
}
