package io.maas.repository;

/** Events that are being delivered; see {@link ModelRepository#subscribe}. Thread-safe. */
public interface Subscription extends AutoCloseable {
    /**
     * Returns the number of the last commit whose events were all handled; the one before the first to deliver if there is
     * none yet. Whoever keeps it goes on after a restart with the commit after it.
     */
    long position();

    /**
     * Ends the delivery without waiting: a call of the listener that runs, or is just about to, still goes on. For threads that must
     * not wait. Ending twice is harmless.
     */
    void end();

    /**
     * Ends the delivery: no call of the listener begins after this, and one that runs is waited for, for half a minute at
     * most. Called from the listener itself, it does not wait. Closing twice is harmless.
     */
    @Override
    void close();
}
