package io.maas.testkit;

import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.spi.InferenceCall;
import io.maas.spi.LoadedModel;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The simplest run of a model, for testing backends: the rows of its requests one after the other, all of one size, and
 * outputs that are kept as copies. Inputs are given in the order of the signature. Thread-safe where {@link InferenceCall} is.
 */
public final class PlainCall implements InferenceCall {
    private final List<Tensors> requests;
    private final List<Tensor> inputs;
    private final CountDownLatch stoppable = new CountDownLatch(1);
    private @Nullable Tensors outputs;
    private volatile @Nullable Runnable stop;

    /**
     * Creates one.
     *
     * @param requests at least one; several have rows in front
     */
    public PlainCall(Tensors... requests) {
        this.requests = List.of(requests);
        this.inputs =
                IntStream.range(0, requests[0].size()).mapToObj(this::joined).toList();
    }

    private Tensor joined(int input) {
        return requests.size() == 1
                ? requests.get(0).get(input)
                : Tensor.concat(
                        requests.stream().map(request -> request.get(input)).toList());
    }

    /** Runs a model once, for one request. */
    public static Tensors run(LoadedModel model, Tensors inputs) {
        Tensors.Builder ordered = Tensors.builder();
        model.signature().inputs().forEach(spec -> ordered.add(spec.name(), inputs.get(spec.name())));
        PlainCall call = new PlainCall(ordered.build());
        model.infer(call);
        return call.outputs();
    }

    /** Returns the outputs of the whole run. */
    public Tensors outputs() {
        return Objects.requireNonNull(outputs, "the backend has handed over no outputs");
    }

    /** Returns the outputs of each request, taken apart by rows. */
    public List<Tensors> answers() {
        List<Tensors> answers = new ArrayList<>();
        long row = 0;
        for (Tensors request : requests) {
            long rows = request.get(0).shape().dim(0);
            long first = row;
            Tensors.Builder answer = Tensors.builder();
            outputs().forEach((name, tensor) -> answer.add(name, tensor.rows(first, first + rows)));
            answers.add(answer.build());
            row += rows;
        }
        return answers;
    }

    /** Waits until the backend has said how to stop the run, and stops it. */
    public void stop() throws InterruptedException {
        stoppable.await();
        Objects.requireNonNull(stop).run();
    }

    @Override
    public int requests() {
        return requests.size();
    }

    @Override
    public long dim(int input, int dim) {
        return inputs.get(input).shape().dim(dim);
    }

    @Override
    public boolean isDirect(int input) {
        return inputs.get(input).isDirect();
    }

    @Override
    public Tensor input(int input) {
        return inputs.get(input);
    }

    @Override
    public void copyTo(int input, ByteBuffer target) {
        inputs.get(input).copyTo(target);
    }

    @Override
    public void complete(Tensors result) {
        long rows = requests.stream()
                .mapToLong(request -> request.get(0).shape().rank() == 0
                        ? 0
                        : request.get(0).shape().dim(0))
                .sum();
        if (requests.size() > 1
                && IntStream.range(0, result.size())
                        .anyMatch(i -> result.get(i).shape().rank() == 0
                                || result.get(i).shape().dim(0) != rows)) {
            throw new UnavailableException(
                    ErrorCode.INFERENCE_FAILED,
                    "take a run's outputs apart",
                    "they do not have " + rows + " rows, " + result,
                    "run the requests one by one");
        }
        outputs = result;
    }

    @Override
    public boolean prefersLent() {
        return requests.size() > 1;
    }

    @Override
    public void lend(Tensors result) {
        Tensors.Builder copy = Tensors.builder();
        result.forEach((name, tensor) -> copy.add(name, tensor.copy()));
        complete(copy.build());
    }

    @Override
    public void onStop(Runnable action) {
        stop = action;
        stoppable.countDown();
    }

    @Override
    public String toString() {
        return "a run of " + Arrays.toString(requests.toArray());
    }
}
