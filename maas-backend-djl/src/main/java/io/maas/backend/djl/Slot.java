package io.maas.backend.djl;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
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
    private ByteBuffer memory;
    private Buffer view;
    private long[] dims = {};
    private int elements;
    private @Nullable OnnxTensor tensor;

    Slot(OrtEnvironment environment, DataType type) {
        this.environment = environment;
        this.type = type;
        this.memory = allocate(SMALLEST);
        this.view = ElementType.view(type, memory);
    }

    private static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    /** Copies a tensor from the heap. */
    OnnxTensor load(Tensor source, Buffer content) throws OrtException {
        OnnxTensor target = tensor;
        if (target == null || !hasShapeOf(source)) {
            target = reshape(source.shape().toArray());
        }
        ElementType.copy(content, view);
        return target;
    }

    private boolean hasShapeOf(Tensor source) {
        if (dims.length != source.shape().rank()) {
            return false;
        }
        for (int i = 0; i < dims.length; i++) {
            if (dims[i] != source.shape().dim(i)) {
                return false;
            }
        }
        return true;
    }

    /** Makes room for what the rule foretells for these inputs. */
    OnnxTensor prepare(ShapeRule rule, Tensor[] inputs) throws OrtException {
        OnnxTensor target = tensor;
        boolean same = target != null;
        for (int i = 0; i < rule.rank() && same; i++) {
            same = dims[i] == rule.dim(i, inputs);
        }
        if (target != null && same) {
            return target;
        }
        long[] shape = new long[rule.rank()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = rule.dim(i, inputs);
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
        dims = shape;
        elements = (int) count;
        return fresh;
    }

    /** Copies what a run wrote. */
    Tensor toHeap() {
        return ElementType.toHeap(type, view, elements, dims);
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
