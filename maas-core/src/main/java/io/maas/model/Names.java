package io.maas.model;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import java.util.regex.Pattern;

/** The rules for names other than those of models. */
public final class Names {
    /** The alias that a bare model name stands for. */
    public static final String PRODUCTION = "production";

    private static final Pattern VERSION = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final int SHOWN = 80;

    private Names() {}

    /**
     * Returns {@code label} if it can be the label of a version: 1 to 64 letters, digits, dots, underscores and hyphens.
     *
     * @throws InvalidInputException {@link ErrorCode#INVALID_NAME} if it cannot
     */
    public static String version(String label) {
        if (!VERSION.matcher(label).matches()) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_NAME,
                    "label a version",
                    "the label has other characters or another length, '" + shown(label) + "'",
                    "use 1 to 64 letters, digits, '.', '_' or '-'");
        }
        return label;
    }

    /**
     * Returns {@code alias} if it can name an alias: the rule of model names.
     *
     * @throws InvalidInputException {@link ErrorCode#INVALID_NAME} if it cannot
     */
    public static String alias(String alias) {
        ModelName.require(alias, "an alias");
        return alias;
    }

    /** Returns {@code value} safe to put in a message: without control characters, and not endless. */
    public static String shown(String value) {
        String cut = value.length() > SHOWN ? value.substring(0, SHOWN) + "…" : value;
        return cut.replaceAll("\\p{Cntrl}", "?");
    }
}
