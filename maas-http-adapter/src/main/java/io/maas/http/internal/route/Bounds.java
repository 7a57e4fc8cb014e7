package io.maas.http.internal.route;

import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.http.internal.exchange.BodyPlan;
import io.maas.http.internal.exchange.HttpProblem;
import io.maas.http.internal.exchange.Problem;
import io.maas.model.ModelName;
import io.maas.model.ModelRef;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keeps callers who are for some models from all others: they may not even learn that these are there. Messages of the platform
 * name what there is, which helps everybody else.
 */
final class Bounds {
    private Bounds() {}

    /** Refuses a request that is outside of what its caller is for. */
    static void check(Route route, List<String> values, Caller caller) {
        if (!caller.isBounded() || route.permission() == Permission.NONE) {
            return;
        }
        switch (route.reach()) {
            case MODEL -> caller.require(model(values.get(route.modelVariable())));
            case OWN -> {}
            case EVERYTHING ->
                throw forbidden("it is about more than the models that this caller is for, " + sorted(caller));
        }
    }

    private static List<String> sorted(Caller caller) {
        return caller.models().orElse(Set.of()).stream()
                .map(ModelName::value)
                .sorted()
                .toList();
    }

    /** Some paths have references such as {@code digits@staging} where others have names. */
    private static ModelName model(String text) {
        return ModelRef.parse(text).name();
    }

    static HttpProblem unknownModel() {
        return new HttpProblem(
                404,
                ErrorCode.UNKNOWN_MODEL.id(),
                "Cannot find the model: there is none of this name among those that this caller is for; name another");
    }

    static HttpProblem forbidden(String why) {
        return new HttpProblem(new Problem(
                403,
                "forbidden",
                "Cannot do this: " + why + "; ask an administrator",
                Map.of("WWW-Authenticate", "Bearer realm=\"maas\", error=\"insufficient_scope\"")));
    }

    /** Answers as a plan does, but says nothing of models that the caller is not for. */
    static BodyPlan discreet(BodyPlan plan, Caller caller) {
        if (!caller.isBounded()) {
            return plan;
        }
        if (plan instanceof BodyPlan.None none) {
            return new BodyPlan.None(
                    none.where(), exchange -> discreetly(() -> none.then().answer(exchange)));
        } else if (plan instanceof BodyPlan.Whole whole) {
            return new BodyPlan.Whole(
                    whole.limit(),
                    whole.where(),
                    (exchange, body) -> discreetly(() -> whole.then().answer(exchange, body)));
        } else if (plan instanceof BodyPlan.Streamed streamed) {
            return new BodyPlan.Streamed(
                    streamed.limit(),
                    (exchange, body) -> discreetly(() -> streamed.then().answer(exchange, body)));
        }
        return plan;
    }

    /** What may fail. */
    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    private static void discreetly(Step step) throws IOException {
        try {
            step.run();
        } catch (MaasException e) {
            throw hide(e);
        }
    }

    /** These are the two messages that name other models. */
    private static RuntimeException hide(MaasException e) {
        return switch (e.code()) {
            case UNKNOWN_MODEL -> unknownModel();
            case IN_USE ->
                new HttpProblem(
                        409,
                        e.code().id(),
                        "Cannot change it: an alias or a version needs it; unpublish it first, or ask an administrator");
            default -> e;
        };
    }
}
