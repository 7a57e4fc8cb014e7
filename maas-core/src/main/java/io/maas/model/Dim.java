package io.maas.model;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import java.util.regex.Pattern;

/** One dimension in a signature: a number, or a name for a size that is known when the model is called. */
public sealed interface Dim {
    /** A size that the model neither fixes nor names. */
    Dim ANY = new Named("?");

    /**
     * Always the same size.
     *
     * @param size 1 or more
     */
    record Fixed(long size) implements Dim {
        /** Checks the size. */
        public Fixed {
            if (size < 1) {
                throw refused(Long.toString(size));
            }
        }

        @Override
        public String toString() {
            return Long.toString(size);
        }
    }

    /**
     * A size that differs from call to call. Equal names have equal sizes within one call, but for {@code ?}, which
     * promises nothing.
     *
     * @param name the name
     */
    record Named(String name) implements Dim {
        // Converters write names such as "batch", "unk__12" or "past_sequence + 1".
        private static final Pattern VALID = Pattern.compile("\\?|[A-Za-z_][\\w .+*/()-]{0,127}");

        /** Checks the name. */
        public Named {
            if (!VALID.matcher(name).matches()) {
                throw refused("'" + Names.shown(name) + "'");
            }
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** Returns the dimension of this size. */
    static Dim of(long size) {
        return new Fixed(size);
    }

    /** Returns the dimension of this name. */
    static Dim of(String name) {
        return new Named(name);
    }

    private static InvalidInputException refused(String value) {
        return new InvalidInputException(
                ErrorCode.TENSOR_SHAPE,
                "describe a dimension",
                "it is neither a size nor a name, " + value,
                "use a number from 1 up, a name such as 'batch', or '?'");
    }
}
