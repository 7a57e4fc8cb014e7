package io.maas.error;

/** What the caller named does not exist. */
public final class NotFoundException extends MaasException {
    /**
     * Creates one.
     *
     * @param code what happened
     * @param doing what could not be done, continuing "Cannot "
     * @param why the reason, with the offending value
     * @param remedy what the reader can do about it
     */
    public NotFoundException(ErrorCode code, String doing, String why, String remedy) {
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
    public NotFoundException(ErrorCode code, String doing, String why, String remedy, Throwable cause) {
        super(code, doing, why, remedy, cause);
    }
}
