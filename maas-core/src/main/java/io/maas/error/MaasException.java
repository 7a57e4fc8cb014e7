package io.maas.error;

import org.jspecify.annotations.Nullable;

/**
 * The root of everything the platform throws.
 *
 * <p>The family (the direct subclass) says who has to act; {@link #code()} says exactly what happened and never changes
 * between releases. A message reads {@code Cannot <do what>: <why, with the offending value>; <what to do>}.
 *
 * <p>An operation that throws anything but {@link CommitStateUnknownException} has changed nothing.
 */
public abstract sealed class MaasException extends RuntimeException
        permits InvalidInputException,
                NotFoundException,
                ConflictException,
                DeniedException,
                UnavailableException,
                CommitStateUnknownException {
    private final ErrorCode code;

    MaasException(ErrorCode code, String doing, String why, String remedy) {
        this(code, doing, why, remedy, null);
    }

    MaasException(ErrorCode code, String doing, String why, String remedy, @Nullable Throwable cause) {
        super("Cannot " + doing + ": " + why + "; " + remedy, cause);
        this.code = code;
    }

    /** Creates one without a stack trace, for what is thrown thousands of times a second and is nobody's mistake. */
    MaasException(String doing, String why, String remedy, ErrorCode code) {
        super("Cannot " + doing + ": " + why + "; " + remedy, null, false, false);
        this.code = code;
    }

    /** Returns what happened, in a form that programs may rely on. */
    public final ErrorCode code() {
        return code;
    }
}
