package io.maas.backend.djl;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo.OnnxTensorType;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.util.Optional;

/** How elements of each type cross over to ONNX Runtime and back. */
final class ElementType {
    private ElementType() {}

    /** Returns our type for theirs, if tensors of it can be made in Java: there are no unsigned ones of over 8 bits. */
    static Optional<DataType> of(OnnxTensorType type) {
        return switch (type) {
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT -> Optional.of(DataType.FP32);
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE -> Optional.of(DataType.FP64);
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16 -> Optional.of(DataType.FP16);
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16 -> Optional.of(DataType.BF16);
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8 -> Optional.of(DataType.INT8);
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16 -> Optional.of(DataType.INT16);
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32 -> Optional.of(DataType.INT32);
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64 -> Optional.of(DataType.INT64);
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8 -> Optional.of(DataType.UINT8);
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL -> Optional.of(DataType.BOOL);
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING -> Optional.of(DataType.BYTES);
            default -> Optional.empty();
        };
    }

    private static OnnxJavaType theirs(DataType type) {
        return switch (type) {
            case FP32 -> OnnxJavaType.FLOAT;
            case FP64 -> OnnxJavaType.DOUBLE;
            case FP16 -> OnnxJavaType.FLOAT16;
            case BF16 -> OnnxJavaType.BFLOAT16;
            case INT8 -> OnnxJavaType.INT8;
            case INT16 -> OnnxJavaType.INT16;
            case INT32 -> OnnxJavaType.INT32;
            case INT64 -> OnnxJavaType.INT64;
            case UINT8 -> OnnxJavaType.UINT8;
            case BOOL -> OnnxJavaType.BOOL;
            case BYTES, UINT16, UINT32, UINT64 -> throw new IllegalArgumentException(type + " has no memory to share");
        };
    }

    /** Views native-order bytes as elements. */
    static Buffer view(DataType type, ByteBuffer bytes) {
        ByteBuffer ordered = bytes.duplicate().order(ByteOrder.nativeOrder());
        return switch (type.byteSize()) {
            case 2 -> ordered.asShortBuffer();
            case 4 -> type == DataType.FP32 ? ordered.asFloatBuffer() : ordered.asIntBuffer();
            case 8 -> type == DataType.FP64 ? ordered.asDoubleBuffer() : ordered.asLongBuffer();
            default -> ordered;
        };
    }

    /** Copies all of {@code from} to the start of {@code to}; both carry elements of the same type. */
    static void copy(Buffer from, Buffer to) {
        if (from instanceof FloatBuffer floats) {
            ((FloatBuffer) to).put(0, floats, 0, floats.remaining());
        } else if (from instanceof LongBuffer longs) {
            ((LongBuffer) to).put(0, longs, 0, longs.remaining());
        } else if (from instanceof DoubleBuffer doubles) {
            ((DoubleBuffer) to).put(0, doubles, 0, doubles.remaining());
        } else if (from instanceof IntBuffer ints) {
            ((IntBuffer) to).put(0, ints, 0, ints.remaining());
        } else if (from instanceof ShortBuffer shorts) {
            ((ShortBuffer) to).put(0, shorts, 0, shorts.remaining());
        } else {
            ByteBuffer bytes = (ByteBuffer) from;
            ((ByteBuffer) to).put(0, bytes, 0, bytes.remaining());
        }
    }

    /** Makes a tensor of theirs over direct memory, which is not copied. */
    static OnnxTensor share(OrtEnvironment environment, DataType type, Buffer direct, long[] dims) throws OrtException {
        if (direct instanceof FloatBuffer floats) {
            return OnnxTensor.createTensor(environment, floats, dims);
        } else if (direct instanceof LongBuffer longs) {
            return OnnxTensor.createTensor(environment, longs, dims);
        } else if (direct instanceof DoubleBuffer doubles) {
            return OnnxTensor.createTensor(environment, doubles, dims);
        } else if (direct instanceof IntBuffer ints) {
            return OnnxTensor.createTensor(environment, ints, dims);
        } else if (direct instanceof ShortBuffer shorts) {
            return OnnxTensor.createTensor(environment, shorts, dims, theirs(type));
        }
        return OnnxTensor.createTensor(environment, (ByteBuffer) direct, dims, theirs(type));
    }

    /** Copies the first elements of {@code view} into a tensor of the caller's own. */
    static Tensor toHeap(DataType type, Buffer view, int elements, long[] dims) {
        Tensor flat = switch (type) {
            case FP32 -> {
                float[] values = new float[elements];
                ((FloatBuffer) view).get(0, values);
                yield Tensor.wrap(values, dims);
            }
            case FP64 -> {
                double[] values = new double[elements];
                ((DoubleBuffer) view).get(0, values);
                yield Tensor.wrap(values, dims);
            }
            case INT64 -> {
                long[] values = new long[elements];
                ((LongBuffer) view).get(0, values);
                yield Tensor.wrap(values, dims);
            }
            case INT32 -> {
                int[] values = new int[elements];
                ((IntBuffer) view).get(0, values);
                yield Tensor.wrap(values, dims);
            }
            case FP16, BF16, INT16 -> {
                short[] values = new short[elements];
                ((ShortBuffer) view).get(0, values);
                yield type == DataType.INT16 ? Tensor.wrap(values, dims) : halves(type, values, dims);
            }
            default -> {
                byte[] values = new byte[elements];
                ((ByteBuffer) view).get(0, values);
                yield Tensor.wrap(type, ByteBuffer.wrap(values), dims);
            }
        };
        return dims.length == 0 ? flat.reshape() : flat;
    }

    private static Tensor halves(DataType type, short[] values, long[] dims) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Short.BYTES).order(ByteOrder.nativeOrder());
        bytes.asShortBuffer().put(values);
        return Tensor.wrap(type, bytes, dims);
    }

    /** Copies a tensor of theirs into one of the caller's own. */
    static Tensor toHeap(DataType type, OnnxTensor tensor) throws OrtException {
        long[] dims = tensor.getInfo().getShape();
        if (type == DataType.BYTES) {
            return Strings.toHeap(tensor, dims);
        }
        int elements = Math.toIntExact(tensor.getInfo().getNumElements());
        if (elements == 0) {
            return Tensor.wrap(type, ByteBuffer.allocate(0), dims);
        }
        // getByteBuffer copies whatever the type is, where their typed getters would widen halves to floats
        return toHeap(type, view(type, tensor.getByteBuffer()), elements, dims);
    }
}
