package io.maas.internal.bundle;

import io.maas.error.CancelledException;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.model.Names;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;

/**
 * Where a package comes from, for messages.
 *
 * @param shown what the reader would recognise it by
 * @param doing what cannot be done if something is refused
 */
record Origin(String shown, String doing) {
    private static final String REMEDY = "package the model again, or get the package again from its source";

    Origin(String shown) {
        this(shown, "read the package " + shown);
    }

    InvalidInputException refused(ErrorCode code, String why) {
        return refused(code, why, REMEDY);
    }

    InvalidInputException refused(ErrorCode code, String why, String remedy) {
        return new InvalidInputException(code, doing, why, remedy);
    }

    InvalidInputException refused(ErrorCode code, String why, Throwable cause) {
        return new InvalidInputException(code, doing, why, REMEDY, cause);
    }

    MaasException unreadable(IOException cause) {
        if (cause instanceof InterruptedIOException || cause instanceof ClosedByInterruptException) {
            return new CancelledException(doing, "the thread was interrupted", "read it again", cause);
        }
        return new InvalidInputException(
                ErrorCode.PACKAGE_UNREADABLE,
                doing,
                "it cannot be read, " + Names.shown(cause.toString()),
                "check that it exists and that this process may read it",
                cause);
    }

    /** Quotes a path that came with the package. */
    static String quoted(String path) {
        return "'" + Names.shown(path) + "'";
    }
}
