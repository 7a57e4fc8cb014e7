package io.maas.backend.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.maas.model.Signature;
import io.maas.model.TensorSpec;
import io.maas.spi.InferenceCall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** By the means that all engines of DJL have. */
final class BlockForward implements Forward {
    private final Block block;

    BlockForward(Block block) {
        this.block = block;
    }

    @Override
    public NDList run(InferenceCall call, Signature signature, NDManager run) {
        NDList inputs = new NDList(signature.inputs().size());
        for (int i = 0; i < signature.inputs().size(); i++) {
            inputs.add(input(call, i, signature.inputs().get(i), run));
        }
        return block.forward(new ParameterStore(run, false), inputs, false);
    }

    private static NDArray input(InferenceCall call, int input, TensorSpec spec, NDManager run) {
        long[] dims = dims(call, input, spec);
        long bytes = spec.type().byteSize();
        for (long dim : dims) {
            bytes = Math.multiplyExact(bytes, dim);
        }
        // not the caller's memory: a model may write to its inputs
        ByteBuffer memory = ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
        call.copyTo(input, memory);
        return run.create(
                memory.flip(), new Shape(dims), DjlTypes.theirs(spec.type()).orElseThrow());
    }

    static long[] dims(InferenceCall call, int input, TensorSpec spec) {
        long[] dims = new long[spec.rank()];
        for (int d = 0; d < dims.length; d++) {
            dims[d] = call.dim(input, d);
        }
        return dims;
    }
}
