package io.maas.internal.schedule;

import io.maas.error.MaasException;
import io.maas.error.OverloadedException;
import io.maas.spi.LoadedModel;
import io.maas.tensor.Tensors;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The requests that wait for one loaded model on one device. Aliases and pipelines that lead to the same bundle share it, so
 * that their requests run together; versions never do.
 *
 * <p>Public methods are thread-safe. Everything else is guarded by the device's lock, but for what says otherwise.
 */
public final class ModelQueue {
    /** How much longer a call waits before it overtakes those of the next higher priority. */
    private static final long AGEING_NANOS = 250_000_000;
    /** How far down the queue to look for requests that fit together. */
    private static final int LOOK_AHEAD = 512;
    /** Those of the priorities, and the background. */
    private static final int LEVELS = Call.BACKGROUND + 1;

    private final Device device;
    private final String name;
    private final LoadedModel model;
    private final BatchRule rule;
    private final BatchLimits limits;
    /** The share of the device that a run takes, such as threads. */
    private final int units;

    private final RunListener listener;

    private final Costs costs = new Costs();
    private final Concurrency concurrency;
    private final Line[] lines = {new Line(), new Line(), new Line(), new Line()};
    private final Work[] heads = new Work[LEVELS];
    /** Runs at this moment, of callers and workers. Not guarded. */
    private final AtomicInteger running = new AtomicInteger();

    private int waiting;
    private int waitingInBackground;
    private long waitingRows;
    private long waitingPositions;
    private final long[] positionsByLevel = new long[LEVELS];
    /** How long what waits here takes, by level; read without the lock. */
    private volatile long ownRun;

    private final AtomicLongArray ownWait = new AtomicLongArray(LEVELS);

    /** Time on the device that it is owed, in nanoseconds. */
    long deficit;

    private int runsOfWorkers;
    private @Nullable Runnable onIdle;

    ModelQueue(
            Device device,
            String name,
            LoadedModel model,
            BatchRule rule,
            BatchLimits limits,
            int units,
            RunListener listener) {
        this.device = device;
        this.name = name;
        this.model = model;
        this.rule = rule;
        this.limits = limits;
        this.units = units;
        this.listener = listener;
        this.concurrency = new Concurrency(limits.leastRuns(), limits.runs());
    }

    /**
     * Runs a request and waits for its outputs: on this thread if the device is free, else with others.
     *
     * @param request fits the signature of the rule
     * @throws io.maas.error.MaasException as {@link io.maas.predict.Predictor#call} does
     */
    public Tensors call(Tensors request, Call call) {
        return device.call(this, rule.work(request, call));
    }

    /**
     * As {@link #call(Tensors, Call)}, for outputs that are read and not kept. They are not copied where the engine has just
     * written them, in this thread.
     *
     * @return what {@code reader} returns
     */
    public <R> R call(Tensors request, Call call, Function<? super Tensors, ? extends R> reader) {
        Work work = rule.work(request, call);
        Lending<R> lending = new Lending<>(reader);
        work.reader = lending;
        Tensors outputs = device.call(this, work);
        if (!lending.isRead()) {
            lending.read(outputs);
        }
        return lending.value();
    }

    /**
     * Has a request run by the device's own threads.
     *
     * @param done is told once it has ended, however; quickly, on any thread
     * @throws io.maas.error.OverloadedException if too much waits already
     */
    public void submit(Tensors request, Call call, Done done) {
        Work work = rule.work(request, call);
        device.submit(this, work, () -> done.ended(work::outcome));
    }

    /**
     * Runs requests together at once, on this thread, whether or not that is worthwhile. To measure and to warm up: it takes no
     * turns.
     *
     * @return the outputs of each; none if the rule cannot put them together
     */
    public List<Tensors> together(List<Tensors> requests) {
        return device.together(this, works(requests));
    }

    private Work[] works(List<Tensors> requests) {
        Call call = Call.endless(0);
        return requests.stream().map(request -> rule.work(request, call)).toArray(Work[]::new);
    }

    /** Tells whether some requests of different lengths are filled up to run together. */
    public boolean fillsUp() {
        return rule.fillsUp();
    }

    /** Tells whether something may be filled up in batches that is of one length in all of these requests. */
    public boolean hasUnfilled(List<Tensors> requests) {
        return rule.hasUnfilled(works(requests));
    }

    /** Tells whether batches of so many such requests may be run, and nothing speaks against them so far. */
    public boolean isWorthTrying(Tensors request, int size) {
        long positions = works(List.of(request))[0].positions * size;
        return rule.isTogether()
                && size <= limits.rows()
                && positions <= limits.positions()
                && device.isWorthwhile(this, positions);
    }

    /**
     * Refuses a call that would come too late for what waits before it, without looking closely and without a lock: under more load
     * than can be served, most of the work is to say no.
     *
     * @throws OverloadedException if it would
     */
    public void requireTime(Call call, long now) {
        long wait = ownWait.get(call.level());
        long most = Math.min(device.longestWait(), call.left(now) - ownRun - ownRun / 2);
        if (wait > 0 && Backlog.doubted(wait) > most) {
            throw new OverloadedException(
                    "call " + name,
                    "it would wait for up to " + Backlog.millis(Backlog.doubted(wait)) + " and run for "
                            + Backlog.millis(ownRun) + ", and may take "
                            + Backlog.millis(Math.min(device.longestWait(), call.left(now))),
                    Duration.ofNanos(Backlog.doubted(wait) - Math.max(0, most)));
        }
    }

    /** Is told that a request has ended. */
    @FunctionalInterface
    public interface Done {
        /**
         * The request has ended.
         *
         * @param outcome returns the outputs, or throws why there are none
         */
        void ended(Outcome outcome);
    }

    /** How a request ended. */
    @FunctionalInterface
    public interface Outcome {
        /**
         * Returns the outputs, or throws why there are none.
         *
         * @param now the time, in nanoseconds
         */
        Tensors get(long now);
    }

    /** How long a request that came now would wait, in nanoseconds, as far as can be foretold. */
    public long predictedWait() {
        return device.predictedWait(this);
    }

    /** Takes no more requests, and calls {@code closed} once nothing runs any more, on this thread or another. */
    public void retire(Runnable closed) {
        device.retire(this, closed);
    }

    // ---- for the device

    String name() {
        return name;
    }

    LoadedModel model() {
        return model;
    }

    BatchRule rule() {
        return rule;
    }

    RunListener listener() {
        return listener;
    }

    int units() {
        return units;
    }

    Costs costs() {
        return costs;
    }

    /**
     * Takes note of what a run cost.
     *
     * @param together the runs that there were when it started, itself included
     */
    void learn(long positions, long nanos, int together) {
        concurrency.ran(together, costs.ratio(positions, nanos));
        costs.ran(positions, nanos);
    }

    /** A run has failed. Not guarded. */
    void failed(MaasException reason) {
        device.failed(reason);
    }

    /** The runs at this moment. Not guarded. */
    int running() {
        return running.get();
    }

    int waiting() {
        return waiting;
    }

    /** Tells whether something waits that is not of the background. */
    boolean hasUrgent() {
        return waiting > waitingInBackground;
    }

    /** The lowest of the priorities: the background comes after it. */
    int lowestLevel() {
        return Call.BACKGROUND - 1;
    }

    /** What waits, the background apart, in positions. */
    long urgentPositions() {
        return positionsUpTo(lowestLevel());
    }

    /** The positions that run before those of a lower priority. */
    long positionsUpTo(int level) {
        long sum = 0;
        for (int i = 0; i <= level; i++) {
            sum += positionsByLevel[i];
        }
        return sum;
    }

    /** What a request that came now would run together with, in positions. */
    long batchBefore(long positions) {
        return rule.isTogether() ? Math.max(0, Math.min(urgentPositions(), batchPositions() - positions)) : 0;
    }

    /** Reserves a run if there may be one more. Not guarded. */
    boolean tryRun() {
        int now = running.get();
        while (now < concurrency.most()) {
            if (running.compareAndSet(now, now + 1)) {
                return true;
            }
            now = running.get();
        }
        return false;
    }

    boolean mayRun() {
        return running.get() < concurrency.most();
    }

    int runs() {
        return limits.runs();
    }

    /** Gives a reservation back. Not guarded. */
    void ran() {
        running.decrementAndGet();
    }

    void startedByWorker() {
        runsOfWorkers++;
    }

    void endedByWorker() {
        runsOfWorkers--;
    }

    /** Has something done when nothing waits and no worker runs it. */
    void whenIdle(Runnable action) {
        onIdle = action;
    }

    /** Returns what to do once nothing is left of a model that is retired, if that is now; once. */
    @Nullable
    Runnable ifIdle() {
        if (runsOfWorkers > 0 || waiting > 0) {
            return null;
        }
        Runnable action = onIdle;
        onIdle = null;
        return action;
    }

    void add(Work work) {
        lines[work.call.level()].add(work);
        waiting++;
        waitingInBackground += isBackground(work) ? 1 : 0;
        waitingRows += work.rows;
        count(work, work.positions);
    }

    private static boolean isBackground(Work work) {
        return work.call.level() == Call.BACKGROUND;
    }

    private void count(Work work, long positions) {
        int level = work.call.level();
        waitingPositions += positions;
        positionsByLevel[level] += positions;
        long parallel = Math.max(1, Math.min(device.capacity() / units, limits.runs()));
        for (int i = level; i < lines.length; i++) {
            ownWait.lazySet(i, costs.predicted(positionsUpTo(i)) / parallel);
        }
        ownRun = rule.isTogether() ? costs.predicted(Math.min(urgentPositions(), batchPositions())) : 0;
    }

    boolean remove(Work work) {
        Line line = work.line;
        if (line == null || !line.remove(work)) {
            return false;
        }
        waiting--;
        waitingInBackground -= isBackground(work) ? 1 : 0;
        waitingRows -= work.rows;
        count(work, -work.positions);
        return true;
    }

    /** A call has ended while its work waits. Not guarded. */
    void abandon(Work work) {
        device.abandon(this, work);
    }

    /** How long the next run would take. */
    long nextCost() {
        Work oldest = oldest();
        long least = oldest == null ? 1 : oldest.positions;
        long all = hasUrgent() ? urgentPositions() : waitingPositions;
        long most = rule.isTogether() ? Math.min(all, batchPositions()) : least;
        return Math.max(1, costs.predicted(Math.max(least, most)));
    }

    private long batchPositions() {
        return Math.min(limits.positions(), costs.mostWorthwhile());
    }

    /** When the next run may start: at once, unless the package asks to wait for more and the batch is not full. */
    long readyAt() {
        Work oldest = oldest();
        return oldest == null
                        || limits.delayNanos() == 0
                        || waitingRows >= limits.rows()
                        || waitingPositions >= limits.positions()
                ? Long.MIN_VALUE
                : oldest.enqueued + limits.delayNanos();
    }

    private @Nullable Work oldest() {
        for (int i = 0; i < lines.length; i++) {
            heads[i] = lines[i].first();
        }
        int at = firstOfHeads();
        return at < 0 ? null : heads[at];
    }

    /**
     * Takes what runs next: the oldest request, and those behind it that fit to it.
     *
     * @param among so many runs share what waits, since as many are free to start
     * @param into receives them
     * @return how many there are; those whose calls have ended are among them
     */
    int take(int among, Work[] into) {
        long most = Math.min(limits.positions(), costs.worthwhile());
        long share = Math.min(limits.rows(), Math.max(1, (waitingRows + among - 1) / among));
        for (int i = 0; i < lines.length; i++) {
            heads[i] = lines[i].first();
        }
        int count = 0;
        long rows = 0;
        long width = 0;
        for (int looked = 0; looked < LOOK_AHEAD && count < into.length; looked++) {
            int at = firstOfHeads();
            if (at < 0) {
                break;
            }
            Work work = heads[at];
            if (count > 0 && isBackground(work) && !isBackground(into[0])) {
                break; // nobody pays for the background
            }
            heads[at] = work.next;
            long widest = Math.max(width, work.width());
            boolean fits = count == 0
                    || (rule.fits(into[0], work) && rows + work.rows <= share && (rows + work.rows) * widest <= most);
            if (fits) {
                remove(work);
                into[count++] = work;
                rows += work.rows;
                width = widest;
            }
            if (!rule.isTogether() || rows >= share || rows * width >= most) {
                break;
            }
        }
        return count;
    }

    /**
     * The head that came first, where those of lower priority count as if they had come later. The background comes when there is
     * no other.
     */
    private int firstOfHeads() {
        int first = heads[Call.BACKGROUND] == null ? -1 : Call.BACKGROUND;
        long earliest = Long.MAX_VALUE;
        for (int level = 0; level < Call.BACKGROUND; level++) {
            Work head = heads[level];
            long time = head == null ? Long.MAX_VALUE : head.enqueued + level * AGEING_NANOS;
            if (head != null && time < earliest) {
                earliest = time;
                first = level;
            }
        }
        return first;
    }
}
