package io.maas.backend.djl;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * Runs something on a thread with a very large stack, of which only what is used takes memory.
 *
 * <p>When ONNX Runtime 1.29 starts on Linux, it matches the command line of the process against a regular expression, and
 * takes some 270 bytes of stack for each character: with one of 6,700 characters, which a class path easily has, it overflowed the stack
 * of a Java thread, which ended the JVM (measured; {@code ORT_DISABLE_TELEMETRY=1} in the environment avoids it too).
 */
final class DeepStack {
    /** For the longest command line that Linux takes by default, 2 MiB. */
    private static final long BYTES = 1L << 30;

    private DeepStack() {}

    static <T> T call(Supplier<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(null, () -> complete(result, work), "maas-engine-start", BYTES);
        thread.setDaemon(true);
        try {
            thread.start();
        } catch (OutOfMemoryError e) {
            return work.get(); // a host that limits address space has to live with its command line
        }
        try {
            return result.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            } else if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e;
        }
    }

    private static <T> void complete(CompletableFuture<T> result, Supplier<T> work) {
        try {
            result.complete(work.get());
        } catch (RuntimeException | Error e) {
            result.completeExceptionally(e);
        }
    }
}
