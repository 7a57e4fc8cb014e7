package io.maas.internal.serving;

import io.maas.internal.schedule.Call;
import io.maas.model.Dim;
import io.maas.model.Signature;
import io.maas.model.TensorSpec;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs the rows of a call one by one, for models whose answer for a row depends on the rows it is run with, as with
 * dynamically quantised ones. Callers then get the same numbers however they group their rows.
 */
final class RowByRow implements Servable {
    private static final Pattern BATCH = Pattern.compile("(?i)batch.*|n");
    /** The rows of one asynchronous call that are under way together: more than a device has units, few against what may wait. */
    private static final int AT_ONCE = 16;

    private final EngineModel model;

    RowByRow(EngineModel model) {
        this.model = model;
    }

    /**
     * Tells whether the answers for single rows can be put together: rows lead everywhere, and all else has one size. What
     * leads must be called a batch, since the steps of a sequence may lead as well and mean something together.
     */
    static boolean canSplit(Signature signature) {
        return haveRows(signature)
                && BATCH.matcher(signature.inputs().get(0).dims().get(0).toString())
                        .matches()
                && signature.outputs().stream()
                        .allMatch(output -> output.dims().stream().skip(1).allMatch(Dim.Fixed.class::isInstance));
    }

    /** Tells whether all inputs and outputs have as many rows as each other: one name leads them all. */
    static boolean haveRows(Signature signature) {
        List<TensorSpec> all = Stream.concat(signature.inputs().stream(), signature.outputs().stream())
                .toList();
        return !signature.inputs().isEmpty()
                && all.stream().allMatch(RowByRow::leadsWithRows)
                && signature.inputs().stream()
                                .map(input -> input.dims().get(0))
                                .distinct()
                                .count()
                        == 1;
    }

    /** Tells whether the first dimension is free, which is what batches lie along. */
    static boolean leadsWithRows(TensorSpec spec) {
        return spec.rank() > 0 && spec.dims().get(0) instanceof Dim.Named;
    }

    @Override
    public Signature signature() {
        return model.signature();
    }

    @Override
    public long rows(Tensors inputs) {
        return model.rows(inputs);
    }

    @Override
    public long nativeBytes() {
        return model.nativeBytes();
    }

    @Override
    public void requireTime(Call call, long now) {
        model.requireTime(call, now);
    }

    @Override
    public Tensors answer(Tensors inputs, Call call) {
        long rows = given(inputs);
        if (rows <= 1) {
            return model.answer(inputs, call);
        }
        requireWhole(inputs);
        List<Tensors> answers = new ArrayList<>();
        for (long row = 0; row < rows; row++) {
            answers.add(model.answer(row(inputs, row), call));
        }
        return concat(answers);
    }

    @Override
    public CompletableFuture<Tensors> answerLater(Tensors inputs, Call call, Stages stages) {
        long rows = given(inputs);
        if (rows <= 1) {
            return model.answerLater(inputs, call, stages);
        }
        try {
            requireWhole(inputs);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        return new Later(inputs, Math.toIntExact(rows), call, stages).start();
    }

    /**
     * The rows of one asynchronous call: a few at a time, so that one call does not fill the queue. After one has failed no more are
     * begun; the call ends when none is under way.
     */
    private final class Later {
        private final Tensors inputs;
        private final Call call;
        private final Stages stages;
        private final Tensors[] answers;
        private final AtomicInteger begun = new AtomicInteger();
        private final AtomicInteger underWay = new AtomicInteger(1); // whoever starts
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        private final CompletableFuture<Tensors> result = new CompletableFuture<>();

        Later(Tensors inputs, int rows, Call call, Stages stages) {
            this.inputs = inputs;
            this.call = call;
            this.stages = stages;
            this.answers = new Tensors[rows];
        }

        CompletableFuture<Tensors> start() {
            for (int i = 0; i < Math.min(AT_ONCE, answers.length); i++) {
                next();
            }
            ended();
            return result;
        }

        @SuppressWarnings("FutureReturnValueIgnored") // the dependent stage goes on with the next row
        private void next() {
            int row = failure.get() == null ? begun.getAndIncrement() : answers.length;
            if (row >= answers.length) {
                return;
            }
            underWay.incrementAndGet();
            model.answerLater(row(inputs, row), call, stages).whenComplete((answer, error) -> {
                if (error == null) {
                    answers[row] = answer;
                    next();
                } else {
                    failure.compareAndSet(null, error);
                }
                ended();
            });
        }

        private void ended() {
            if (underWay.decrementAndGet() > 0) {
                return;
            }
            Throwable reason = failure.get();
            if (reason == null) {
                EngineModel.settle(result, stages.finish(), () -> result.complete(concat(List.of(answers))));
            } else {
                result.completeExceptionally(reason);
            }
        }
    }

    /** Before they are checked. */
    private static long given(Tensors inputs) {
        return inputs.size() == 0 || inputs.get(0).shape().rank() == 0
                ? 1
                : inputs.get(0).shape().dim(0);
    }

    /** Rows that are each fine may not be so together. */
    private void requireWhole(Tensors inputs) {
        model.signature().checkInputs(inputs);
        EngineModel.requireBounded(model.signature(), inputs, model.maxPositions());
    }

    static Tensors row(Tensors inputs, long row) {
        Tensors.Builder one = Tensors.builder();
        inputs.forEach((name, tensor) -> one.add(name, tensor.rows(row, row + 1)));
        return one.build();
    }

    static Tensors concat(List<Tensors> parts) {
        Tensors.Builder whole = Tensors.builder();
        for (String name : parts.get(0).names()) {
            List<Tensor> rows = parts.stream().map(part -> part.get(name)).toList();
            whole.add(name, Tensor.concat(rows));
        }
        return whole.build();
    }

    @Override
    public void retire(Runnable closed) {
        model.retire(closed);
    }
}
