package io.maas;

import io.maas.internal.log.CommitLog;
import java.util.concurrent.TimeUnit;

/** Waits between tries of a write: 10 ms at first, twice as long each time, a second at most. */
final class SystemPauses implements CommitLog.Pauses {
    private static final long FIRST_MS = 10;
    private static final long LAST_MS = 1000;

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public void beforeTry(int attempt) throws InterruptedException {
        Thread.sleep(Math.min(LAST_MS, FIRST_MS << Math.min(10, attempt - 2)));
    }

    @Override
    public void pause(long nanos) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(nanos);
    }
}
