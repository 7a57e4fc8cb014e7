package io.maas.internal.serving;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.internal.cache.CachedBundle;
import io.maas.internal.schedule.BatchRule;
import io.maas.internal.schedule.Call;
import io.maas.internal.schedule.ModelQueue;
import io.maas.model.Dim;
import io.maas.model.Signature;
import io.maas.model.TensorSpec;
import io.maas.spi.LoadedModel;
import io.maas.tensor.Tensors;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An engine's model with its transforms. */
final class EngineModel implements Servable {
    private static final Logger LOG = LoggerFactory.getLogger(EngineModel.class);

    private final CachedBundle files;
    private final LoadedModel model;
    private final Signature engine;
    private final TransformChain transforms;
    private final ModelQueue queue;
    private final long maxPositions;
    private final boolean haveRows;
    /** What may still run what it was given before the queue took its place. */
    private final Optional<ModelQueue> former;

    /**
     * Takes over the files, the model and the queue, and closes them in the end.
     *
     * @param maxPositions the most positions along all dimensions of an input that are free, such as batch times length
     */
    EngineModel(
            CachedBundle files,
            LoadedModel model,
            Signature engine,
            TransformChain transforms,
            ModelQueue queue,
            long maxPositions) {
        this(files, model, engine, transforms, queue, maxPositions, Optional.empty());
    }

    private EngineModel(
            CachedBundle files,
            LoadedModel model,
            Signature engine,
            TransformChain transforms,
            ModelQueue queue,
            long maxPositions,
            Optional<ModelQueue> former) {
        this.files = files;
        this.model = model;
        this.engine = engine;
        this.transforms = transforms;
        this.queue = queue;
        this.maxPositions = maxPositions;
        this.haveRows = RowByRow.haveRows(transforms.signature());
        this.former = former;
    }

    /** Returns what takes the place of this, with another queue. It is to be retired instead of this, and waits for both queues. */
    EngineModel queuedBy(ModelQueue other) {
        return new EngineModel(files, model, engine, transforms, other, maxPositions, Optional.of(queue));
    }

    @Override
    public Signature signature() {
        return transforms.signature();
    }

    @Override
    public long rows(Tensors inputs) {
        return haveRows ? inputs.get(0).shape().dim(0) : 1;
    }

    long maxPositions() {
        return maxPositions;
    }

    Signature engineSignature() {
        return engine;
    }

    LoadedModel model() {
        return model;
    }

    ModelQueue queue() {
        return queue;
    }

    /** As {@link #engineSignature}, with names for sizes that transforms make alike and the engine does not name. */
    Signature signatureWithNamesOfMakers() {
        return transforms.withNamesOfMakers();
    }

    /** What fills up the engine's inputs, as the transforms say that make them. */
    Map<String, Double> padding() {
        return transforms.padding();
    }

    @Override
    public long nativeBytes() {
        return model.nativeBytes();
    }

    @Override
    public void requireTime(Call call, long now) {
        queue.requireTime(call, now);
    }

    @Override
    public Tensors answer(Tensors inputs, Call call) {
        check(inputs);
        if (transforms.isEmpty()) {
            return queue.call(inputs, call);
        }
        queue.requireTime(call, System.nanoTime()); // before transforms, which may cost more than the engine
        TransformChain.Flow flow = transforms.new Flow(inputs);
        return flow.after(queue.call(prepared(flow), call));
    }

    @Override
    public <R> R answer(Tensors inputs, Call call, Function<? super Tensors, ? extends R> reader) {
        if (!transforms.isEmpty()) {
            return answer(inputs, call).lend(reader);
        }
        check(inputs);
        return queue.call(inputs, call, reader);
    }

    @Override
    public CompletableFuture<Tensors> answerLater(Tensors inputs, Call call, Stages stages) {
        CompletableFuture<Tensors> result = new CompletableFuture<>();
        settle(result, stages.prepare(), () -> {
            call.requireAlive(System.nanoTime()); // nobody may wait for it by now
            check(inputs);
            TransformChain.Flow flow = transforms.new Flow(inputs);
            Tensors request = transforms.isEmpty() ? inputs : prepared(flow);
            Executor finisher = transforms.isEmpty() ? Runnable::run : stages.finish();
            queue.submit(
                    request,
                    call,
                    outcome -> settle(result, finisher, () -> {
                        Tensors outputs = outcome.get(System.nanoTime());
                        result.complete(transforms.isEmpty() ? outputs : flow.after(outputs));
                    }));
        });
        return result;
    }

    /** Does a part of a call on another thread; whatever goes wrong is what the call ends with. */
    @SuppressWarnings("CatchingUnchecked")
    static void settle(CompletableFuture<Tensors> result, Executor executor, Runnable part) {
        try {
            executor.execute(() -> {
                try {
                    part.run();
                } catch (Throwable e) {
                    result.completeExceptionally(e);
                }
            });
        } catch (RuntimeException | Error e) { // such as no memory for a thread
            result.completeExceptionally(e);
        }
    }

    private void check(Tensors inputs) {
        transforms.signature().checkInputs(inputs);
        requireBounded(transforms.signature(), inputs, maxPositions);
    }

    private Tensors prepared(TransformChain.Flow flow) {
        Tensors prepared = flow.before();
        requireBounded(engine, prepared, maxPositions);
        return prepared;
    }

    /** Tells whether examples have lengths that nobody asked for: those of texts are at least those of some texts. */
    boolean hasMadeUpLengths() {
        return !transforms.hasBefore()
                && engine.inputs().stream()
                        .anyMatch(input -> input.dims().stream().skip(1).anyMatch(Dim.Named.class::isInstance));
    }

    /**
     * Learns from two requests to the engine, whose lengths tell as much as it lets them: an engine may want lengths to be equal
     * that have no name in common, or short.
     *
     * @throws io.maas.error.MaasException as {@code learn} does, if the engine takes none of them
     * @throws ArithmeticException if examples would be too large
     */
    <R> R fromSamples(Function<List<Tensors>, R> learn) {
        List<SampleLengths> all = SampleLengths.ALL;
        for (SampleLengths lengths : all.subList(0, all.size() - 1)) {
            try {
                return learn.apply(samples(lengths));
            } catch (MaasException | ArithmeticException e) {
                LOG.debug(
                        "Nothing is learned about {} from {}", files.manifest().name(), lengths, e);
            }
        }
        return learn.apply(samples(all.get(all.size() - 1)));
    }

    private List<Tensors> samples(SampleLengths lengths) {
        return List.of(
                prepared(SampleInputs.row(signature(), 0, lengths.ofFirst())),
                prepared(SampleInputs.row(signature(), 1, lengths.ofSecond())));
    }

    /** What the engine would get for these inputs. */
    Tensors prepared(Tensors inputs) {
        return prepared(transforms.new Flow(inputs));
    }

    /**
     * Refuses calls whose activations could exhaust the host's memory: engines allocate what a call asks for, and a batch
     * of 200,000 rows of 16 tokens got a process killed by the kernel.
     */
    static void requireBounded(Signature signature, Tensors inputs, long maxPositions) {
        for (TensorSpec spec : signature.inputs()) {
            long positions = BatchRule.positions(spec, inputs.get(spec.name()));
            if (positions > maxPositions) {
                throw new InvalidInputException(
                        ErrorCode.CALL_TOO_LARGE,
                        "call the model",
                        "the tensor '" + spec.name() + "' of shape "
                                + inputs.get(spec.name()).shape() + " has " + positions
                                + " positions along its free dimensions, and at most " + maxPositions + " are allowed",
                        "split the call, or raise Maas.builder().maxPositions(…)");
            }
        }
    }

    @Override
    public void retire(Runnable closed) {
        Runnable close = () -> close(closed);
        queue.retire(() -> former.ifPresentOrElse(other -> other.retire(close), close));
    }

    private void close(Runnable closed) {
        try (files;
                transforms) {
            model.close();
        } catch (RuntimeException e) {
            // whoever let go last has his answer, and did nothing wrong
            LOG.warn("A model of {} did not close cleanly", files.manifest().name(), e);
        } finally {
            closed.run();
        }
    }
}
