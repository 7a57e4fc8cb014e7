package io.maas.http.internal.inference;

import io.maas.Maas;
import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.http.internal.exchange.BodyPlan;
import io.maas.http.internal.exchange.Exchange;
import io.maas.http.internal.exchange.HttpProblem;
import io.maas.http.internal.exchange.Refusals;
import io.maas.http.internal.route.Caller;
import io.maas.http.internal.route.Match;
import io.maas.http.internal.route.Permission;
import io.maas.http.internal.route.Route;
import io.maas.http.internal.route.RouteHandler;
import io.maas.http.internal.wire.JsonAnswer;
import io.maas.http.limits.BodyLimits;
import io.maas.model.ModelRef;
import io.maas.predict.CallOptions;
import io.maas.predict.Prediction;
import io.maas.tensor.Tensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** The routes of the protocol. */
public final class InferenceRoutes {
    private static final String MODEL = "/v2/models/{model}";
    private static final String VERSION = MODEL + "/versions/{version}";
    private static final String JSON_BYTES = "Inference-Header-Content-Length";

    private final Predictors predictors;
    private final ModelDescriptions models;
    private final RepositoryIndex repository;
    private final Statistics statistics;
    private final BodyLimits limits;

    /** Creates them for a platform. */
    public InferenceRoutes(Maas maas, Predictors predictors, BodyLimits limits) {
        this.predictors = predictors;
        this.limits = limits;
        this.models = new ModelDescriptions(maas, predictors);
        this.repository = new RepositoryIndex(maas);
        this.statistics = new Statistics(maas);
    }

    /** Returns the routes. */
    public List<Route> routes() {
        List<Route> routes = new ArrayList<>();
        routes.add(new Route("GET", "/v2", Permission.NONE, (exchange, path) -> answer(models::server)));
        ofModel(routes, "GET", "", Permission.READ, (exchange, ref) -> answer(() -> models.metadata(ref)));
        ofModel(routes, "GET", "/ready", Permission.READ, (exchange, ref) -> ready(ref));
        ofModel(routes, "POST", "/infer", Permission.INVOKE, this::infer);
        ofModel(routes, "GET", "/stats", Permission.READ, (exchange, ref) -> answer(() -> statistics.of(ref)));
        routes.add(new Route(
                        "GET",
                        "/v2/models/stats",
                        Permission.READ,
                        (e, path) -> answer(() -> statistics.all(path.caller())))
                .forOwnModels());
        routes.add(new Route("POST", "/v2/repository/index", Permission.READ, (e, path) -> index(path.caller()))
                .forOwnModels());
        routes.add(new Route("POST", "/v2/repository/models/{model}/load", Permission.INVOKE, this::load));
        routes.add(new Route("POST", "/v2/repository/models/{model}/unload", Permission.INVOKE, this::unload));
        return routes;
    }

    private static void ofModel(
            List<Route> routes,
            String method,
            String what,
            Permission permission,
            BiFunction<Exchange, ModelRef, BodyPlan> handler) {
        RouteHandler current = (exchange, path) -> handler.apply(exchange, ModelRefs.of(path.path(0)));
        RouteHandler version = (exchange, path) -> handler.apply(exchange, ModelRefs.of(path.path(0), path.path(1)));
        routes.add(new Route(method, MODEL + what, permission, current));
        routes.add(new Route(method, VERSION + what, permission, version));
    }

    /** Makes the body of an answer. */
    @FunctionalInterface
    private interface Body {
        byte[] make() throws IOException;
    }

    private static BodyPlan answer(Body body) {
        return BodyPlan.none(exchange -> JsonAnswer.send(exchange, asInProtocol(body)));
    }

    /** The protocol has 400 for what is there and cannot answer. */
    private static byte[] asInProtocol(Body body) throws IOException {
        try {
            return body.make();
        } catch (MaasException e) {
            throw notReady(e).orElseThrow(() -> e);
        }
    }

    private static Optional<HttpProblem> notReady(MaasException e) {
        boolean notReady = e.code() == ErrorCode.MODEL_UNAVAILABLE || e.code() == ErrorCode.UNKNOWN_ALIAS;
        return notReady
                ? Optional.of(new HttpProblem(400, e.code().id(), String.valueOf(e.getMessage())))
                : Optional.empty();
    }

    private BodyPlan ready(ModelRef ref) {
        return BodyPlan.none(exchange -> {
            asInProtocol(() -> {
                predictors.signature(ref);
                return new byte[0];
            });
            exchange.send();
        });
    }

    // ---- inference

    private BodyPlan infer(Exchange head, ModelRef ref) {
        Optional<String> jsonBytes = head.headers().first(JSON_BYTES);
        int limit = jsonBytes.isPresent() ? limits.binary() : limits.json();
        if (jsonBytes
                .flatMap(InferenceRoutes::decimal)
                .filter(bytes -> bytes > limits.json())
                .isPresent()) {
            throw Refusals.tooLarge(limits.json());
        }
        return BodyPlan.whole(
                limit, (exchange, body) -> infer(exchange, ref, InferReader.read(body, jsonBytes(jsonBytes, body))));
    }

    private static int jsonBytes(Optional<String> header, ByteBuffer body) {
        if (header.isEmpty()) {
            return body.remaining();
        }
        Optional<Long> length = decimal(header.get());
        if (length.isEmpty() || length.get() > body.remaining()) {
            throw new HttpProblem(
                    400,
                    "bad-header",
                    "Cannot read the request: its " + JSON_BYTES + " is no length within the body, which has "
                            + body.remaining() + " bytes; send how many of these are JSON, before compression");
        }
        return length.get().intValue();
    }

    private static Optional<Long> decimal(String text) {
        boolean digits = !text.isEmpty() && text.length() <= 10 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits ? Optional.of(Long.valueOf(text)) : Optional.empty();
    }

    private void infer(Exchange exchange, ModelRef ref, InferRequest request) throws IOException {
        Prediction<Tensors> prediction;
        try {
            prediction = predictors.call(exchange, ref, request.inputs(), options(request));
        } catch (MaasException e) {
            if (e.code() == ErrorCode.CANCELLED || e.code() == ErrorCode.DEADLINE_EXCEEDED) {
                exchange.keepBody(); // whoever leaves early leaves an engine behind that may still read it
            }
            throw notReady(e).<RuntimeException>map(refusal -> refusal).orElse(e);
        }
        InferAnswer answer = InferAnswer.of(request, prediction.receipt(), prediction.value());
        if (answer.binary().isEmpty()) {
            JsonAnswer.send(exchange, answer.json());
            return;
        }
        exchange.header("Content-Type", "application/octet-stream")
                .header(JSON_BYTES, Integer.toString(answer.json().length()))
                .send(answer.length(), answer.parts());
    }

    private static CallOptions options(InferRequest request) {
        return new CallOptions(request.timeout(), request.id(), request.key(), request.priority(), Optional.empty());
    }

    // ---- repository

    private BodyPlan index(Caller caller) {
        return BodyPlan.whole(
                limits.json(), (exchange, body) -> JsonAnswer.send(exchange, repository.index(body, caller)));
    }

    private BodyPlan load(Exchange head, Match path) {
        ModelRef ref = ModelRefs.of(path.path(0));
        return ignoringBody(exchange -> {
            asInProtocol(() -> {
                predictors.signature(ref);
                return new byte[0];
            });
            exchange.send();
        });
    }

    private BodyPlan unload(Exchange head, Match path) {
        ModelRef ref = ModelRefs.of(path.path(0));
        return ignoringBody(exchange -> {
            predictors.forget(ref);
            exchange.send();
        });
    }

    /** Clients may send parameters, none of which mean anything here. */
    private BodyPlan ignoringBody(BodyPlan.Answer answer) {
        return BodyPlan.whole(limits.json(), (exchange, body) -> answer.answer(exchange));
    }
}
