package io.maas.internal.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.error.OverloadedException;
import io.maas.predict.Priority;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of the backlog on a clock that only this test moves. Each failure names its seed. */
class SimulationTest {
    private static final long MS = 1_000_000;

    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private final Device device = new Device("test", 4, Limits.standard(), timer, () -> 0);

    @AfterEach
    void end() {
        device.close();
        timer.shutdownNow();
    }

    private ModelQueue queue(String name, boolean together, int units, int runs) {
        BatchRule rule = together
                ? BatchRule.rows(Recorder.DOUBLING, Map.of(), OutputSizes.named(Recorder.DOUBLING))
                : BatchRule.alone(Recorder.DOUBLING);
        return device.queue(name, new Recorder(), rule, new BatchLimits(64, 64, 0, runs), units, (rows, nanos) -> {});
    }

    private static Work request(ModelQueue queue, long now, int rows, Duration timeout, Priority priority) {
        return queue.rule().work(Tensors.of("x", Tensor.of(new float[rows])), Call.of(now, timeout, priority));
    }

    /** A device whose runs take as long as the simulation says. */
    private static final class World {
        final Backlog backlog;
        final Map<ModelQueue, Long> fixed = new HashMap<>();
        final Map<ModelQueue, Long> perRow = new HashMap<>();
        final Map<ModelQueue, Long> spent = new HashMap<>();
        final PriorityQueue<Running> running = new PriorityQueue<>((a, b) -> Long.compare(a.end, b.end));
        final IdentityHashMap<Work, Long> started = new IdentityHashMap<>();
        final IdentityHashMap<Work, Long> ended = new IdentityHashMap<>();
        final List<Work> order = new ArrayList<>();
        int free;
        long now;

        World(int capacity, Limits limits) {
            this.free = capacity;
            this.backlog = new Backlog(capacity, limits);
        }

        record Running(ModelQueue queue, long start, long end, long rows) {}

        void offer(ModelQueue queue, Work work) {
            backlog.add(queue, work, free < queue.units(), now);
            dispatch();
        }

        void advance(long to) {
            while (!running.isEmpty() && running.peek().end <= to) {
                Running done = running.poll();
                now = done.end;
                done.queue.costs().ran(done.rows, done.end - done.start);
                backlog.charge(done.queue, done.end - done.start);
                done.queue.ran();
                free += done.queue.units();
                dispatch();
            }
            now = to;
        }

        private void dispatch() {
            Work[] taken = new Work[1024];
            while (backlog.waiting() > 0) {
                ModelQueue queue = backlog.choose(now);
                if (queue == null || free < queue.units() || !queue.tryRun()) {
                    return;
                }
                free -= queue.units();
                int count = backlog.take(queue, 1 + free / queue.units(), taken);
                assertThat(count).isPositive();
                long rows = 0;
                for (int i = 0; i < count; i++) {
                    assertThat(started.put(taken[i], now)).as("run twice").isNull();
                    order.add(taken[i]);
                    rows += taken[i].rows;
                }
                long takes = fixed.get(queue) + rows * perRow.get(queue);
                spent.merge(queue, takes, Long::sum);
                for (int i = 0; i < count; i++) {
                    ended.put(taken[i], now + takes);
                }
                running.add(new Running(queue, now, now + takes, rows));
            }
        }

        World model(ModelQueue queue, long fixedNanos, long perRowNanos) {
            fixed.put(queue, fixedNanos);
            perRow.put(queue, perRowNanos);
            return this;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void whateverComesEachIsRunOnceAndInOrder(long seed) {
        Random random = new Random(seed);
        World world = new World(4, Limits.standard());
        List<ModelQueue> models = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ModelQueue queue = queue("m" + i, random.nextBoolean(), 1 + random.nextInt(3), 1 + random.nextInt(4));
            models.add(queue);
            world.model(queue, (1 + random.nextInt(5)) * MS, random.nextInt(2_000_000));
        }
        IdentityHashMap<Work, ModelQueue> accepted = new IdentityHashMap<>();
        List<Work> cancelled = new ArrayList<>();
        long time = 0;
        for (int i = 0; i < 2_000; i++) {
            time += random.nextInt(3_000_000);
            world.advance(time);
            ModelQueue queue = models.get(random.nextInt(models.size()));
            Work work = request(
                    queue,
                    time,
                    1 + random.nextInt(4),
                    random.nextBoolean() ? Duration.ofMillis(1 + random.nextInt(500)) : Duration.ofHours(1),
                    List.of(Priority.HIGH, Priority.NORMAL, Priority.LOW).get(random.nextInt(3)));
            try {
                world.offer(queue, work);
                accepted.put(work, queue);
            } catch (OverloadedException refused) {
                assertThat(refused.retryAfter()).as("seed %d", seed).isPositive();
                continue;
            }
            if (random.nextInt(10) == 0 && world.backlog.remove(queue, work)) {
                cancelled.add(work);
            }
            assertThat(world.free).as("seed %d", seed).isBetween(0, 4);
        }
        world.advance(Long.MAX_VALUE / 4);
        assertThat(world.backlog.waiting()).as("seed %d", seed).isZero();
        assertThat(world.free).as("seed %d", seed).isEqualTo(4);
        assertThat(world.started).as("seed %d", seed).hasSize(accepted.size() - cancelled.size());
        cancelled.forEach(work -> assertThat(world.started).as("seed %d", seed).doesNotContainKey(work));
        requireOrder(world, accepted, seed);
    }

    /** Within a model that is not batched, those of one priority run in the order in which they came. */
    private static void requireOrder(World world, IdentityHashMap<Work, ModelQueue> accepted, long seed) {
        Map<String, Long> latest = new HashMap<>();
        for (Work work : world.order) {
            ModelQueue queue = accepted.get(work);
            if (queue != null && !queue.rule().isTogether()) {
                String line = queue.name() + work.call.level();
                Long before = latest.put(line, work.enqueued);
                assertThat(before == null || before <= work.enqueued)
                        .as("seed %d, %s", seed, line)
                        .isTrue();
            }
        }
    }

    @Test
    void aSlowModelGetsNoMoreOfTheDeviceThanAFastOne() {
        World world = new World(1, Limits.standard());
        ModelQueue slow = queue("slow", false, 1, 1);
        ModelQueue fast = queue("fast", false, 1, 1);
        world.model(slow, 80 * MS, 0).model(fast, 2 * MS, 0);
        for (int i = 0; i < 3_000; i++) {
            if (i < 100) {
                world.offer(slow, request(slow, 0, 1, Duration.ofHours(1), Priority.NORMAL));
            }
            world.offer(fast, request(fast, 0, 1, Duration.ofHours(1), Priority.NORMAL));
        }
        world.advance(5_000 * MS);
        double share = world.spent.get(slow) / (double) (world.spent.get(slow) + world.spent.get(fast));
        assertThat(share).isBetween(0.4, 0.6);
    }

    @Test
    void aModelThatComesLateWaitsForATurnAndNotForTheWholeQueue() {
        World world = new World(1, Limits.standard());
        ModelQueue busy = queue("busy", false, 1, 1);
        ModelQueue late = queue("late", false, 1, 1);
        world.model(busy, 10 * MS, 0).model(late, 10 * MS, 0);
        for (int i = 0; i < 500; i++) {
            world.offer(busy, request(busy, 0, 1, Duration.ofHours(1), Priority.NORMAL));
        }
        world.advance(100 * MS);
        Work work = request(late, world.now, 1, Duration.ofHours(1), Priority.NORMAL);
        world.offer(late, work);
        world.advance(10_000 * MS);
        assertThat(world.started.get(work) - 100 * MS).isLessThan(200 * MS);
    }

    @Test
    void nobodyWaitsForeverBehindMoreUrgentOnes() {
        World world = new World(1, Limits.standard());
        ModelQueue model = queue("m", false, 1, 1);
        world.model(model, 10 * MS, 0);
        Work patient = request(model, 0, 1, Duration.ofHours(1), Priority.LOW);
        world.offer(model, request(model, 0, 1, Duration.ofHours(1), Priority.HIGH));
        world.offer(model, patient);
        for (long time = 0; time < 2_000; time += 10) {
            world.advance(time * MS);
            world.offer(model, request(model, world.now, 1, Duration.ofHours(1), Priority.HIGH));
        }
        world.advance(100_000 * MS);
        assertThat(world.started.get(patient)).isBetween(400 * MS, 700 * MS);
    }

    @Test
    void aModelThatNeedsTheWholeDeviceGetsIt() {
        World world = new World(4, Limits.standard());
        ModelQueue narrow = queue("narrow", false, 1, 4);
        ModelQueue wide = queue("wide", false, 4, 1);
        world.model(narrow, 10 * MS, 0).model(wide, 10 * MS, 0);
        for (int i = 0; i < 200; i++) {
            world.offer(narrow, request(narrow, 0, 1, Duration.ofHours(1), Priority.NORMAL));
        }
        Work work = request(wide, 0, 1, Duration.ofHours(1), Priority.NORMAL);
        world.offer(wide, work);
        world.advance(10_000 * MS);
        assertThat(world.started.get(work)).isLessThan(200 * MS);
    }

    @Test
    void underTenfoldLoadWhatIsLetInIsDoneInTime() {
        World world = new World(2, Limits.standard());
        ModelQueue model = queue("m", true, 1, 2);
        world.model(model, 2 * MS, MS);
        Random random = new Random(7);
        long time = 0;
        int accepted = 0;
        List<Work> all = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            // two units with batches of up to 64 rows can do about 1,940 rows a second; ten times that arrive
            time += (long) (-Math.log(1 - random.nextDouble()) * MS / 19.4);
            world.advance(time);
            Work work = request(model, time, 1, Duration.ofMillis(200), Priority.NORMAL);
            try {
                world.offer(model, work);
                all.add(work);
                accepted++;
            } catch (OverloadedException refused) {
                assertThat(refused.retryAfter()).isPositive();
            }
        }
        double seconds = time / 1e9;
        world.advance(Long.MAX_VALUE / 4);
        long inTime = all.stream()
                .filter(work -> world.ended.get(work) - work.enqueued <= 200 * MS)
                .count();
        assertThat(accepted / seconds).isGreaterThan(0.9 * 1_700);
        assertThat(inTime).isGreaterThan((long) (0.95 * accepted));
    }
}
