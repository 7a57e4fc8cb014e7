package io.maas.http.internal.exchange;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Direct memory for bodies, bounded and used again. Sizes are rounded up to four steps an octave, so that at most a quarter is
 * wasted. What lies idle is at most a quarter of the bound. Memory is never unmapped by hand: a tensor may still look at it.
 * Thread-safe.
 */
public final class BodyBuffers {
    private static final int SMALLEST = 4 << 10;

    private final long most;
    private final Map<Integer, Deque<ByteBuffer>> idle = new HashMap<>();
    private long leasedBytes;
    private long idleBytes;
    private int leases;

    /** Creates an empty pool of at most so many bytes. */
    public BodyBuffers(long most) {
        this.most = most;
    }

    /** Memory of one exchange. */
    public final class Lease implements AutoCloseable {
        private final ByteBuffer memory;
        private final AtomicBoolean returned = new AtomicBoolean();

        private Lease(ByteBuffer memory) {
            this.memory = memory;
        }

        /** Returns the memory, the same buffer each time. */
        public ByteBuffer buffer() {
            return memory;
        }

        /** Gives the memory back; twice is harmless. */
        @Override
        public void close() {
            if (returned.compareAndSet(false, true)) {
                giveBack(memory, true);
            }
        }

        /** Gives the memory up: somebody may still read it, so nobody else gets it. Does nothing once it was given back. */
        public void abandon() {
            if (returned.compareAndSet(false, true)) {
                giveBack(memory, false);
            }
        }
    }

    /**
     * Lends memory.
     *
     * @param atLeast so many bytes
     * @throws HttpProblem 503 if the bound is reached
     */
    public Lease lease(int atLeast) {
        int size = rounded(atLeast);
        ByteBuffer found = take(size);
        return new Lease(found != null ? found : allocate(size));
    }

    private synchronized @Nullable ByteBuffer take(int size) {
        if (leasedBytes + size > most) {
            throw Refusals.noMemory();
        }
        leasedBytes += size;
        leases++;
        Deque<ByteBuffer> fitting = idle.get(size);
        ByteBuffer found = fitting == null ? null : fitting.pollLast();
        if (found != null) {
            idleBytes -= size;
        } else if (leasedBytes + idleBytes > most) {
            idle.clear();
            idleBytes = 0;
        }
        return found;
    }

    private ByteBuffer allocate(int size) {
        try {
            return ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN);
        } catch (OutOfMemoryError e) {
            synchronized (this) {
                leasedBytes -= size;
                leases--;
            }
            throw Refusals.noMemory();
        }
    }

    private synchronized void giveBack(ByteBuffer memory, boolean again) {
        int size = memory.capacity();
        leasedBytes -= size;
        leases--;
        if (again && idleBytes + size <= most / 4) {
            idle.computeIfAbsent(size, any -> new ArrayDeque<>())
                    .addLast(memory.clear().order(ByteOrder.LITTLE_ENDIAN));
            idleBytes += size;
        }
    }

    /** Returns how many leases have not been given back. */
    public synchronized int leases() {
        return leases;
    }

    /** Returns how many bytes are lent. */
    public synchronized long leasedBytes() {
        return leasedBytes;
    }

    private static int rounded(int atLeast) {
        if (atLeast <= SMALLEST) {
            return SMALLEST;
        }
        int step = Integer.highestOneBit(atLeast - 1) >> 2;
        long up = ((long) atLeast + step - 1) / step * step;
        return (int) Math.min(up, Integer.MAX_VALUE);
    }
}
