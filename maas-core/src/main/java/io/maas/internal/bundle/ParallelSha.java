package io.maas.internal.bundle;

import io.maas.model.Digest;
import java.io.InterruptedIOException;
import java.security.MessageDigest;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * SHA-256 on a thread of its own, so that what is read is written elsewhere meanwhile: one of the two takes about as long as
 * the other on current machines. Some chunks ahead and no more. Used by one thread, which closes it.
 */
final class ParallelSha implements AutoCloseable {
    private static final int CHUNK = 256 << 10;
    private static final int CHUNKS = 4;

    private static final class Chunk {
        private final byte[] bytes = new byte[CHUNK];
        private int length;
    }

    private final BlockingQueue<Chunk> full = new ArrayBlockingQueue<>(CHUNKS + 1);
    private final BlockingQueue<Chunk> free = new ArrayBlockingQueue<>(CHUNKS);
    private final MessageDigest sha = Digest.sha256();
    private final Thread thread = new Thread(this::run, "maas-sha256");
    private Chunk current = new Chunk();

    ParallelSha() {
        for (int i = 1; i < CHUNKS; i++) {
            free.add(new Chunk());
        }
        thread.setDaemon(true);
        thread.start();
    }

    void update(byte[] bytes, int offset, int length) throws InterruptedIOException {
        int done = 0;
        while (done < length) {
            int count = Math.min(length - done, CHUNK - current.length);
            System.arraycopy(bytes, offset + done, current.bytes, current.length, count);
            current.length += count;
            done += count;
            if (current.length == CHUNK) {
                hand();
            }
        }
    }

    private void hand() throws InterruptedIOException {
        try {
            full.put(current);
            current = free.take();
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    /** Returns the digest of all that came. Nothing may come after. */
    Digest digest() throws InterruptedIOException {
        try {
            full.put(current);
            if (current.length > 0) {
                full.put(new Chunk()); // an empty one is the end
            }
            thread.join();
        } catch (InterruptedException e) {
            throw interrupted();
        }
        return Digest.ofBytes(sha.digest());
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while the content was checked");
    }

    private void run() {
        try {
            for (Chunk chunk = full.take(); chunk.length > 0; chunk = full.take()) {
                sha.update(chunk.bytes, 0, chunk.length);
                chunk.length = 0;
                free.put(chunk);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed before the end: nobody asks for the digest
        }
    }

    /** Ends the thread, which takes no longer than a chunk does. */
    @Override
    public void close() {
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
