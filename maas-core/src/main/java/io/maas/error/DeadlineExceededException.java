package io.maas.error;

/** The time that the caller allowed has passed. What was asked for may be done all the same, but nobody is told. */
public final class DeadlineExceededException extends UnavailableException {
    /**
     * Creates one, with the code {@link ErrorCode#DEADLINE_EXCEEDED}.
     *
     * @param doing what could not be done, continuing "Cannot "
     * @param why the reason, with the offending value
     * @param remedy what the reader can do about it
     */
    public DeadlineExceededException(String doing, String why, String remedy) {
        super(ErrorCode.DEADLINE_EXCEEDED, doing, why, remedy);
    }

    /**
     * Creates one with a cause.
     *
     * @param doing what could not be done, continuing "Cannot "
     * @param why the reason, with the offending value
     * @param remedy what the reader can do about it
     * @param cause what led to it
     */
    public DeadlineExceededException(String doing, String why, String remedy, Throwable cause) {
        super(ErrorCode.DEADLINE_EXCEEDED, doing, why, remedy, cause);
    }
}
