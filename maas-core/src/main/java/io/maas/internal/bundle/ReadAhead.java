package io.maas.internal.bundle;

import io.maas.model.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.security.MessageDigest;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Reads content and computes its SHA-256 on a thread of its own, so that what was read is looked at and written elsewhere
 * meanwhile: on current machines the one takes about as long as the other. Some chunks ahead and no more. Used by one
 * thread, which closes it before the content.
 */
final class ReadAhead implements AutoCloseable {
    private static final int CHUNK = 256 << 10;
    private static final int CHUNKS = 4;

    /** Some bytes; none are the end. */
    private static final class Chunk {
        private final byte[] bytes = new byte[CHUNK];
        private int length;
        private @Nullable Throwable failure;
    }

    private final InputStream content;
    private final BlockingQueue<Chunk> full = new ArrayBlockingQueue<>(CHUNKS);
    private final BlockingQueue<Chunk> free = new ArrayBlockingQueue<>(CHUNKS);
    private final MessageDigest sha = Digest.sha256();
    private final Thread thread = new Thread(this::run, "maas-sha256");
    private @Nullable Chunk current;
    private int position;

    ReadAhead(InputStream content) {
        this.content = content;
        for (int i = 0; i < CHUNKS; i++) {
            free.add(new Chunk());
        }
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            boolean more = true;
            while (more) {
                Chunk chunk = free.take();
                fill(chunk);
                more = chunk.length > 0;
                full.put(chunk);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed before the end: nobody asks for the digest
        }
    }

    private void fill(Chunk chunk) {
        chunk.length = 0;
        try {
            int count = content.readNBytes(chunk.bytes, 0, CHUNK);
            sha.update(chunk.bytes, 0, count);
            chunk.length = count;
        } catch (IOException | RuntimeException | Error e) {
            chunk.failure = e;
        }
    }

    /** Reads as {@link InputStream#read(byte[], int, int)} does. */
    int read(byte[] target, int offset, int length) throws IOException {
        Chunk chunk = chunk();
        if (chunk.length == 0) {
            return -1;
        }
        int count = Math.min(length, chunk.length - position);
        System.arraycopy(chunk.bytes, position, target, offset, count);
        position += count;
        return count;
    }

    /** The chunk that has the next byte, or the one that is the end. */
    private Chunk chunk() throws IOException {
        Chunk chunk = current;
        if (chunk != null && (position < chunk.length || chunk.length == 0)) {
            return chunk;
        }
        try {
            if (chunk != null) {
                free.put(chunk);
            }
            chunk = full.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the content was checked");
        }
        current = chunk;
        position = 0;
        rethrow(chunk.failure);
        return chunk;
    }

    private static void rethrow(@Nullable Throwable failure) throws IOException {
        if (failure instanceof IOException io) {
            throw io;
        } else if (failure instanceof RuntimeException unchecked) {
            throw unchecked;
        } else if (failure instanceof Error error) {
            throw error;
        }
    }

    /** Returns whether nothing comes any more. */
    boolean isAtEnd() throws IOException {
        return chunk().length == 0;
    }

    /** Returns the digest of all that came, once that is all there is. */
    Digest digest() {
        return Digest.ofBytes(sha.digest());
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
