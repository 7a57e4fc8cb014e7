package io.maas.backend.djl;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Frames of one model that no run uses at the moment. Bounded by number and by memory; lock-free. A thread starts to look
 * at a place of its own, which keeps threads apart and gives them the frame whose memory their core still has in cache.
 * (Thread locals would keep frames of every model for every thread the host ever used.)
 */
final class FramePool {
    /** Direct memory that one model may keep between runs: four batches of 16 MiB, or very many small ones. */
    private static final long MOST_BYTES = 64L << 20;

    private final AtomicReferenceArray<@Nullable Frame> idle;
    private final AtomicLong bytes = new AtomicLong();

    /** Keeps at most {@code size} frames, a power of two. */
    FramePool(int size) {
        idle = new AtomicReferenceArray<>(size);
    }

    private int home() {
        return (int) Thread.currentThread().getId() & (idle.length() - 1);
    }

    @Nullable
    Frame take() {
        int home = home();
        for (int i = 0; i < idle.length(); i++) {
            int at = (home + i) & (idle.length() - 1);
            Frame frame = idle.get(at) == null ? null : idle.getAndSet(at, null);
            if (frame != null) {
                bytes.addAndGet(-frame.bytes());
                return frame;
            }
        }
        return null;
    }

    /** Keeps a frame, or closes it if there is no room. */
    void give(Frame frame) {
        long size = frame.bytes();
        if (bytes.addAndGet(size) <= MOST_BYTES) {
            int home = home();
            for (int i = 0; i < idle.length(); i++) {
                if (idle.compareAndSet((home + i) & (idle.length() - 1), null, frame)) {
                    return;
                }
            }
        }
        bytes.addAndGet(-size);
        frame.close();
    }

    void drain(Consumer<Frame> action) {
        for (Frame frame = take(); frame != null; frame = take()) {
            action.accept(frame);
        }
    }
}
