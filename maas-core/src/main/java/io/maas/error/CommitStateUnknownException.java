package io.maas.error;

/**
 * The deadline passed before the store said whether the change was committed: it may have been, or still be.
 *
 * <p>Nothing was deleted or undone. Repeating the same call with {@link #token()} as its token returns the outcome of
 * this one if it took effect, and performs it if it did not; it never happens twice. As
 * long as repeating fails, for whatever reason, the outcome of this one stays unknown.
 */
public final class CommitStateUnknownException extends MaasException {
    private final String token;

    /**
     * Creates one.
     *
     * @param token the token of the change
     * @param why what was waited for
     * @param cause the last answer of the store
     */
    public CommitStateUnknownException(String token, String why, Throwable cause) {
        super(
                ErrorCode.COMMIT_STATE_UNKNOWN,
                "tell whether the change was committed",
                why,
                "repeat the call with the token '" + token + "' to learn its outcome",
                cause);
        this.token = token;
    }

    /** Returns the token that identifies the change. */
    public String token() {
        return token;
    }
}
