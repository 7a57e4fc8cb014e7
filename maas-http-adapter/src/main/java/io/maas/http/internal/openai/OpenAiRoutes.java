package io.maas.http.internal.openai;

import com.fasterxml.jackson.core.JsonGenerator;
import io.maas.Maas;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.http.internal.exchange.BodyPlan;
import io.maas.http.internal.exchange.Exchange;
import io.maas.http.internal.inference.Predictors;
import io.maas.http.internal.route.Caller;
import io.maas.http.internal.route.Permission;
import io.maas.http.internal.route.Route;
import io.maas.http.internal.route.VisibleModels;
import io.maas.http.internal.wire.JsonAnswer;
import io.maas.http.internal.wire.JsonTensorWriter;
import io.maas.http.limits.BodyLimits;
import io.maas.model.ModelName;
import io.maas.model.ModelRef;
import io.maas.model.Names;
import io.maas.model.Signature;
import io.maas.predict.CallOptions;
import io.maas.repository.ModelVersion;
import io.maas.repository.RepositoryView;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;

/** Vectors of texts, from models that take texts and give vectors. Tokens are not counted: only the model knows them. */
public final class OpenAiRoutes {
    private final Maas maas;
    private final Predictors predictors;
    private final int limit;

    /** Creates them for a platform. */
    public OpenAiRoutes(Maas maas, Predictors predictors, BodyLimits limits) {
        this.maas = maas;
        this.predictors = predictors;
        this.limit = limits.json();
    }

    /** Returns the routes. */
    public List<Route> routes() {
        return List.of(
                new Route(
                                "POST",
                                "/v1/embeddings",
                                Permission.INVOKE,
                                (head, match) -> BodyPlan.whole(
                                        limit,
                                        (exchange, body) ->
                                                embed(exchange, EmbeddingRequest.read(body), match.caller())))
                        .forOwnModels(),
                new Route(
                                "GET",
                                "/v1/models",
                                Permission.READ,
                                (head, match) -> BodyPlan.none(exchange -> list(exchange, match.caller())))
                        .forOwnModels(),
                new Route(
                        "GET",
                        "/v1/models/{model}",
                        Permission.READ,
                        (head, match) -> BodyPlan.none(exchange -> show(exchange, ModelName.of(match.path(0))))));
    }

    private void embed(Exchange exchange, EmbeddingRequest request, Caller caller) {
        ModelRef ref = ModelRef.parse(request.model());
        caller.require(ref.name());
        Signature signature = predictors.signature(ref);
        requireTextsToVectors(signature, ref);
        Tensor texts = Tensor.of(request.texts().toArray(String[]::new));
        Tensors outputs = predictors
                .call(exchange, ref, Tensors.of(signature.inputs().get(0).name(), texts), CallOptions.defaults())
                .value();
        Tensor vectors = outputs.get(0);
        requireLength(request, vectors);
        JsonAnswer.send(exchange, json -> {
            json.writeStartObject();
            json.writeStringField("object", "list");
            json.writeArrayFieldStart("data");
            for (int i = 0; i < request.texts().size(); i++) {
                json.writeStartObject();
                json.writeStringField("object", "embedding");
                json.writeNumberField("index", i);
                json.writeFieldName("embedding");
                write(json, vectors.rows(i, i + 1), request.encoding());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeStringField("model", request.model());
            json.writeObjectFieldStart("usage");
            json.writeNumberField("prompt_tokens", 0);
            json.writeNumberField("total_tokens", 0);
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    private static void requireTextsToVectors(Signature signature, ModelRef ref) {
        boolean fits = signature.inputs().size() == 1
                && signature.inputs().get(0).type() == DataType.BYTES
                && signature.inputs().get(0).rank() == 1
                && signature.outputs().get(0).type().isFloating()
                && signature.outputs().get(0).rank() == 2;
        if (!fits) {
            throw new InvalidInputException(
                    ErrorCode.BAD_INPUT,
                    "embed with " + ref,
                    "it does not make vectors of texts, " + signature,
                    "name a model that does");
        }
    }

    private static void requireLength(EmbeddingRequest request, Tensor vectors) {
        long length = vectors.shape().dim(1);
        if (request.dimensions().isPresent() && request.dimensions().getAsInt() != length) {
            throw new InvalidInputException(
                    ErrorCode.BAD_INPUT,
                    "embed with " + request.model(),
                    "its vectors have " + length + " dimensions, and "
                            + request.dimensions().getAsInt() + " are asked for",
                    "ask for as many as it has");
        }
    }

    private static void write(JsonGenerator json, Tensor vector, EmbeddingRequest.Encoding encoding)
            throws IOException {
        switch (encoding) {
            case FLOAT -> JsonTensorWriter.writeFlat(json, vector);
            case BASE64 -> {
                float[] values = vector.toFloats();
                ByteBuffer bytes =
                        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(values);
                json.writeString(Base64.getEncoder().encodeToString(bytes.array()));
            }
        }
    }

    private void list(Exchange exchange, Caller caller) {
        RepositoryView view = maas.repository();
        JsonAnswer.send(exchange, json -> {
            json.writeStartObject();
            json.writeStringField("object", "list");
            json.writeArrayFieldStart("data");
            for (ModelName name : (Iterable<ModelName>) VisibleModels.all(view, caller)::iterator) {
                ModelVersion version = view.aliases(name).get(Names.PRODUCTION);
                if (version != null) {
                    write(json, version);
                }
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private void show(Exchange exchange, ModelName name) {
        ModelVersion version = maas.repository().resolve(new ModelRef.ByAlias(name, Names.PRODUCTION));
        JsonAnswer.send(exchange, json -> write(json, version));
    }

    private static void write(JsonGenerator json, ModelVersion version) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", version.name().value());
        json.writeStringField("object", "model");
        json.writeNumberField("created", version.registeredAt().getEpochSecond());
        json.writeStringField("owned_by", version.registeredBy());
        json.writeEndObject();
    }
}
