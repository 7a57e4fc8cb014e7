package io.maas.predict;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Ends calls that somebody else is waiting for: a server, say, whose client has gone away. A call that waits in a queue leaves it,
 * and an engine that can be interrupted is, unless others wait for the same run. The caller gets {@link
 * io.maas.error.CancelledException}. Thread-safe.
 */
public final class Cancellation {
    private @Nullable Set<Registration> actions = new LinkedHashSet<>(2);

    /** Something that is to be done when it happens. */
    public final class Registration {
        private final Runnable action;

        private Registration(Runnable action) {
            this.action = action;
        }

        /** Takes it back, so that what has ended is not kept by what goes on. Harmless afterwards, and twice. */
        public void remove() {
            synchronized (Cancellation.this) {
                if (actions != null) {
                    actions.remove(this);
                }
            }
        }
    }

    /** Creates one that has not happened. */
    public Cancellation() {}

    /** Ends the calls. Doing it twice is harmless, and so is doing it after they have ended. */
    public void cancel() {
        Set<Registration> now;
        synchronized (this) {
            now = actions == null ? Set.of() : actions;
            actions = null;
        }
        now.forEach(one -> one.action.run());
    }

    /** Tells whether it has happened. */
    public synchronized boolean isCancelled() {
        return actions == null;
    }

    /**
     * Does something when it happens, once; at once if it has.
     *
     * @return takes it back: one that serves many calls would else remember them all
     */
    public Registration onCancel(Runnable action) {
        Registration registration = new Registration(action);
        synchronized (this) {
            if (actions != null) {
                actions.add(registration);
                return registration;
            }
        }
        action.run();
        return registration;
    }
}
