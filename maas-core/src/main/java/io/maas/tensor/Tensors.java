package io.maas.tensor;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Tensors by name, in order: the inputs or outputs of one call. Immutable and thread-safe.
 *
 * <p>Models have few tensors, so names are found by looking through them, which needs less memory and time than a map.
 */
public final class Tensors {
    private static final Tensors EMPTY = new Tensors(new String[0], new Tensor[0]);

    private final String[] names;
    private final Tensor[] values;

    private Tensors(String[] names, Tensor[] values) {
        this.names = names;
        this.values = values;
    }

    /** Returns no tensors. */
    public static Tensors empty() {
        return EMPTY;
    }

    /** Returns one tensor by its name. */
    public static Tensors of(String name, Tensor value) {
        return new Tensors(
                new String[] {Objects.requireNonNull(name, "name")},
                new Tensor[] {Objects.requireNonNull(value, "value")});
    }

    /**
     * Returns two tensors by their names.
     *
     * @throws InvalidInputException {@link ErrorCode#TENSOR_UNKNOWN} if the names are equal
     */
    public static Tensors of(String name1, Tensor value1, String name2, Tensor value2) {
        return builder().add(name1, value1).add(name2, value2).build();
    }

    /** Returns a builder for any number of tensors. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects tensors in order. Not thread-safe. */
    public static final class Builder {
        private final List<String> names = new ArrayList<>(4);
        private final List<Tensor> values = new ArrayList<>(4);

        private Builder() {}

        /**
         * Adds a tensor.
         *
         * @throws InvalidInputException {@link ErrorCode#TENSOR_UNKNOWN} if one of that name was added before
         */
        public Builder add(String name, Tensor value) {
            if (names.contains(Objects.requireNonNull(name, "name"))) {
                throw new InvalidInputException(
                        ErrorCode.TENSOR_UNKNOWN,
                        "collect tensors",
                        "two of them are called '" + name + "'",
                        "give each its own name");
            }
            names.add(name);
            values.add(Objects.requireNonNull(value, "value"));
            return this;
        }

        /** Returns what was added. */
        public Tensors build() {
            return new Tensors(names.toArray(new String[0]), values.toArray(new Tensor[0]));
        }
    }

    /**
     * Lends the tensors to a function. Whoever keeps one of them finds that it cannot be read any more once the function has
     * returned: its memory is used again.
     *
     * @return what the function returns
     */
    public <R> R lend(Function<? super Tensors, ? extends R> reader) {
        Loan loan = new Loan();
        Tensor[] lent = new Tensor[values.length];
        for (int i = 0; i < lent.length; i++) {
            lent[i] = values[i].lent(loan);
        }
        try {
            return reader.apply(new Tensors(names, lent));
        } finally {
            loan.end();
        }
    }

    /** Returns the number of tensors. */
    public int size() {
        return names.length;
    }

    /** Returns the names, in order. */
    public List<String> names() {
        return List.of(names);
    }

    /**
     * Returns the name at a position.
     *
     * @param index from 0 to {@code size() - 1}
     */
    public String name(int index) {
        return names[index];
    }

    /**
     * Returns the tensor at a position.
     *
     * @param index from 0 to {@code size() - 1}
     */
    public Tensor get(int index) {
        return values[index];
    }

    /**
     * Returns the tensor of that name.
     *
     * @throws InvalidInputException {@link ErrorCode#TENSOR_UNKNOWN} if there is none; the message lists the names
     */
    public Tensor get(String name) {
        int at = indexOf(name);
        if (at < 0) {
            throw new InvalidInputException(
                    ErrorCode.TENSOR_UNKNOWN,
                    "get a tensor",
                    "none is called '" + name + "'",
                    "ask for one of " + Arrays.toString(names));
        }
        return values[at];
    }

    /** Returns the tensor of that name, if there is one. */
    public Optional<Tensor> find(String name) {
        int at = indexOf(name);
        return at < 0 ? Optional.empty() : Optional.of(values[at]);
    }

    /**
     * Returns the only tensor.
     *
     * @throws InvalidInputException {@link ErrorCode#TENSOR_UNKNOWN} if there are none or several
     */
    public Tensor single() {
        if (values.length != 1) {
            throw new InvalidInputException(
                    ErrorCode.TENSOR_UNKNOWN,
                    "get the only tensor",
                    "there are " + values.length + ", " + Arrays.toString(names),
                    "ask for one by its name");
        }
        return values[0];
    }

    private int indexOf(String name) {
        for (int i = 0; i < names.length; i++) {
            if (names[i].equals(name)) {
                return i;
            }
        }
        return -1;
    }

    /** Calls {@code action} with each name and tensor, in order. */
    public void forEach(BiConsumer<? super String, ? super Tensor> action) {
        for (int i = 0; i < names.length; i++) {
            action.accept(names[i], values[i]);
        }
    }

    /** Two are equal if they have equal tensors of equal names in the same order. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Tensors that && Arrays.equals(names, that.names) && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(names) + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        StringJoiner shown = new StringJoiner(", ", "{", "}");
        forEach((name, value) -> shown.add(name + ": " + value));
        return shown.toString();
    }
}
