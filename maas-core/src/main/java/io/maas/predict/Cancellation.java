package io.maas.predict;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ends calls that somebody else is waiting for: a server, say, whose client has gone away. A call that waits in a queue leaves it,
 * and an engine that can be interrupted is, unless others wait for the same run. The caller gets {@link
 * io.maas.error.ErrorCode#CANCELLED}. Thread-safe.
 */
public final class Cancellation {
    private @Nullable List<Runnable> actions = new ArrayList<>(1);

    /** Creates one that has not happened. */
    public Cancellation() {}

    /** Ends the calls. Doing it twice is harmless, and so is doing it after they have ended. */
    public void cancel() {
        List<Runnable> now;
        synchronized (this) {
            now = actions == null ? List.of() : actions;
            actions = null;
        }
        now.forEach(Runnable::run);
    }

    /** Tells whether it has happened. */
    public synchronized boolean isCancelled() {
        return actions == null;
    }

    /** Does something when it happens, once; at once if it has. */
    public void onCancel(Runnable action) {
        synchronized (this) {
            if (actions != null) {
                actions.add(action);
                return;
            }
        }
        action.run();
    }
}
