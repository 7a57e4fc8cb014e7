package io.maas.benchmarks.serving;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The engine used by hand, as its own examples do: new tensors for each call, the first output read into arrays. */
public final class Engine implements AutoCloseable {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;

    /** Loads a model; a run uses so many threads. */
    public Engine(Path model, int threads) throws OrtException {
        try (SessionOptions options = new SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            options.setInterOpNumThreads(1);
            options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            session = environment.createSession(model.toString(), options);
        }
    }

    /** Runs it and returns the first output, as arrays. */
    public Object run(Tensors inputs) throws OrtException {
        Map<String, OnnxTensor> feeds = new LinkedHashMap<>();
        try {
            for (int i = 0; i < inputs.size(); i++) {
                feeds.put(inputs.name(i), tensor(inputs.get(i)));
            }
            try (OrtSession.Result result = session.run(feeds)) {
                return result.get(0).getValue();
            }
        } finally {
            feeds.values().forEach(OnnxTensor::close);
        }
    }

    private OnnxTensor tensor(Tensor tensor) throws OrtException {
        long[] dims = tensor.shape().toArray();
        return tensor.type() == DataType.FP32
                ? OnnxTensor.createTensor(environment, (FloatBuffer) tensor.asBuffer(), dims)
                : OnnxTensor.createTensor(environment, (LongBuffer) tensor.asBuffer(), dims);
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
