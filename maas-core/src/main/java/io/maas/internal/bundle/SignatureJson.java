package io.maas.internal.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.maas.error.InvalidInputException;
import io.maas.model.Dim;
import io.maas.model.Signature;
import io.maas.model.TensorSpec;
import io.maas.tensor.DataType;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Signatures as JSON: {@code inputs} and {@code outputs}, each {@code [{name, dtype, shape, semantic?, labels?}]}. */
public final class SignatureJson {
    private SignatureJson() {}

    /** Finds the labels that a specification names by a file. */
    interface LabelFile {
        /** Returns the labels in the file at {@code path}, which stands at {@code at}. */
        List<String> labels(String path, JsonPlace at);
    }

    /**
     * Reads a signature.
     *
     * @param node an object
     * @param at its place, for messages
     * @throws InvalidInputException with the place's code if it is anything else
     */
    public static Signature read(JsonNode node, JsonPlace at) {
        JsonFields fields = new JsonFields(node, at);
        LabelFile none = (path, place) -> {
            throw place.refused("labels are not in files here, " + Origin.quoted(path), "give 'labels'");
        };
        Signature signature = new Signature(specs(fields, "inputs", none), specs(fields, "outputs", none));
        fields.end();
        return signature;
    }

    /** Writes a signature as an object. */
    public static ObjectNode write(Signature signature) {
        ObjectNode node = Json.NODES.objectNode();
        node.set("inputs", write(signature.inputs()));
        node.set("outputs", write(signature.outputs()));
        return node;
    }

    static List<TensorSpec> specs(JsonFields fields, String name, LabelFile files) {
        Set<String> taken = new HashSet<>();
        return fields.objects(name, spec -> {
            TensorSpec read = spec(spec, files);
            if (!taken.add(read.name())) {
                throw spec.place("name").refused("the name is taken, " + Origin.quoted(read.name()));
            }
            return read;
        });
    }

    private static TensorSpec spec(JsonFields fields, LabelFile files) {
        String name = fields.text("name");
        if (name.isEmpty()) {
            throw fields.place("name").refused("the name is empty");
        }
        DataType type = TensorJson.type(fields);
        fields.node("shape");
        List<Dim> dims = fields.list("shape", SignatureJson::dim);
        List<String> labels = fields.texts("labels");
        Optional<String> file = fields.optionalText("labelsFile");
        if (file.isPresent() && !labels.isEmpty()) {
            throw fields.place("labelsFile").refused("there are 'labels' too", "keep one of them");
        }
        if (file.isPresent()) {
            labels = files.labels(file.get(), fields.place("labelsFile"));
        }
        return new TensorSpec(name, type, dims, labels, fields.optionalText("semantic"));
    }

    private static Dim dim(JsonNode node, JsonPlace at) {
        try {
            if (node.isIntegralNumber() && node.canConvertToLong()) {
                return Dim.of(node.longValue());
            }
            return Dim.of(JsonFields.textOf(node, at));
        } catch (InvalidInputException e) {
            throw e.code() == at.code() ? e : at.refused("it is no dimension, " + JsonFields.kind(node), e);
        }
    }

    static ArrayNode write(List<TensorSpec> specs) {
        ArrayNode array = Json.NODES.arrayNode();
        for (TensorSpec spec : specs) {
            ObjectNode node = array.addObject();
            node.put("name", spec.name()).put("dtype", spec.type().name());
            ArrayNode shape = node.putArray("shape");
            for (Dim dim : spec.dims()) {
                if (dim instanceof Dim.Fixed fixed) {
                    shape.add(fixed.size());
                } else {
                    shape.add(dim.toString());
                }
            }
            spec.semantic().ifPresent(meaning -> node.put("semantic", meaning));
            if (!spec.labels().isEmpty()) {
                ArrayNode labels = node.putArray("labels");
                spec.labels().forEach(labels::add);
            }
        }
        return array;
    }
}
