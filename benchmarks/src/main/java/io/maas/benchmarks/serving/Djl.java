package io.maas.benchmarks.serving;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.Batchifier;
import ai.djl.translate.TranslateException;
import ai.djl.translate.Translator;
import ai.djl.translate.TranslatorContext;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The same model called as DJL's documentation shows: a predictor for each thread, a translator from and to arrays. Its ONNX engine
 * cannot stack arrays without a second engine beside it, so what it calls a batch is run one by one.
 */
final class Djl implements AutoCloseable {
    private final Model model;
    private final ThreadLocal<Predictor<Tensors, float[]>> predictors;

    Djl(Path file) throws IOException, MalformedModelException {
        model = Model.newInstance("model", "OnnxRuntime");
        model.load(file.getParent(), "model");
        predictors = ThreadLocal.withInitial(() -> model.newPredictor(new Rows()));
    }

    Object predict(Tensors row) throws TranslateException {
        return predictors.get().predict(row);
    }

    Object batchPredict(List<Tensors> rows) throws TranslateException {
        return predictors.get().batchPredict(rows);
    }

    private static final class Rows implements Translator<Tensors, float[]> {
        @Override
        @SuppressWarnings("NullAway") // as its documentation says for models that are not batched
        public Batchifier getBatchifier() {
            return null;
        }

        @Override
        public NDList processInput(TranslatorContext context, Tensors row) {
            NDManager manager = context.getNDManager();
            List<NDArray> arrays = new ArrayList<>();
            for (int i = 0; i < row.size(); i++) {
                Tensor tensor = row.get(i);
                Shape shape = new Shape(tensor.shape().toArray());
                NDArray array = tensor.type() == DataType.FP32
                        ? manager.create(tensor.toFloats(), shape)
                        : manager.create(tensor.toLongs(), shape);
                array.setName(row.name(i));
                arrays.add(array);
            }
            return new NDList(arrays);
        }

        @Override
        public float[] processOutput(TranslatorContext context, NDList outputs) {
            return outputs.get(0).toFloatArray();
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
