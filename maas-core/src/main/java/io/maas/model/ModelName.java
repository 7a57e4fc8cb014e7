package io.maas.model;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import java.util.regex.Pattern;

/**
 * The name of a model: a letter or digit, then up to 127 letters, digits, dots, underscores and hyphens. All clients of
 * the Open Inference Protocol can write such names in a path.
 *
 * @param value the name
 */
public record ModelName(String value) implements Comparable<ModelName> {
    private static final Pattern VALID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

    /**
     * Checks the name.
     *
     * @throws InvalidInputException {@link ErrorCode#INVALID_NAME} if it has another form
     */
    public ModelName {
        require(value, "a model");
    }

    /** Returns the name, checked. */
    public static ModelName of(String value) {
        return new ModelName(value);
    }

    static void require(String value, String what) {
        if (!VALID.matcher(value).matches()) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_NAME,
                    "name " + what,
                    "a name has other characters or another length, '" + Names.shown(value) + "'",
                    "use a letter or digit, then at most 127 letters, digits, '.', '_' or '-'");
        }
    }

    @Override
    public int compareTo(ModelName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
