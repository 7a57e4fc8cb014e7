package io.maas.backend.djl;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.Result;
import ai.onnxruntime.OrtSession.RunOptions;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.nio.Buffer;
import java.util.ArrayList;
import java.util.Arrays;
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
    private final Tensor[] given;
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
        this.given = new Tensor[model.inputs().size()];
        this.inputs = new Slot[given.length];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = new Slot(environment, model.inputs().get(i).type());
        }
        this.outputs = new Slot[model.outputs().size()];
        for (int i = 0; i < outputs.length; i++) {
            Output output = model.outputs().get(i);
            if (output.rule().isPresent()) {
                outputs[i] = new Slot(environment, output.spec().type());
            }
        }
        this.options = new RunOptions();
        options.setLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    }

    RunOptions options() {
        return options;
    }

    /** Runs the model once. */
    Tensors run(OrtSession session, Tensors request, boolean pin) throws OrtException {
        try {
            feed(request);
            prepareOutputs(pin);
            try (Result result = session.run(feeds, requested, pinned, options)) {
                return collect(result);
            }
        } finally {
            release();
        }
    }

    private void feed(Tensors request) throws OrtException {
        for (int i = 0; i < given.length; i++) {
            String name = model.inputs().get(i).name();
            boolean inOrder = i < request.size() && request.name(i).equals(name);
            Tensor tensor = inOrder ? request.get(i) : request.get(name);
            given[i] = tensor;
            feeds.put(name, feed(name, tensor, inputs[i]));
        }
    }

    private OnnxTensor feed(String name, Tensor tensor, Slot slot) throws OrtException {
        OnnxTensor own;
        if (tensor.type() == DataType.BYTES) {
            own = Strings.share(environment, name, tensor);
        } else {
            Buffer content = tensor.asBuffer();
            if (!content.isDirect()) {
                return slot.load(tensor, content);
            }
            own = ElementType.share(
                    environment, tensor.type(), content, tensor.shape().toArray());
        }
        borrowed.add(own);
        return own;
    }

    private void prepareOutputs(boolean pin) throws OrtException {
        for (int i = 0; i < outputs.length; i++) {
            Output output = model.outputs().get(i);
            Slot slot = outputs[i];
            String name = output.spec().name();
            if (pin && slot != null && fits(output)) {
                pinned.put(name, slot.prepare(output.rule().orElseThrow(), given));
                requested.remove(name);
            } else {
                pinned.remove(name);
                requested.add(name);
            }
        }
    }

    private boolean fits(Output output) {
        ShapeRule rule = output.rule().orElseThrow();
        long bytes = output.spec().type().byteSize();
        for (int i = 0; i < rule.rank() && bytes <= LARGEST_PINNED; i++) {
            bytes *= rule.dim(i, given);
        }
        return bytes <= LARGEST_PINNED;
    }

    boolean hasPinned() {
        return !pinned.isEmpty();
    }

    private Tensors collect(Result result) throws OrtException {
        if (outputs.length == 1) {
            return Tensors.of(model.outputs().get(0).spec().name(), collect(0, result));
        }
        Tensors.Builder all = Tensors.builder();
        for (int i = 0; i < outputs.length; i++) {
            all.add(model.outputs().get(i).spec().name(), collect(i, result));
        }
        return all.build();
    }

    private Tensor collect(int index, Result result) throws OrtException {
        Output output = model.outputs().get(index);
        Slot slot = outputs[index];
        String name = output.spec().name();
        if (slot != null && pinned.containsKey(name)) {
            return slot.toHeap();
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
        Arrays.fill(given, null);
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
