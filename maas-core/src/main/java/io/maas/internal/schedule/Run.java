package io.maas.internal.schedule;

import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.spi.InferenceCall;
import io.maas.tensor.Shape;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/** One run of an engine for one piece of work or several, as the backend sees it. */
final class Run implements InferenceCall {
    private static final Shape[] ONE = {};
    private static final AtomicIntegerFieldUpdater<Run> WANTED =
            AtomicIntegerFieldUpdater.newUpdater(Run.class, "wanted");

    final ModelQueue queue;
    final long started;
    /** The runs of the model when this one started, itself included. */
    final int together;

    private final boolean inline;
    private final Work[] works;
    private int count;
    /** The shapes of the inputs, where they are not those of the only request. */
    private Shape[] rooms = ONE;

    /** The requests that somebody waits for. */
    @SuppressWarnings("UnusedVariable") // read by its updater
    private volatile int wanted;

    private @Nullable Runnable stop;
    private boolean abandoned;

    private Run(ModelQueue queue, Work[] works, boolean inline, long now) {
        this.queue = queue;
        this.works = works;
        this.inline = inline;
        this.started = now;
        this.together = queue.running();
    }

    /** On the thread of the caller, who stays until it has ended. */
    static Run inline(ModelQueue queue, Work work, long now) {
        Run run = new Run(queue, new Work[1], true, now);
        run.wanted = 1;
        run.start(work);
        return run;
    }

    /** By a worker, of those among the first {@code count} whose calls have not ended. */
    static Run of(ModelQueue queue, Work[] taken, int count, long now) {
        Run run = new Run(queue, new Work[count], false, now);
        run.wanted =
                count; // all at once: else the first could be taken back, and the run with it, before the second starts
        for (int i = 0; i < count; i++) {
            run.start(taken[i]);
        }
        if (run.count > 1) {
            run.rooms = queue.rule().rooms(run.works, run.count);
        }
        return run;
    }

    private void start(Work work) {
        if (work.start(this)) {
            works[count++] = work;
        } else {
            abandonedByOne();
        }
    }

    /** The same work once more, one piece of it alone. */
    static Run again(ModelQueue queue, Work work, long now) {
        Run run = new Run(queue, new Work[] {work}, false, now);
        run.count = 1;
        run.wanted = 1;
        work.runsIn(run);
        if (!work.isWanted()) {
            run.abandonedByOne();
        }
        return run;
    }

    int count() {
        return count;
    }

    Work work(int index) {
        return works[index];
    }

    long rows() {
        long rows = 0;
        for (int i = 0; i < count; i++) {
            rows += works[i].rows;
        }
        return rows;
    }

    /** The positions that the engine computes, padding included. */
    long positions() {
        long width = 1;
        for (int i = 0; i < count; i++) {
            width = Math.max(width, works[i].width());
        }
        return rows() * width;
    }

    // ---- what the backend sees

    @Override
    public int requests() {
        return count;
    }

    @Override
    public long dim(int input, int dim) {
        return (count == 1 ? works[0].inputs[input].shape() : rooms[input]).dim(dim);
    }

    @Override
    public boolean isDirect(int input) {
        return inline && works[0].inputs[input].isDirect();
    }

    @Override
    public Tensor input(int input) {
        if (count == 1) {
            return works[0].inputs[input];
        }
        boolean equal = true;
        List<Tensor> parts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Tensor part = works[i].inputs[input];
            equal &= part.shape().with(0, 0).equals(rooms[input].with(0, 0));
            parts.add(part);
        }
        if (equal) {
            return Tensor.concat(parts);
        }
        int size = Math.toIntExact(rooms[input].elements() * parts.get(0).type().byteSize());
        ByteBuffer bytes = ByteBuffer.allocate(size);
        copyTo(input, bytes);
        return Tensor.wrap(parts.get(0).type(), bytes.flip(), rooms[input].toArray());
    }

    @Override
    public void copyTo(int input, ByteBuffer target) {
        for (int i = 0; i < count; i++) {
            Tensor part = works[i].inputs[input];
            if (count == 1) {
                part.copyTo(target);
                return;
            }
            Shape room = rooms[input].with(0, works[i].rows);
            if (room.equals(part.shape())) {
                part.copyTo(target);
            } else {
                part.copyTo(target, room, queue.rule().fill(input));
            }
        }
    }

    @Override
    public void complete(Tensors outputs) {
        if (count == 1) {
            works[0].give(outputs);
        } else {
            share(outputs);
        }
    }

    @Override
    public boolean prefersLent() {
        return count > 1 || reader() != null;
    }

    /** Somebody who can read outputs where they lie: a caller on whose thread this is. */
    private @Nullable Lending<?> reader() {
        return inline ? works[0].reader : null;
    }

    @Override
    public void lend(Tensors outputs) {
        if (count > 1) {
            share(outputs);
            return;
        }
        Lending<?> reader = reader();
        if (reader != null) {
            reader.read(outputs);
            works[0].give(outputs);
            return;
        }
        if (outputs.size() == 1) {
            works[0].give(Tensors.of(outputs.name(0), outputs.get(0).copy()));
            return;
        }
        Tensors.Builder own = Tensors.builder();
        for (int i = 0; i < outputs.size(); i++) {
            own.add(outputs.name(i), outputs.get(i).copy());
        }
        works[0].give(own.build());
    }

    private void share(Tensors outputs) {
        queue.rule().requireRows(outputs, rooms[0].dim(0));
        long row = 0;
        for (int i = 0; i < count; i++) {
            if (works[i].isWanted()) {
                works[i].give(queue.rule().share(outputs, row, works[i]));
            }
            row += works[i].rows;
        }
    }

    @Override
    public void onStop(Runnable hook) {
        boolean now;
        synchronized (this) {
            now = abandoned;
            stop = now ? null : hook;
        }
        if (now) {
            hook.run();
        }
    }

    // ---- what the platform does with it

    /**
     * Runs the engine.
     *
     * @throws MaasException whatever goes wrong
     */
    @SuppressWarnings("CatchingUnchecked")
    void infer() {
        try {
            queue.model().infer(this);
            requireComplete();
        } catch (MaasException e) {
            queue.failed(e);
            throw e;
        } catch (Throwable e) {
            throw failed(queue, e);
        } finally {
            end();
        }
    }

    /** What to tell of something that no backend should throw. */
    static UnavailableException failed(ModelQueue queue, Throwable e) {
        boolean memory = e instanceof OutOfMemoryError;
        return new UnavailableException(
                memory ? ErrorCode.OUT_OF_MEMORY : ErrorCode.INFERENCE_FAILED,
                "run " + queue.name(),
                e.toString(),
                memory
                        ? "send less at once, or give the process more memory"
                        : "report this to whoever wrote the backend",
                e);
    }

    /** Gives everybody his outputs. */
    void finish(long end) {
        for (int i = 0; i < count; i++) {
            works[i].call.ran(works[i].enqueued, started, end, count);
            works[i].finish();
        }
    }

    /** Throws if the backend has returned without outputs. */
    private void requireComplete() {
        for (int i = 0; i < count; i++) {
            if (works[i].isWanted() && !works[i].hasResult()) {
                throw new UnavailableException(
                        ErrorCode.INFERENCE_FAILED,
                        "finish the call",
                        "the backend returned no outputs",
                        "report this to whoever wrote the backend");
            }
        }
    }

    /** One of the calls has ended. When all have, the engine is stopped. */
    void abandonedByOne() {
        if (WANTED.decrementAndGet(this) > 0) {
            return;
        }
        synchronized (this) {
            abandoned = true;
            if (stop != null) {
                stop.run(); // with the lock: the engine's run must not end meanwhile, and what the hook uses with it
                stop = null;
            }
        }
    }

    /** From here on the engine is not stopped any more. */
    synchronized void end() {
        stop = null;
    }
}
