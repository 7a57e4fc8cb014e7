package io.maas.http.internal.platform;

import io.maas.http.internal.exchange.Exchange;
import io.maas.http.internal.exchange.HttpProblem;
import io.maas.http.internal.route.Match;
import io.maas.http.internal.route.Permission;
import io.maas.model.ModelName;
import io.maas.model.Names;
import io.maas.repository.ChangeOptions;
import java.util.Optional;

/** A change that is asked for. */
record ChangeRequest(Exchange exchange, Match match, Fields fields) {
    private static final String CONDITION = "If-Match";

    ModelName model() {
        return ModelRoutes.name(match);
    }

    String alias() {
        return fields.text("alias").orElse(Names.PRODUCTION);
    }

    /** By what a repetition is known. */
    Optional<String> token() {
        return Tokens.of(exchange, match.caller());
    }

    ChangeOptions options() {
        ChangeOptions options = ChangeOptions.defaults().actor(match.caller().id());
        Optional<String> reason = fields.text("reason");
        options = reason.isPresent() ? options.reason(reason.get()) : options;
        Optional<String> token = token();
        options = token.isPresent() ? options.token(token.get()) : options;
        return fields.text("despite_hold").filter("true"::equals).isPresent() ? options.despiteHold() : options;
    }

    /** Why the gate is passed over, which would make approvals a matter of who asks. */
    Optional<String> force() {
        Optional<String> force = fields.text("force");
        force.ifPresent(why -> match.caller().require(Permission.ADMIN));
        return force;
    }

    /** What the model must be for the change to be made. */
    Optional<EntityTags> condition() {
        return EntityTags.of(exchange.headers(), CONDITION);
    }

    /**
     * What the alias must lead to for the change to be made. A condition is about more than that, and is looked at before; what the
     * alias led to then is compared again when the change is made.
     */
    Optional<String> expected(Basis basis) {
        return condition().isPresent() ? basis.current() : fields.text("expected");
    }

    /**
     * Refuses a condition on a route that does not heed it: a client that relies on it must not believe that it was met.
     *
     * @throws HttpProblem 400 if there is one
     */
    void requireUnconditional() {
        if (condition().isPresent()) {
            throw new HttpProblem(
                    400,
                    "bad-header",
                    "Cannot heed " + CONDITION
                            + " here: only publish, rollback, traffic and unpublish do; leave it out");
        }
    }
}
