package io.maas.backend.djl;

import ai.onnxruntime.MapInfo;
import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.SequenceInfo;
import ai.onnxruntime.TensorInfo;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Dim;
import io.maas.model.Signature;
import io.maas.model.TensorSpec;
import io.maas.tensor.DataType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a session takes and gives. Inputs that have a default in the model are not part of it, which is how ONNX Runtime
 * tells them apart as well.
 *
 * @param inputs the inputs, in the engine's order
 * @param outputs the outputs, in the engine's order
 */
record ModelInterface(List<TensorSpec> inputs, List<Output> outputs) {
    ModelInterface {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    Signature signature() {
        return new Signature(inputs, outputs.stream().map(Output::spec).toList());
    }

    static ModelInterface read(OrtEnvironment environment, OrtSession session, Path file) throws OrtException {
        return new Reader(environment, session, file).read();
    }

    private static final class Reader {
        private final OrtEnvironment environment;
        private final OrtSession session;
        private final Path file;
        private Optional<OnnxFile> content = Optional.empty();

        Reader(OrtEnvironment environment, OrtSession session, Path file) {
            this.environment = environment;
            this.session = session;
            this.file = file;
        }

        ModelInterface read() throws OrtException {
            List<TensorSpec> inputs = new ArrayList<>();
            for (NodeInfo input : session.getInputInfo().values()) {
                if (!(input.getInfo() instanceof TensorInfo info)) {
                    throw unsupported(input.getName(), "is no tensor, " + input.getInfo());
                }
                inputs.add(tensor(input.getName(), info));
            }
            List<Output> outputs = new ArrayList<>();
            for (NodeInfo output : session.getOutputInfo().values()) {
                outputs.add(output(output, inputs));
            }
            return LeadingDim.named(inputs, outputs);
        }

        private Output output(NodeInfo output, List<TensorSpec> inputs) throws OrtException {
            String name = output.getName();
            if (output.getInfo() instanceof TensorInfo info) {
                return new Output.Dense(tensor(name, info), Optional.empty());
            }
            if (output.getInfo() instanceof SequenceInfo info && info.isSequenceOfMaps()) {
                return maps(name, info.mapInfo, inputs);
            }
            throw unsupported(name, "is neither a tensor nor a sequence of maps, " + output.getInfo());
        }

        private Output maps(String name, MapInfo map, List<TensorSpec> inputs) throws OrtException {
            boolean floats = map.valueType == OnnxJavaType.FLOAT || map.valueType == OnnxJavaType.DOUBLE;
            if (!floats) {
                throw unsupported(name, "maps to something else than numbers, " + map);
            }
            List<Object> classes = content().classes(name);
            if (classes.isEmpty()) {
                Supplier<InvalidInputException> unknown =
                        () -> unsupported(name, "has classes that the model does not tell before it is called");
                classes = ClassProbe.classes(environment, session, inputs, name, unknown);
            }
            return ClassProbe.maps(name, classes);
        }

        private TensorSpec tensor(String name, TensorInfo info) {
            DataType type = ElementType.of(info.onnxType)
                    .orElseThrow(() -> unsupported(
                            name,
                            "has the type "
                                    + info.onnxType.name().replace("ONNX_TENSOR_ELEMENT_DATA_TYPE_", "")
                                    + ", which ONNX Runtime's Java API cannot carry"));
            long[] sizes = info.getShape();
            if (sizes.length == 0 && content().isShapeless(name)) {
                throw unsupported(name, "has no shape in the model, not even a number of dimensions");
            }
            String[] names = info.getDimensionNames();
            List<Dim> dims = new ArrayList<>(sizes.length);
            for (int i = 0; i < sizes.length; i++) {
                if (sizes[i] == 0) {
                    throw unsupported(name, "is always empty, its dimension " + i + " is 0");
                }
                dims.add(sizes[i] > 0 ? Dim.of(sizes[i]) : dim(names[i]));
            }
            return new TensorSpec(name, type, dims, List.of(), Optional.empty());
        }

        /** A name that signatures cannot have is dropped, not altered: altered names might become equal. */
        private static Dim dim(String name) {
            if (name.isEmpty()) {
                return Dim.ANY;
            }
            try {
                return Dim.of(name);
            } catch (InvalidInputException e) {
                return Dim.ANY;
            }
        }

        private OnnxFile content() {
            if (content.isEmpty()) {
                try {
                    content = Optional.of(OnnxFile.read(file));
                } catch (IOException e) {
                    throw new InvalidInputException(
                            ErrorCode.MODEL_CORRUPT,
                            "load the model '" + file.getFileName() + "'",
                            "the file cannot be read, " + e.getMessage(),
                            "copy the file again",
                            e);
                }
            }
            return content.get();
        }

        private InvalidInputException unsupported(String tensor, String why) {
            return new InvalidInputException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "load the model '" + file.getFileName() + "'",
                    "'" + tensor + "' " + why,
                    "export it with tensors of a known shape and of a type other than UINT16, UINT32 and UINT64");
        }
    }
}
