package io.maas.error;

/** A store cannot tell whether a write took effect. Repeating the write of the same key with the same bytes is how to find out. */
public final class AmbiguousWriteException extends UnavailableException {
    /**
     * Creates one.
     *
     * @param code what happened
     * @param doing what could not be done, continuing "Cannot "
     * @param why the reason, with the offending value
     * @param remedy what the reader can do about it
     */
    public AmbiguousWriteException(ErrorCode code, String doing, String why, String remedy) {
        super(code, doing, why, remedy);
    }

    /**
     * Creates one with a cause.
     *
     * @param code what happened
     * @param doing what could not be done, continuing "Cannot "
     * @param why the reason, with the offending value
     * @param remedy what the reader can do about it
     * @param cause what led to it
     */
    public AmbiguousWriteException(ErrorCode code, String doing, String why, String remedy, Throwable cause) {
        super(code, doing, why, remedy, cause);
    }
}
