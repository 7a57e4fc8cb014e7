package io.maas.store.s3;

/** The SDK refuses to work in a thread that is interrupted. What tidies up must be done all the same. */
final class Interrupts {
    private Interrupts() {}

    /** Does some short work as if the thread were not interrupted; afterwards it is again. */
    static void keepFrom(Runnable work) {
        boolean interrupted = Thread.interrupted();
        try {
            work.run();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
