package io.maas.backend.djl;

import ai.djl.ndarray.NDArray;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Dim;
import io.maas.model.TensorSpec;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import java.nio.ByteBuffer;

/** An output of an engine of DJL, held to what the manifest says of it. */
final class DjlOutput {
    private DjlOutput() {}

    /** Returns a view of an output, for as long as that lives. */
    static Tensor of(TensorSpec spec, NDArray array) {
        if (array.getName() != null) {
            throw new InvalidInputException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "take the outputs of the model",
                    "it returns a dictionary, with '" + array.getName() + "'",
                    "have it return a tensor, a list of tensors, or a tuple of tensors");
        }
        DataType type = DjlTypes.ours(array.getDataType())
                .orElseThrow(() -> differs("the output '" + spec.name() + "' is " + array.getDataType()
                        + ", which the platform cannot carry, and maas.json says " + spec));
        long[] dims = array.getShape().getShape();
        if (type != spec.type() || !fits(spec, dims)) {
            throw differs(
                    "the output '" + spec.name() + "' is " + type + array.getShape() + " and maas.json says " + spec);
        }
        ByteBuffer bytes = array.size() == 0 ? ByteBuffer.allocate(0) : array.toByteBuffer(true);
        if (dims.length > 0) {
            return Tensor.wrap(type, bytes, dims);
        }
        return Tensor.wrap(type, bytes).reshape();
    }

    private static boolean fits(TensorSpec spec, long[] dims) {
        if (dims.length != spec.rank()) {
            return false;
        }
        for (int d = 0; d < dims.length; d++) {
            if (spec.dims().get(d) instanceof Dim.Fixed fixed && fixed.size() != dims[d]) {
                return false;
            }
        }
        return true;
    }

    /** The model is wrong, or what its package says of it; a caller's input is neither. */
    static InvalidInputException differs(String why) {
        return new InvalidInputException(
                ErrorCode.MODEL_SIGNATURE,
                "take the outputs of the model",
                why,
                "correct the outputs in maas.json, in the order in which the model returns them");
    }
}
