package io.maas.internal.schedule;

import static io.maas.internal.schedule.Recorder.x;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.error.OverloadedException;
import io.maas.predict.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What nobody waits for costs nobody his turn. */
class BackgroundTest {
    private static final long SECOND = 1_000_000_000;
    private static final Duration LONG = Duration.ofHours(1);

    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private final Device device = new Device("test", 1, Limits.standard(), timer, () -> 0);
    private final Backlog backlog = new Backlog(1, Limits.standard());
    private final ModelQueue served = queue("served");
    private final ModelQueue shadow = queue("shadow");

    @AfterEach
    void end() {
        device.close();
        timer.shutdownNow();
    }

    private ModelQueue queue(String name) {
        BatchRule rule = BatchRule.rows(Recorder.DOUBLING, Map.of(), OutputSizes.named(Recorder.DOUBLING));
        ModelQueue queue =
                device.queue(name, new Recorder(), rule, new BatchLimits(64, 64, 0, 1), 1, (rows, nanos) -> {});
        for (int size = 1; size <= 64; size *= 2) {
            for (int run = 0; run < 4; run++) {
                queue.costs().ran(size, SECOND);
            }
        }
        return queue;
    }

    private Work add(ModelQueue queue, Call call) {
        Work work = queue.rule().work(x(1), call);
        backlog.add(queue, work, true, 0);
        return work;
    }

    private List<Work> next() {
        ModelQueue queue = backlog.choose(0);
        Work[] taken = new Work[16];
        List<Work> works = new ArrayList<>();
        int count = queue == null ? 0 : backlog.take(queue, 1, taken);
        for (int i = 0; i < count; i++) {
            works.add(taken[i]);
        }
        return works;
    }

    @Test
    void itBeginsOnlyWhereNothingElseWaitsWhateverTheModel() {
        List<Work> shadows = List.of(add(shadow, Call.background(0, LONG)), add(shadow, Call.background(0, LONG)));
        List<Work> calls = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            calls.add(add(served, Call.of(0, LONG, Priority.LOW)));
            assertThat(next()).containsExactly(calls.get(i));
        }
        assertThat(next()).isEqualTo(shadows);
        assertThat(next()).isEmpty();
    }

    @Test
    void itDoesNotRideAlongWithCallsOfItsOwnModel() {
        Work copy = add(served, Call.background(0, LONG));
        Work call = add(served, Call.of(0, LONG, Priority.LOW));
        Work other = add(served, Call.of(0, LONG, Priority.HIGH));
        assertThat(next()).containsExactlyInAnyOrder(call, other);
        assertThat(next()).containsExactly(copy);
    }

    @Test
    void itDoesNotKeepACallFromBeingLetIn() {
        for (int i = 0; i < 60; i++) {
            add(shadow, Call.background(0, LONG));
        }
        assertThat(backlog.predictedWait(served, served.lowestLevel())).isZero();
        add(served, Call.of(0, Duration.ofSeconds(3), Priority.NORMAL));
    }

    @Test
    void whatIsThePlatformsOwnIsNeverRefused() {
        Backlog full = new Backlog(1, new Limits(Duration.ofSeconds(30), 1, 1));
        Work first = served.rule().work(x(1), Call.endless(0));
        full.add(served, first, true, 0);
        Work refused = served.rule().work(x(1), Call.endless(0));
        assertThatThrownBy(() -> full.add(served, refused, true, 0)).isInstanceOf(OverloadedException.class);
        full.add(served, served.rule().work(x(1), Call.own(0)), true, 0);
        assertThat(full.waiting()).isEqualTo(2);
    }
}
