package io.maas.internal.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.maas.error.ErrorCode;
import io.maas.error.OverloadedException;
import io.maas.error.UnavailableException;
import io.maas.internal.schedule.Call;
import io.maas.internal.schedule.Limits;
import io.maas.predict.Priority;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One thread prepares; the clock moves when a test says so. */
@Timeout(60)
class CallersTest {
    private static final long MS = 1_000_000;

    private final AtomicLong clock = new AtomicLong();
    private final Callers callers = new Callers(1, new Limits(Duration.ofSeconds(10), 5, 1_000), clock::get);

    @AfterEach
    void end() {
        callers.pools().forEach(ThreadPoolExecutor::shutdownNow);
    }

    private Call within(long millis) {
        return Call.of(clock.get(), Duration.ofMillis(millis), Priority.NORMAL);
    }

    private void enter(Call call, long bytes) {
        callers.enter(call, bytes, clock.get());
    }

    private OverloadedException refused(Call call, long bytes) {
        return catchThrowableOfType(OverloadedException.class, () -> enter(call, bytes));
    }

    /** Holds the thread up, with so many parts behind it that wait, after one that took so long. */
    private CountDownLatch busy(long millisOfOne, int waiting) throws InterruptedException {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch open = new CountDownLatch(1);
        callers.stages().prepare().execute(() -> clock.addAndGet(millisOfOne * MS));
        callers.stages().prepare().execute(() -> {
            held.countDown();
            try {
                open.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        held.await();
        for (int i = 0; i < waiting; i++) {
            callers.stages().prepare().execute(() -> {});
        }
        return open;
    }

    @Test
    void whatCannotBePreparedInTimeIsRefusedAtOnce() throws InterruptedException {
        CountDownLatch open = busy(10, 20);
        assertThat(callers.predictedWait()).isEqualTo(200 * MS);
        OverloadedException late = refused(within(100), 0);
        assertThat(late).hasMessageContaining("225 ms").hasMessageContaining("may take 100 ms");
        assertThat(late.retryAfter()).isEqualTo(Duration.ofMillis(225 - 90));
        assertThat(refused(within(230), 0))
                .as("it must be prepared itself as well")
                .isNotNull();
        enter(within(240), 0);
        enter(Call.endless(clock.get()), 0);
        open.countDown();
    }

    @Test
    void whatNothingIsKnownOfIsLetIn() {
        enter(within(1), 0);
    }

    @Test
    void nobodyWaitsLongerThanTheLimit() throws InterruptedException {
        CountDownLatch open = busy(1_000, 9);
        assertThat(refused(Call.endless(clock.get()), 0)).isNotNull();
        open.countDown();
    }

    @Test
    void soManyAndSoManyBytesMayBeUnderWay() {
        for (int i = 0; i < 5; i++) {
            enter(within(1_000), 100);
        }
        assertThat(refused(within(1_000), 100)).hasMessageContaining("5 asynchronous calls with 500 bytes");
        callers.leave(100);
        assertThat(refused(within(1_000), 601)).hasMessageContaining("4 asynchronous calls with 400 bytes");
        enter(within(1_000), 600);
    }

    @Test
    void aCallThatIsLargerThanAllMayBeAloneOnTheWay() {
        enter(within(1_000), 5_000);
        assertThat(refused(within(1_000), 1)).isNotNull();
        callers.leave(5_000);
        enter(within(1_000), 1);
    }

    @Test
    void afterTheEndNobodyIsLetInAndThoseUnderWayAreTold() {
        callers.pools().forEach(ThreadPoolExecutor::shutdown);
        assertThat(catchThrowableOfType(UnavailableException.class, () -> enter(within(1), 0)))
                .extracting(UnavailableException::code)
                .isEqualTo(ErrorCode.CLOSED);
        Thread[] told = new Thread[2];
        callers.tell(() -> told[0] = Thread.currentThread());
        callers.finish(() -> told[1] = Thread.currentThread());
        assertThat(told).containsOnly(Thread.currentThread());
    }
}
