package io.maas.spi;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Names;
import java.util.regex.Pattern;

/** The rules for keys that {@link ObjectStore} states, so that every store refuses the same ones. */
public final class StoreKeys {
    /** No part may start with a dot: such names are the store's own, and {@code .} and {@code ..} are among them. */
    private static final Pattern KEY =
            Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}" + "(/[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}){0,7}");

    private StoreKeys() {}

    /** Returns whether {@code text} is a key. */
    public static boolean isKey(String text) {
        return KEY.matcher(text).matches();
    }

    /**
     * Returns {@code key} if it is one.
     *
     * @throws InvalidInputException {@link ErrorCode#INVALID_NAME} if it is not
     */
    public static String requireKey(String key) {
        if (!isKey(key)) {
            throw malformed("use the key of an object", "it is no key", key);
        }
        return key;
    }

    /**
     * Returns {@code prefix} if a key can start with it; the empty string is one.
     *
     * @throws InvalidInputException {@link ErrorCode#INVALID_NAME} if none can
     */
    public static String requirePrefix(String prefix) {
        if (!prefix.isEmpty() && !isKey(prefix) && !(prefix.endsWith("/") && isKey(prefix + "x"))) {
            throw malformed("list objects", "no key can start with this", prefix);
        }
        return prefix;
    }

    private static InvalidInputException malformed(String doing, String why, String text) {
        return new InvalidInputException(
                ErrorCode.INVALID_NAME,
                doing,
                why + ", '" + Names.shown(text) + "'",
                "use 1 to 8 parts joined by '/', each of 1 to 200 letters, digits, '.', '_' or '-', not starting with '.'");
    }
}
