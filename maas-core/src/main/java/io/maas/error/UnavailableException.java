package io.maas.error;

/** Something the platform depends on cannot do its work at the moment; the same call may succeed later. */
public non-sealed class UnavailableException extends MaasException {
    /**
     * Creates one.
     *
     * @param code what happened
     * @param doing what could not be done, continuing "Cannot "
     * @param why the reason, with the offending value
     * @param remedy what the reader can do about it
     */
    public UnavailableException(ErrorCode code, String doing, String why, String remedy) {
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
    public UnavailableException(ErrorCode code, String doing, String why, String remedy, Throwable cause) {
        super(code, doing, why, remedy, cause);
    }

    /** Creates one without a stack trace. */
    UnavailableException(String doing, String why, String remedy, ErrorCode code) {
        super(doing, why, remedy, code);
    }
}
