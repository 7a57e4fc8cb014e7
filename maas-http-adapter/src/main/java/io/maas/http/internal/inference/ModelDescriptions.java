package io.maas.http.internal.inference;

import com.fasterxml.jackson.core.JsonGenerator;
import io.maas.Maas;
import io.maas.http.internal.wire.JsonBytes;
import io.maas.model.Dim;
import io.maas.model.ModelRef;
import io.maas.model.TensorSpec;
import io.maas.repository.ModelVersion;
import java.io.IOException;
import java.util.List;

/** What the protocol tells of the server and of models. */
final class ModelDescriptions {
    private final Maas maas;
    private final Predictors predictors;

    ModelDescriptions(Maas maas, Predictors predictors) {
        this.maas = maas;
        this.predictors = predictors;
    }

    byte[] server() throws IOException {
        return JsonBytes.of(json -> {
            json.writeStartObject();
            json.writeStringField("name", "maas");
            json.writeStringField("version", version());
            json.writeArrayFieldStart("extensions");
            for (String extension : List.of("binary_tensor_data", "model_repository", "statistics")) {
                json.writeString(extension);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private static String version() {
        String version = ModelDescriptions.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    byte[] metadata(ModelRef ref) throws IOException {
        ModelVersion version = maas.repository().resolve(ref);
        var signature = predictors.signature(ref);
        String format = maas.repository().details(version).manifest().format();
        List<ModelVersion> versions = maas.repository().versions(ref.name());
        return JsonBytes.of(json -> {
            json.writeStartObject();
            json.writeStringField("name", ref.name().value());
            json.writeArrayFieldStart("versions");
            for (ModelVersion each : versions) {
                json.writeString(each.version());
            }
            json.writeEndArray();
            json.writeStringField("platform", platform(format));
            writeTensors(json, "inputs", signature.inputs());
            writeTensors(json, "outputs", signature.outputs());
            json.writeEndObject();
        });
    }

    /** The names that clients know from Triton; other formats go by their own. */
    private static String platform(String format) {
        return switch (format) {
            case "onnx" -> "onnxruntime_onnx";
            case "torchscript" -> "pytorch_libtorch";
            default -> format;
        };
    }

    private static void writeTensors(JsonGenerator json, String field, List<TensorSpec> specs) throws IOException {
        json.writeArrayFieldStart(field);
        for (TensorSpec spec : specs) {
            json.writeStartObject();
            json.writeStringField("name", spec.name());
            json.writeStringField("datatype", spec.type().name());
            json.writeArrayFieldStart("shape");
            for (Dim dim : spec.dims()) {
                json.writeNumber(dim instanceof Dim.Fixed fixed ? fixed.size() : -1);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
