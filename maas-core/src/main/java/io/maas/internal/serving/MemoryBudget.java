package io.maas.internal.serving;

import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The native memory that models may take together. Room is reserved before a model is loaded, so that engines are never asked for
 * what there is not; if there is none, models that nobody calls are put to rest, those first that were called longest ago.
 *
 * <p>Thread-safe. Its lock is taken before those of models, never after.
 */
final class MemoryBudget {
    private final long limit;
    private long used;
    private final Set<ResidentModel> residents = new LinkedHashSet<>();

    /**
     * Creates it.
     *
     * @param limit in bytes
     */
    MemoryBudget(long limit) {
        this.limit = limit;
    }

    /** Room for one model. */
    final class Reservation {
        private long bytes;

        private Reservation(long bytes) {
            this.bytes = bytes;
        }

        /** What the model takes in fact. */
        void becomes(long actual) {
            synchronized (MemoryBudget.this) {
                used += actual - bytes;
                bytes = actual;
            }
        }

        /** The model is closed. */
        void release() {
            becomes(0);
        }
    }

    /**
     * Makes room.
     *
     * @param name for whom, for messages
     * @param bytes about how much
     * @throws UnavailableException {@link ErrorCode#OUT_OF_MEMORY} if the models in use leave no room
     */
    synchronized Reservation reserve(String name, long bytes) {
        while (bytes > limit - used) {
            if (bytes > limit || !restOne()) {
                throw new UnavailableException(
                        ErrorCode.OUT_OF_MEMORY,
                        "load " + name,
                        "it takes about " + bytes + " bytes, and the models that are in use take " + used + " of the "
                                + limit + " that they may",
                        "close predictors that are not needed, or raise Maas.builder().modelMemory(…)");
            }
        }
        used += bytes;
        return new Reservation(bytes);
    }

    /** Counts a model that is loaded already, whether or not there is room. */
    synchronized Reservation taken(long bytes) {
        used += bytes;
        return new Reservation(bytes);
    }

    /** Puts the model to rest that was called longest ago, of those that nobody calls; false if there is none. */
    private boolean restOne() {
        return residents.stream()
                .sorted(Comparator.comparingLong(ResidentModel::lastUsed))
                .anyMatch(ResidentModel::rest);
    }

    synchronized void add(ResidentModel model) {
        residents.add(model);
    }

    synchronized void remove(ResidentModel model) {
        residents.remove(model);
    }

    synchronized long used() {
        return used;
    }
}
