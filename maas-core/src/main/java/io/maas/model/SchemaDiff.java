package io.maas.model;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What changes for callers between two signatures. A change breaks if a call that was right before is refused after, or if
 * an answer can be what a caller was never told to expect.
 *
 * <p>So inputs may take more and outputs may give less: an input dimension may become free, an output dimension may become
 * fixed. A new output is harmless; a new input is not, since every call has to give all inputs.
 *
 * @param changes the changes, inputs first, in the order of the signatures
 */
public record SchemaDiff(List<Change> changes) {
    /** Copies the list. */
    public SchemaDiff {
        changes = List.copyOf(changes);
    }

    /**
     * One change.
     *
     * @param effect what it does to callers
     * @param tensor the input or output
     * @param what what changed, for people
     */
    public record Change(Effect effect, String tensor, String what) {
        /** Returns the change in words. */
        @Override
        public String toString() {
            return "'" + tensor + "' " + what + (effect == Effect.BREAKING ? " (breaking)" : "");
        }
    }

    /** What a change does to callers. */
    public enum Effect {
        /** Calls go on as they are. */
        COMPATIBLE,
        /** Some calls are refused, or some answers mean something else. */
        BREAKING
    }

    /** Compares two signatures. */
    public static SchemaDiff between(Signature before, Signature after) {
        List<Change> changes = new ArrayList<>();
        compare(before.inputs(), after.inputs(), Side.INPUT, changes);
        compare(before.outputs(), after.outputs(), Side.OUTPUT, changes);
        return new SchemaDiff(changes);
    }

    /** Tells whether nothing breaks. */
    public boolean isCompatible() {
        return changes.stream().allMatch(change -> change.effect() == Effect.COMPATIBLE);
    }

    private enum Side {
        INPUT,
        OUTPUT;

        /** An input that appears has to be given from now on, an output that disappears is missed. */
        Effect ofAdding() {
            return this == INPUT ? Effect.BREAKING : Effect.COMPATIBLE;
        }
    }

    private static void compare(List<TensorSpec> before, List<TensorSpec> after, Side side, List<Change> changes) {
        Set<String> names = new LinkedHashSet<>();
        before.forEach(spec -> names.add(spec.name()));
        after.forEach(spec -> names.add(spec.name()));
        for (String name : names) {
            TensorSpec old = find(before, name);
            TensorSpec now = find(after, name);
            if (old == null) {
                changes.add(new Change(side.ofAdding(), name, "is a new " + shown(side) + ", " + now));
            } else if (now == null) {
                // a call that still gives the input is refused as well
                changes.add(new Change(Effect.BREAKING, name, "is no longer an " + shown(side)));
            } else {
                compareOne(old, now, side, changes);
            }
        }
    }

    private static String shown(Side side) {
        return side == Side.INPUT ? "input" : "output";
    }

    private static @Nullable TensorSpec find(List<TensorSpec> specs, String name) {
        return specs.stream()
                .filter(spec -> spec.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    private static void compareOne(TensorSpec old, TensorSpec now, Side side, List<Change> changes) {
        if (old.type() != now.type()) {
            changes.add(new Change(Effect.BREAKING, old.name(), "was " + old.type() + " and is " + now.type()));
        }
        if (old.rank() != now.rank()) {
            changes.add(new Change(Effect.BREAKING, old.name(), "was " + old + " and is " + now));
            return;
        }
        for (int d = 0; d < old.rank(); d++) {
            compareDim(old, now, d, side, changes);
        }
        if (!old.labels().equals(now.labels())) {
            boolean told = !old.labels().isEmpty();
            changes.add(new Change(
                    told ? Effect.BREAKING : Effect.COMPATIBLE,
                    old.name(),
                    told ? "has other labels: " + labels(old) + " became " + labels(now) : "has labels now"));
        }
    }

    private static String labels(TensorSpec spec) {
        int most = 5;
        List<String> all = spec.labels();
        return all.size() <= most ? all.toString() : all.subList(0, most) + " and " + (all.size() - most) + " more";
    }

    private static void compareDim(TensorSpec old, TensorSpec now, int d, Side side, List<Change> changes) {
        boolean wasFixed = old.dims().get(d) instanceof Dim.Fixed;
        boolean isFixed = now.dims().get(d) instanceof Dim.Fixed;
        if ((!wasFixed && !isFixed) || old.dims().get(d).equals(now.dims().get(d))) {
            return;
        }
        boolean widened = wasFixed && !isFixed;
        boolean narrowed = !wasFixed;
        boolean harmless = side == Side.INPUT ? widened : narrowed;
        changes.add(new Change(
                harmless ? Effect.COMPATIBLE : Effect.BREAKING,
                old.name(),
                "has dimension " + d + " " + now.dims().get(d) + ", it was "
                        + old.dims().get(d)));
    }

    /** Returns the changes in words. */
    @Override
    public String toString() {
        return changes.isEmpty()
                ? "nothing changes for callers"
                : String.join("; ", changes.stream().map(Change::toString).toList());
    }
}
