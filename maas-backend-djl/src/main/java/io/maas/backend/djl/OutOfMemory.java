package io.maas.backend.djl;

import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import java.util.Locale;
import java.util.regex.Pattern;

/** Knows an engine's lack of memory by its words: neither engine has a code for it. */
final class OutOfMemory {
    private static final Pattern WORDS = Pattern.compile("out of memory|can't allocate memory|failed to allocate memory"
            + "|bad_alloc|bad allocation|not enough memory|cuda_error_out_of_memory|alloc_failed");

    private OutOfMemory() {}

    static boolean isMeantBy(String message) {
        return WORDS.matcher(message.toLowerCase(Locale.ROOT)).find();
    }

    static UnavailableException of(String engine, String message, Exception cause) {
        return new UnavailableException(
                ErrorCode.OUT_OF_MEMORY,
                "run the model",
                engine + " has no memory for it, " + message,
                "call with fewer or shorter rows, or give the host or the device more memory",
                cause);
    }
}
