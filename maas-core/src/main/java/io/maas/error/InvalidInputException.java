package io.maas.error;

/** What the caller handed over cannot be used; the same call will fail again. */
public final class InvalidInputException extends MaasException {
    /**
     * Creates one.
     *
     * @param code what happened
     * @param doing what could not be done, continuing "Cannot "
     * @param why the reason, with the offending value
     * @param remedy what the reader can do about it
     */
    public InvalidInputException(ErrorCode code, String doing, String why, String remedy) {
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
    public InvalidInputException(ErrorCode code, String doing, String why, String remedy, Throwable cause) {
        super(code, doing, why, remedy, cause);
    }
}
