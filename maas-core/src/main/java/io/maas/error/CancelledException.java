package io.maas.error;

/** The caller does not want it any more: he cancelled it, or his thread was interrupted while it waited. */
public final class CancelledException extends UnavailableException {
    /**
     * Creates one, with the code {@link ErrorCode#CANCELLED}.
     *
     * @param doing what could not be done, continuing "Cannot "
     * @param why the reason, with the offending value
     * @param remedy what the reader can do about it
     */
    public CancelledException(String doing, String why, String remedy) {
        super(ErrorCode.CANCELLED, doing, why, remedy);
    }

    /**
     * Creates one with a cause.
     *
     * @param doing what could not be done, continuing "Cannot "
     * @param why the reason, with the offending value
     * @param remedy what the reader can do about it
     * @param cause what led to it
     */
    public CancelledException(String doing, String why, String remedy, Throwable cause) {
        super(ErrorCode.CANCELLED, doing, why, remedy, cause);
    }
}
