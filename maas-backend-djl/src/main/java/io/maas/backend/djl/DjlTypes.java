package io.maas.backend.djl;

import io.maas.tensor.DataType;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** Element types as DJL has them. */
final class DjlTypes {
    /**
     * What DJL's binding of PyTorch carries. DJL has names for others as well, but given an INT16 or a BF16 the binding ends
     * the process (measured with 0.36.0: {@code GetScalarTypeFromDType} rethrows nothing).
     */
    private static final Map<DataType, ai.djl.ndarray.types.DataType> THEIRS = new EnumMap<>(Map.of(
            DataType.FP32, ai.djl.ndarray.types.DataType.FLOAT32,
            DataType.FP64, ai.djl.ndarray.types.DataType.FLOAT64,
            DataType.FP16, ai.djl.ndarray.types.DataType.FLOAT16,
            DataType.INT8, ai.djl.ndarray.types.DataType.INT8,
            DataType.INT32, ai.djl.ndarray.types.DataType.INT32,
            DataType.INT64, ai.djl.ndarray.types.DataType.INT64,
            DataType.UINT8, ai.djl.ndarray.types.DataType.UINT8,
            DataType.BOOL, ai.djl.ndarray.types.DataType.BOOLEAN));

    private DjlTypes() {}

    /** Returns their type for ours, if there is one. */
    static Optional<ai.djl.ndarray.types.DataType> theirs(DataType type) {
        return Optional.ofNullable(THEIRS.get(type));
    }

    /** Returns our type for theirs, if there is one. */
    static Optional<DataType> ours(ai.djl.ndarray.types.DataType type) {
        return THEIRS.entrySet().stream()
                .filter(entry -> entry.getValue() == type)
                .map(Map.Entry::getKey)
                .findFirst();
    }
}
