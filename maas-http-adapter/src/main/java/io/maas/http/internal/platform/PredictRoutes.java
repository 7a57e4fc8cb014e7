package io.maas.http.internal.platform;

import static io.maas.http.internal.platform.PlatformRoutes.API;
import static io.maas.http.internal.platform.PlatformRoutes.MODEL;

import io.maas.Maas;
import io.maas.error.ConflictException;
import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.http.internal.exchange.BodyPlan;
import io.maas.http.internal.exchange.Exchange;
import io.maas.http.internal.exchange.HttpProblem;
import io.maas.http.internal.inference.ModelRefs;
import io.maas.http.internal.inference.Predictors;
import io.maas.http.internal.route.Caller;
import io.maas.http.internal.route.Permission;
import io.maas.http.internal.route.Route;
import io.maas.http.internal.route.RouteHandler;
import io.maas.http.internal.route.VisibleModels;
import io.maas.http.internal.wire.JsonAnswer;
import io.maas.http.limits.BodyLimits;
import io.maas.model.ModelName;
import io.maas.model.ModelRef;
import io.maas.model.Names;
import io.maas.predict.CallOptions;
import io.maas.predict.Prediction;
import io.maas.predict.Receipt;
import io.maas.repository.RepositoryView;
import io.maas.tensor.Tensors;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** Calls models with inputs as people write them. */
final class PredictRoutes {
    private final Maas maas;
    private final Predictors predictors;
    private final int limit;

    PredictRoutes(Maas maas, Predictors predictors, BodyLimits limits) {
        this.maas = maas;
        this.predictors = predictors;
        this.limit = limits.json();
    }

    List<Route> routes() {
        return List.of(
                predict("/predict"),
                predict(API + "/predict"),
                new Route(
                        "POST",
                        MODEL + "/call",
                        Permission.INVOKE,
                        (head, match) -> plan((exchange, body) -> call(exchange, body, match.path(0)))));
    }

    private Route predict(String path) {
        RouteHandler handler = (head, match) -> plan((exchange, body) -> predict(exchange, body, match.caller()));
        return new Route("POST", path, Permission.INVOKE, handler).forOwnModels();
    }

    private BodyPlan plan(BodyPlan.WholeAnswer answer) {
        return BodyPlan.whole(limit, answer);
    }

    /** Answers the bare value. */
    private void predict(Exchange exchange, ByteBuffer bytes, Caller caller) {
        PredictBody body = PredictBody.of(bytes);
        ModelRef ref = ref(body.model().orElseGet(() -> onlyModel(caller)), body.version());
        caller.require(ref.name());
        NamedInputs inputs = body.inputs(predictors.signature(ref));
        Prediction<Tensors> prediction = predictors.call(exchange, ref, inputs.tensors(), CallOptions.defaults());
        JsonAnswer.send(exchange, json -> inputs.write(json, prediction.value()));
    }

    /** Answers the value and where it comes from. */
    private void call(Exchange exchange, ByteBuffer bytes, String model) {
        PredictBody body = PredictBody.of(bytes);
        ModelRef ref = ref(model, body.version());
        NamedInputs inputs = body.inputs(published(ref));
        Prediction<Tensors> prediction = predictors.call(exchange, ref, inputs.tensors(), CallOptions.defaults());
        Receipt receipt = prediction.receipt();
        JsonAnswer.send(exchange, json -> {
            json.writeStartObject();
            json.writeFieldName("output");
            inputs.write(json, prediction.value());
            json.writeStringField("model", receipt.model().value());
            json.writeStringField("version", receipt.version());
            json.writeStringField("digest", receipt.digest().toString());
            json.writeEndObject();
        });
    }

    /** A model that is there and was never published is in the wrong state, rather than missing. */
    private io.maas.model.Signature published(ModelRef ref) {
        try {
            return predictors.signature(ref);
        } catch (MaasException e) {
            boolean unpublished = e.code() == ErrorCode.UNKNOWN_ALIAS
                    && !maas.repository().versions(ref.name()).isEmpty();
            throw unpublished
                    ? new ConflictException(
                            ErrorCode.UNKNOWN_ALIAS,
                            "call " + ref,
                            "no version of it is published",
                            "publish one, or name a version",
                            e)
                    : e;
        }
    }

    private static ModelRef ref(String model, Optional<String> version) {
        return version.isPresent() ? ModelRefs.of(model, version.get()) : ModelRefs.of(model);
    }

    /** The model that is meant if none is named: the only one in production. */
    private String onlyModel(Caller caller) {
        RepositoryView view = maas.repository();
        List<ModelName> published = VisibleModels.all(view, caller)
                .filter(name -> view.aliases(name).containsKey(Names.PRODUCTION))
                .limit(2)
                .toList();
        if (published.size() != 1) {
            throw new HttpProblem(
                    400,
                    "no-model",
                    "Cannot call a model: the request names none, and "
                            + (published.isEmpty() ? "none is published" : "several are published")
                            + "; send {\"model\": …, \"input\": …}");
        }
        return published.get(0).value();
    }
}
