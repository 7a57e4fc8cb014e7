package io.maas.backend.djl;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.Result;
import ai.onnxruntime.OrtSession.RunOptions;
import io.maas.model.TensorSpec;
import io.maas.spi.InferenceCall;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All that one run needs: direct memory for inputs and outputs, the engine's tensors over it, the maps that the engine
 * wants, and run options. Kept from run to run, it makes a call of a small model twice as fast as fresh buffers do. Used
 * by one thread at a time.
 */
final class Frame {
    /** Larger outputs are left to the engine's own arena, which does not cost Java's direct memory. */
    private static final long LARGEST_PINNED = 1 << 20;

    private final OrtEnvironment environment;
    private final ModelInterface model;
    private final Slot[] inputs;
    private final @Nullable Slot[] outputs;
    private final Map<String, OnnxTensor> feeds = new LinkedHashMap<>();
    private final Map<String, OnnxTensor> pinned = new LinkedHashMap<>();
    private final Set<String> requested = new LinkedHashSet<>();
    private final List<OnnxTensor> borrowed = new ArrayList<>();
    private final RunOptions options;

    Frame(OrtEnvironment environment, ModelInterface model) throws OrtException {
        this.environment = environment;
        this.model = model;
        this.inputs = new Slot[model.inputs().size()];
        for (int i = 0; i < inputs.length; i++) {
            TensorSpec spec = model.inputs().get(i);
            inputs[i] = new Slot(environment, spec.type(), spec.rank());
        }
        this.outputs = new Slot[model.outputs().size()];
        for (int i = 0; i < outputs.length; i++) {
            Output output = model.outputs().get(i);
            if (output.rule().isPresent()) {
                outputs[i] = new Slot(
                        environment, output.spec().type(), output.spec().rank());
            }
        }
        this.options = new RunOptions();
        options.setLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    }

    RunOptions options() {
        return options;
    }

    /** Runs the model once, and hands the outputs over. */
    void run(OrtSession session, InferenceCall call, boolean pin) throws OrtException {
        try {
            for (int i = 0; i < inputs.length; i++) {
                String name = model.inputs().get(i).name();
                feeds.put(name, feed(name, call, i));
            }
            prepareOutputs(call, pin);
            try (Result result = session.run(feeds, requested, pinned, options)) {
                if (call.prefersLent() && requested.isEmpty()) {
                    call.lend(collect(result, true));
                } else {
                    call.complete(collect(result, false));
                }
            }
        } finally {
            release();
        }
    }

    private OnnxTensor feed(String name, InferenceCall call, int input) throws OrtException {
        DataType type = model.inputs().get(input).type();
        OnnxTensor own;
        if (type == DataType.BYTES) {
            own = Strings.share(environment, name, call.input(input));
        } else if (call.isDirect(input)) {
            Tensor tensor = call.input(input);
            own = ElementType.share(
                    environment, type, tensor.asBuffer(), tensor.shape().toArray());
        } else {
            return inputs[input].load(call, input);
        }
        borrowed.add(own);
        return own;
    }

    private void prepareOutputs(InferenceCall call, boolean pin) throws OrtException {
        for (int i = 0; i < outputs.length; i++) {
            Output output = model.outputs().get(i);
            Slot slot = outputs[i];
            String name = output.spec().name();
            if (pin && slot != null && fits(output, call)) {
                pinned.put(name, slot.prepare(output.rule().orElseThrow(), call));
                requested.remove(name);
            } else {
                pinned.remove(name);
                requested.add(name);
            }
        }
    }

    private boolean fits(Output output, InferenceCall call) {
        ShapeRule rule = output.rule().orElseThrow();
        long bytes = output.spec().type().byteSize();
        for (int i = 0; i < rule.rank() && bytes <= LARGEST_PINNED; i++) {
            bytes *= rule.dim(i, call);
        }
        return bytes <= LARGEST_PINNED;
    }

    boolean hasPinned() {
        return !pinned.isEmpty();
    }

    private Tensors collect(Result result, boolean lent) throws OrtException {
        if (outputs.length == 1) {
            return Tensors.of(model.outputs().get(0).spec().name(), collect(0, result, lent));
        }
        Tensors.Builder all = Tensors.builder();
        for (int i = 0; i < outputs.length; i++) {
            all.add(model.outputs().get(i).spec().name(), collect(i, result, lent));
        }
        return all.build();
    }

    private Tensor collect(int index, Result result, boolean lent) throws OrtException {
        Output output = model.outputs().get(index);
        Slot slot = outputs[index];
        String name = output.spec().name();
        if (slot != null && pinned.containsKey(name)) {
            return lent ? slot.lent() : slot.toHeap();
        }
        OnnxValue value = result.get(name).orElseThrow();
        return output.toHeap(value);
    }

    private void release() {
        for (int i = 0; i < borrowed.size(); i++) {
            borrowed.get(i).close();
        }
        if (!borrowed.isEmpty()) {
            feeds.clear(); // a closed tensor still holds the caller's buffer, which is the caller's again
        }
        borrowed.clear();
    }

    /** The direct memory it holds on to. */
    long bytes() {
        long sum = 0;
        for (Slot slot : inputs) {
            sum += slot.bytes();
        }
        for (Slot slot : outputs) {
            sum += slot == null ? 0 : slot.bytes();
        }
        return sum;
    }

    void close() {
        for (Slot slot : inputs) {
            slot.close();
        }
        for (Slot slot : outputs) {
            if (slot != null) {
                slot.close();
            }
        }
        options.close();
    }
}
