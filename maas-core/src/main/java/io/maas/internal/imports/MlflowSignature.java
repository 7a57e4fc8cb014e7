package io.maas.internal.imports;

import com.fasterxml.jackson.databind.JsonNode;
import io.maas.internal.bundle.Json;
import io.maas.model.Dim;
import io.maas.model.Manifest;
import io.maas.model.TensorSpec;
import io.maas.tensor.DataType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The signature of an MLflow model: JSON in a text, of tensors or of columns. What a graph says by itself counts more;
 * where it says nothing, tensors of the signature stand for it. Used once.
 */
final class MlflowSignature {
    private final Doc signature;
    private final Weights weights;

    MlflowSignature(Doc signature, Weights weights) {
        this.signature = signature;
        this.weights = weights;
    }

    void into(Manifest.Builder manifest) {
        side("inputs", weights.told().inputs()).forEach(manifest::input);
        side("outputs", weights.told().outputs()).forEach(manifest::output);
        signature.field("params").rest("a call takes tensors and no other parameters");
        signature.rest("the platform has nothing that corresponds");
    }

    private List<TensorSpec> side(String name, Optional<List<TensorSpec>> told) {
        Doc field = signature.field(name);
        List<Doc> items = parsed(field).items();
        boolean tensors = !items.isEmpty()
                && items.stream().allMatch(item -> item.text("type").orElse("").equals("tensor"));
        List<TensorSpec> specs;
        if (tensors) {
            specs = tensors(items, told);
        } else {
            specs = columns(items, told);
        }
        for (Doc item : items) {
            item.rest(tensors ? "the model says it by itself" : "columns are not tensors, and the model has its own");
        }
        if (items.isEmpty()) {
            field.rest("the model says it by itself");
        } else {
            field.adapted("see its items");
        }
        return specs;
    }

    /** Older versions write the JSON as a text, and YAML may hold it as it is. */
    private static Doc parsed(Doc field) {
        if (!field.value().isTextual()) {
            return field;
        }
        byte[] json = field.value().textValue().getBytes(StandardCharsets.UTF_8);
        JsonNode inner = Json.parse(json, Draft.MAX_DOCUMENT, field.at());
        return field.holding(inner);
    }

    // ---- tensors

    private List<TensorSpec> tensors(List<Doc> items, Optional<List<TensorSpec>> told) {
        List<TensorSpec> specs = new ArrayList<>(told.orElse(List.of()));
        for (Doc item : items) {
            Doc spec = item.field("tensor-spec");
            Optional<String> name = item.text("name");
            if (told.isEmpty()) {
                declare(item, name.orElse(items.size() == 1 ? "input" : ""), specs);
                continue;
            }
            Optional<TensorSpec> own = name.isEmpty() && items.size() == 1 && specs.size() == 1
                    ? Optional.of(specs.get(0))
                    : specs.stream()
                            .filter(candidate ->
                                    name.isPresent() && candidate.name().equals(name.get()))
                            .findFirst();
            if (own.isEmpty()) {
                item.dropped("the model has no tensor of that name, only " + specs);
                continue;
            }
            item.field("name").carried("the tensor's name");
            compare(spec, own.get());
        }
        return told.isPresent() && items.stream().noneMatch(MlflowSignature::hasTensor) ? List.of() : specs;
    }

    private static boolean hasTensor(Doc item) {
        return !item.findings().has(item.place());
    }

    /** The model is right about itself; where the signature says otherwise, that is worth a line. */
    private static void compare(Doc spec, TensorSpec own) {
        Doc type = spec.field("dtype");
        if (type(type).equals(Optional.of(own.type()))) {
            type.carried("the tensor's type, " + own.type());
        } else {
            type.adapted("the model takes " + own.type());
        }
        Doc shape = spec.field("shape");
        List<Dim> dims = dims(shape);
        boolean same = dims.size() == own.rank();
        for (int i = 0; same && i < dims.size(); i++) {
            same = own.dims().get(i).equals(dims.get(i))
                    || (dims.get(i) instanceof Dim.Named && own.dims().get(i) instanceof Dim.Named);
        }
        if (same) {
            shape.carried("the tensor's dimensions, " + own.dims());
        } else {
            shape.adapted("the model's own dimensions are " + own.dims());
        }
    }

    /** Nothing can be told from the file, so that the signature is all there is. */
    private void declare(Doc item, String name, List<TensorSpec> specs) {
        Doc spec = item.field("tensor-spec");
        Optional<DataType> type = type(spec.field("dtype"));
        if (type.isEmpty()
                || name.isEmpty()
                || specs.stream().anyMatch(other -> other.name().equals(name))) {
            item.dropped("it has no name of its own, or a type that tensors do not have");
            return;
        }
        specs.add(new TensorSpec(name, type.get(), dims(spec.field("shape")), List.of(), Optional.empty()));
        item.carried("a tensor of the manifest");
    }

    private static List<Dim> dims(Doc shape) {
        List<Dim> dims = new ArrayList<>();
        for (Doc item : shape.items()) {
            OptionalLong size = item.whole();
            if (size.isEmpty() || (size.getAsLong() < 1 && size.getAsLong() != -1)) {
                throw item.at().refused("no dimension has the size " + size);
            }
            dims.add(size.getAsLong() > 0 ? Dim.of(size.getAsLong()) : dims.isEmpty() ? Dim.of("batch") : Dim.ANY);
        }
        return dims;
    }

    private static Optional<DataType> type(Doc dtype) {
        return switch (dtype.text().orElse("").toLowerCase(Locale.ROOT)) {
            case "bool" -> Optional.of(DataType.BOOL);
            case "int8" -> Optional.of(DataType.INT8);
            case "int16" -> Optional.of(DataType.INT16);
            case "int32" -> Optional.of(DataType.INT32);
            case "int64" -> Optional.of(DataType.INT64);
            case "uint8" -> Optional.of(DataType.UINT8);
            case "uint16" -> Optional.of(DataType.UINT16);
            case "uint32" -> Optional.of(DataType.UINT32);
            case "uint64" -> Optional.of(DataType.UINT64);
            case "float16" -> Optional.of(DataType.FP16);
            case "float32" -> Optional.of(DataType.FP32);
            case "float64" -> Optional.of(DataType.FP64);
            case "str", "string", "object" -> Optional.of(DataType.BYTES);
            default -> Optional.empty();
        };
    }

    // ---- columns

    /** Columns are inputs by the same names, or the positions along the last dimension of the only tensor. */
    private List<TensorSpec> columns(List<Doc> items, Optional<List<TensorSpec>> told) {
        List<TensorSpec> own = told.orElse(List.of());
        List<String> names =
                items.stream().map(item -> item.text("name").orElse("")).toList();
        if (own.size() == 1 && items.size() > 1 && width(own.get(0)) == items.size() && !names.contains("")) {
            items.forEach(item -> item.field("name")
                    .adapted(
                            "a label along the last dimension of '" + own.get(0).name() + "'"));
            return List.of(own.get(0).labelled(names));
        }
        boolean any = false;
        for (Doc item : items) {
            Optional<TensorSpec> spec = own.stream()
                    .filter(candidate ->
                            candidate.name().equals(item.text("name").orElse("")))
                    .findFirst();
            if (spec.isPresent()) {
                item.field("name").adapted("the model's tensor " + spec.get());
                any = true;
            }
        }
        return any ? own : List.of();
    }

    private static long width(TensorSpec spec) {
        return spec.rank() > 0 && spec.dims().get(spec.rank() - 1) instanceof Dim.Fixed fixed ? fixed.size() : -1;
    }
}
