package io.maas.internal.serving;

import io.maas.error.CancelledException;
import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.model.ModelName;
import io.maas.predict.SwapPolicy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * The native memory that models may take together. Room is reserved before a model is loaded, so that engines are never asked for
 * what there is not; if there is none, models that nobody calls are put to rest, those first that were called longest ago. A
 * version may have others of its model make way, if the host wants that.
 *
 * <p>Thread-safe. Its lock is not held while models are closed.
 */
final class MemoryBudget {
    /** How long to wait for a model that nobody calls: a run of it that nobody waits for any more may go on. */
    private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** How long to wait for calls to end. */
    private static final long DRAIN_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final long limit;
    private final SwapPolicy policy;
    private long used;
    /** How often room became free. */
    private long freed;

    private final Set<Residence> residences = new LinkedHashSet<>();

    /**
     * Creates it.
     *
     * @param limit in bytes
     */
    MemoryBudget(long limit, SwapPolicy policy) {
        this.limit = limit;
        this.policy = policy;
    }

    /** Room for one model. */
    final class Reservation {
        private long bytes;
        /** What made way for it. */
        private final List<Residence> parked = new ArrayList<>();

        private Reservation(long bytes) {
            this.bytes = bytes;
        }

        /** What the model takes in fact. */
        void becomes(long actual) {
            synchronized (MemoryBudget.this) {
                if (actual < bytes) {
                    freed++;
                    MemoryBudget.this.notifyAll();
                }
                used += actual - bytes;
                bytes = actual;
            }
        }

        /** The model is closed, or was never loaded. */
        void release() {
            becomes(0);
            settle();
        }

        /** What made way for it comes back, unless something else has taken its place. */
        void settle() {
            List<Residence> back;
            synchronized (MemoryBudget.this) {
                back = List.copyOf(parked);
                parked.clear();
            }
            back.forEach(Residence::resume);
        }

        private boolean take(long wanted) {
            synchronized (MemoryBudget.this) {
                boolean fits = wanted <= limit - used;
                if (fits) {
                    used += wanted;
                    bytes = wanted;
                }
                return fits;
            }
        }
    }

    /** Makes room as {@link #reserve(String, Optional, long)} does, at nobody's cost who is being called. */
    Reservation reserve(String name, long bytes) {
        return reserve(name, Optional.empty(), bytes);
    }

    /**
     * Makes room.
     *
     * @param name for whom, for messages
     * @param model whose versions may have to make way
     * @param bytes about how much
     * @throws UnavailableException {@link ErrorCode#OUT_OF_MEMORY} if the models in use leave no room
     */
    Reservation reserve(String name, Optional<ModelName> model, long bytes) {
        Reservation room = new Reservation(0);
        try {
            while (!room.take(bytes)) {
                makeRoom(room, name, model, bytes);
            }
            return room;
        } catch (RuntimeException | Error e) {
            room.release();
            throw e;
        }
    }

    /** Of the model's own versions none is put to rest: a call of one that came now would find no room, and is to wait instead. */
    private void makeRoom(Reservation room, String name, Optional<ModelName> model, long bytes) {
        long before = freed();
        if (bytes > limit) {
            throw none(name, bytes);
        }
        Predicate<Residence> own = one -> model.isPresent() && one.isOf(model.get());
        boolean more = true;
        while (more) {
            more = park(room, own, Residence::parkAtRest);
        }
        if (anyOf(own.negate(), Residence::rest).isPresent()) {
            awaitFreed(before, REST_NANOS);
            return;
        }
        boolean parked = park(room, own, policy == SwapPolicy.DRAIN_FIRST ? Residence::park : Residence::parkIdle);
        if (!parked || !awaitFreed(before, DRAIN_NANOS)) {
            throw none(name, bytes);
        }
    }

    private boolean park(Reservation room, Predicate<Residence> which, Predicate<Residence> done) {
        Optional<Residence> parked = anyOf(which, done);
        synchronized (this) {
            parked.ifPresent(room.parked::add);
        }
        return parked.isPresent();
    }

    private UnavailableException none(String name, long bytes) {
        return new UnavailableException(
                ErrorCode.OUT_OF_MEMORY,
                "load " + name,
                "it takes about " + bytes + " bytes, and the models that are in use take " + used() + " of the " + limit
                        + " that they may",
                "close predictors that are not needed, or raise Maas.builder().modelMemory(…)");
    }

    /** Tries it with those that were called longest ago first, and returns the first that could. */
    private Optional<Residence> anyOf(Predicate<Residence> which, Predicate<Residence> done) {
        List<Residence> all;
        synchronized (this) {
            all = new ArrayList<>(residences);
        }
        return all.stream()
                .filter(which)
                .sorted(Comparator.comparingLong(Residence::lastUsed))
                .filter(done)
                .findFirst();
    }

    private synchronized long freed() {
        return freed;
    }

    private synchronized boolean awaitFreed(long before, long nanos) {
        long deadline = System.nanoTime() + nanos;
        while (freed == before) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                return false;
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancelledException("make room for a model", "the thread was interrupted", "load it again", e);
            }
        }
        return true;
    }

    /** Counts a model that is loaded already, whether or not there is room. */
    synchronized Reservation taken(long bytes) {
        used += bytes;
        return new Reservation(bytes);
    }

    synchronized void add(Residence model) {
        residences.add(model);
    }

    synchronized void remove(Residence model) {
        residences.remove(model);
    }

    synchronized long used() {
        return used;
    }
}
