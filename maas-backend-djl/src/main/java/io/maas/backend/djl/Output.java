package io.maas.backend.djl;

import ai.onnxruntime.OnnxMap;
import ai.onnxruntime.OnnxSequence;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.model.TensorSpec;
import io.maas.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An output of the engine, and how it becomes a tensor. */
sealed interface Output {
    TensorSpec spec();

    /** How its shape follows from the inputs, where it does. */
    Optional<ShapeRule> rule();

    /** Copies what the engine made. */
    Tensor toHeap(OnnxValue value) throws OrtException;

    /** A tensor already. */
    record Dense(TensorSpec spec, Optional<ShapeRule> rule) implements Output {
        @Override
        public Tensor toHeap(OnnxValue value) throws OrtException {
            return ElementType.toHeap(spec.type(), (OnnxTensor) value);
        }
    }

    /**
     * A sequence of maps from class to probability, as scikit-learn's converters write.
     *
     * @param columns where each class goes, by its key: a {@code Long} or a {@code String}
     */
    record Maps(TensorSpec spec, Map<Object, Integer> columns) implements Output {
        @Override
        public Optional<ShapeRule> rule() {
            return Optional.empty();
        }

        @Override
        public Tensor toHeap(OnnxValue value) throws OrtException {
            List<? extends OnnxValue> rows = ((OnnxSequence) value).getValue();
            int width = columns.size();
            float[] dense = new float[rows.size() * width];
            for (int row = 0; row < rows.size(); row++) {
                try (OnnxMap map = (OnnxMap) rows.get(row)) {
                    for (Map.Entry<?, ?> entry : map.getValue().entrySet()) {
                        dense[row * width + column(entry.getKey())] = ((Number) entry.getValue()).floatValue();
                    }
                }
            }
            return Tensor.wrap(dense, rows.size(), width);
        }

        private int column(Object key) {
            Integer column = columns.get(key);
            if (column == null) {
                throw new UnavailableException(
                        ErrorCode.INFERENCE_FAILED,
                        "read the output '" + spec.name() + "'",
                        "it has the class '" + key + "', which was not there when the model was loaded",
                        "export the model with 'zipmap' off, so that its classes stand in a fixed order");
            }
            return column;
        }
    }
}
