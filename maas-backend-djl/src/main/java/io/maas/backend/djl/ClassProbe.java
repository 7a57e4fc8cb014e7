package io.maas.backend.djl;

import ai.onnxruntime.OnnxMap;
import ai.onnxruntime.OnnxSequence;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.RunOptions;
import io.maas.model.Dim;
import io.maas.model.TensorSpec;
import io.maas.tensor.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Finds out the classes of a model that gives maps, by calling it once with zeros. */
final class ClassProbe {
    private ClassProbe() {}

    /** Returns the output that spreads maps over columns, in the order of {@code classes}. */
    static Output.Maps maps(String name, List<Object> classes) {
        Map<Object, Integer> columns = new HashMap<>();
        classes.forEach(key -> columns.put(key, columns.size()));
        List<String> labels = classes.stream().map(Object::toString).toList();
        TensorSpec spec =
                new TensorSpec(name, DataType.FP32, List.of(Dim.ANY, Dim.of(classes.size())), labels, Optional.empty());
        return new Output.Maps(spec, Map.copyOf(columns));
    }

    /** Returns the keys of the maps that {@code output} is made of, in ascending order. */
    static List<Object> classes(
            OrtEnvironment environment,
            OrtSession session,
            List<TensorSpec> inputs,
            String output,
            Supplier<? extends RuntimeException> unknown)
            throws OrtException {
        Map<String, OnnxTensor> feeds = new LinkedHashMap<>();
        try (RunOptions options = new RunOptions()) {
            options.setLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            for (TensorSpec input : inputs) {
                feeds.put(input.name(), zeros(environment, input));
            }
            try (OrtSession.Result result = session.run(feeds, Set.of(output), options)) {
                TreeSet<Object> keys = new TreeSet<>(); // keys of one map are all Long or all String
                for (OnnxValue row : ((OnnxSequence) result.get(0)).getValue()) {
                    try (OnnxMap map = (OnnxMap) row) {
                        keys.addAll(map.getValue().keySet());
                    }
                }
                if (keys.isEmpty()) {
                    throw unknown.get();
                }
                return List.copyOf(keys);
            }
        } catch (OrtException e) {
            RuntimeException refusal = unknown.get();
            refusal.addSuppressed(e);
            throw refusal;
        } finally {
            feeds.values().forEach(OnnxTensor::close);
        }
    }

    private static OnnxTensor zeros(OrtEnvironment environment, TensorSpec input) throws OrtException {
        long[] dims = input.dims().stream()
                .mapToLong(dim -> dim instanceof Dim.Fixed fixed ? fixed.size() : 1)
                .toArray();
        int elements = Math.toIntExact(Arrays.stream(dims).reduce(1, Math::multiplyExact));
        if (input.type() == DataType.BYTES) {
            String[] texts = new String[elements];
            Arrays.fill(texts, "");
            return OnnxTensor.createTensor(environment, texts, dims);
        }
        ByteBuffer memory = ByteBuffer.allocateDirect(
                        Math.multiplyExact(elements, input.type().byteSize()))
                .order(ByteOrder.nativeOrder());
        return ElementType.share(environment, input.type(), ElementType.view(input.type(), memory), dims);
    }
}
