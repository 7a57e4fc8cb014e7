package io.maas.backend.djl;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.maas.spi.InferenceCall;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Direct memory for one input or output, and the engine's tensor over it. Making that tensor costs about as much as a run
 * of a small model, so it is kept for as long as the shape stays the same. Not thread-safe.
 */
final class Slot {
    private static final int SMALLEST = 64;

    private final OrtEnvironment environment;
    private final DataType type;
    private final int rank;
    private ByteBuffer memory;
    private Buffer view;
    private long[] dims = {};
    private int elements;
    private @Nullable OnnxTensor tensor;
    private @Nullable Tensor lent;

    Slot(OrtEnvironment environment, DataType type, int rank) {
        this.rank = rank;
        this.environment = environment;
        this.type = type;
        this.memory = allocate(SMALLEST);
        this.view = ElementType.view(type, memory);
    }

    private static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    /** Copies an input of a call. */
    OnnxTensor load(InferenceCall call, int input) throws OrtException {
        OnnxTensor target = tensor;
        boolean same = target != null;
        for (int i = 0; i < dims.length && same; i++) {
            same = dims[i] == call.dim(input, i);
        }
        if (target == null || !same) {
            long[] shape = new long[rank];
            for (int i = 0; i < shape.length; i++) {
                shape[i] = call.dim(input, i);
            }
            target = reshape(shape);
        }
        call.copyTo(input, memory.clear());
        return target;
    }

    /** Makes room for what the rule foretells for this call. */
    OnnxTensor prepare(ShapeRule rule, InferenceCall call) throws OrtException {
        OnnxTensor target = tensor;
        boolean same = target != null;
        for (int i = 0; i < rank && same; i++) {
            same = dims[i] == rule.dim(i, call);
        }
        if (target != null && same) {
            return target;
        }
        long[] shape = new long[rank];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = rule.dim(i, call);
        }
        return reshape(shape);
    }

    private OnnxTensor reshape(long[] shape) throws OrtException {
        close();
        long count = 1;
        for (long dim : shape) {
            count *= dim;
        }
        int bytes = Math.toIntExact(count * type.byteSize());
        if (memory.capacity() < bytes) {
            memory = allocate(Math.max(bytes, (int) Math.min(2L * memory.capacity(), Integer.MAX_VALUE)));
            view = ElementType.view(type, memory);
        }
        OnnxTensor fresh = ElementType.share(
                environment, type, view.duplicate().position(0).limit((int) count), shape);
        tensor = fresh;
        lent = null;
        dims = shape;
        elements = (int) count;
        return fresh;
    }

    /** Copies what a run wrote. */
    Tensor toHeap() {
        return lent().copy();
    }

    /** What a run wrote, until the next one. */
    Tensor lent() {
        Tensor written = lent;
        if (written == null) {
            written = Tensor.wrap(type, memory.clear().limit(elements * type.byteSize()), dims);
            if (rank == 0) {
                written = written.reshape();
            }
            lent = written;
        }
        return written;
    }

    int bytes() {
        return memory.capacity();
    }

    /** Gives up the engine's tensor; the memory goes with the garbage. */
    void close() {
        if (tensor != null) {
            tensor.close();
            tensor = null;
        }
    }
}
