package io.maas.http.internal.platform;

import static io.maas.http.internal.platform.PlatformRoutes.MODEL;
import static io.maas.http.internal.platform.PlatformRoutes.VERSION;

import io.maas.Maas;
import io.maas.error.ConflictException;
import io.maas.error.ErrorCode;
import io.maas.http.internal.exchange.BodyPlan;
import io.maas.http.internal.exchange.Exchange;
import io.maas.http.internal.exchange.HttpProblem;
import io.maas.http.internal.route.Match;
import io.maas.http.internal.route.Permission;
import io.maas.http.internal.route.Route;
import io.maas.http.internal.wire.Json;
import io.maas.http.internal.wire.JsonAnswer;
import io.maas.http.internal.wire.JsonBytes;
import io.maas.http.limits.BodyLimits;
import io.maas.model.ModelName;
import io.maas.model.Names;
import io.maas.repository.ChangeOptions;
import io.maas.repository.Commit;
import io.maas.repository.ModelRepository;
import io.maas.repository.ModelVersion;
import io.maas.repository.PublishOptions;
import io.maas.repository.Release;
import io.maas.repository.RollbackOptions;
import io.maas.repository.Traffic;
import io.maas.repository.TrafficOptions;
import java.util.List;
import java.util.Optional;

/**
 * Changes what is published, and what versions are. Whoever asks is the actor. An {@code Idempotency-Key} makes a repeated request
 * the same change; {@code If-Match} makes it depend on what the client last saw.
 */
final class ChangeRoutes {
    private final ModelRepository repository;
    private final int limit;

    ChangeRoutes(Maas maas, BodyLimits limits) {
        this.repository = maas.repository();
        this.limit = limits.json();
    }

    /** Changes something. */
    @FunctionalInterface
    private interface Change {
        Commit make(Request request);
    }

    /** A change that is asked for. */
    private record Request(Exchange exchange, Match match, Fields fields) {
        ModelName model() {
            return ModelRoutes.name(match);
        }

        ChangeOptions options() {
            ChangeOptions options =
                    ChangeOptions.defaults().actor(match.caller().id());
            Optional<String> reason = fields.text("reason");
            options = reason.isPresent() ? options.reason(reason.get()) : options;
            Optional<String> token = Tokens.of(exchange, match.caller());
            options = token.isPresent() ? options.token(token.get()) : options;
            return fields.text("despite_hold").filter("true"::equals).isPresent() ? options.despiteHold() : options;
        }

        /** Why the gate is passed over, which would make approvals a matter of who asks. */
        Optional<String> force() {
            Optional<String> force = fields.text("force");
            force.ifPresent(why -> match.caller().require(Permission.ADMIN));
            return force;
        }

        String alias() {
            return fields.text("alias").orElse(Names.PRODUCTION);
        }
    }

    List<Route> routes() {
        return List.of(
                route("POST", MODEL + "/publish", Permission.PUBLISH, this::publish),
                route("POST", MODEL + "/rollback", Permission.PUBLISH, this::rollback),
                route("POST", MODEL + "/traffic", Permission.PUBLISH, this::traffic),
                route("POST", MODEL + "/unpublish", Permission.PUBLISH, this::unpublish),
                route(
                        "POST",
                        MODEL + "/hold",
                        Permission.PUBLISH,
                        asked -> repository.governance().hold(asked.model(), asked.options())),
                route(
                        "POST",
                        MODEL + "/unhold",
                        Permission.PUBLISH,
                        asked -> repository.governance().unhold(asked.model(), asked.options())),
                route(
                        "POST",
                        VERSION + "/deprecate",
                        Permission.PUBLISH,
                        asked -> repository.deprecate(version(asked), asked.options())),
                route(
                        "POST",
                        VERSION + "/yank",
                        Permission.PUBLISH,
                        asked -> repository.yank(version(asked), asked.options())),
                route(
                        "POST",
                        VERSION + "/reinstate",
                        Permission.PUBLISH,
                        asked -> repository.reinstate(version(asked), asked.options())),
                route(
                        "DELETE",
                        VERSION,
                        Permission.PUBLISH,
                        asked -> repository.delete(version(asked), asked.options())),
                route(
                        "POST",
                        VERSION + "/approve",
                        Permission.APPROVE,
                        asked -> repository.governance().approve(version(asked), asked.options())));
    }

    private Route route(String method, String template, Permission permission, Change change) {
        return new Route(method, template, permission, (head, match) -> plan(match, change));
    }

    private BodyPlan plan(Match match, Change change) {
        return Answers.change(limit, (exchange, fields) -> {
            Commit commit = change.make(new Request(exchange, match, fields));
            JsonAnswer.send(exchange, json -> {
                json.writeStartObject();
                json.writeStringField("model", match.path(0));
                Documents.fields(json, commit);
                json.writeEndObject();
            });
        });
    }

    private ModelVersion version(Request asked) {
        return ModelRoutes.resolve(repository, asked.match());
    }

    /** What is published: the version that is named, or else the newest. */
    private ModelVersion named(Request asked) {
        Optional<String> label = asked.fields().text("version");
        if (label.isPresent()) {
            return ModelRoutes.find(repository, asked.model(), label.get());
        }
        List<ModelVersion> versions = repository.versions(asked.model());
        return versions.get(versions.size() - 1);
    }

    private Commit publish(Request asked) {
        ModelVersion version = named(asked);
        Optional<Integer> weight = asked.fields().number("weight");
        if (weight.isPresent()) {
            return canary(asked, version, weight.get());
        }
        return guarded(asked, () -> {
            PublishOptions options = PublishOptions.to(asked.alias()).change(asked.options());
            Optional<String> expected = expected(asked);
            options = expected.isPresent() ? options.expecting(expected.get()) : options;
            Optional<String> force = asked.force();
            return repository.publish(version, force.isPresent() ? options.force(force.get()) : options);
        });
    }

    /** A share of the calls, in percent, for a version beside the one that is published. */
    private Commit canary(Request asked, ModelVersion version, int percent) {
        ModelVersion current = repository.aliases(asked.model()).get(asked.alias());
        if (percent < 1 || percent > 99 || current == null || current.version().equals(version.version())) {
            throw Json.unexpected(
                    "publish " + version + " to " + percent + " % of the calls",
                    current == null ? "nothing is published there yet" : "it must be a part, and another version",
                    "send a weight from 1 to 99 for a version that is not published, or none to publish it to all");
        }
        Traffic traffic = Traffic.none().share(current.version(), 100 - percent).share(version.version(), percent);
        return setTraffic(asked, traffic);
    }

    private Commit traffic(Request asked) {
        return setTraffic(asked, TrafficFields.read(asked.fields()));
    }

    private Commit setTraffic(Request asked, Traffic traffic) {
        return guarded(asked, () -> {
            TrafficOptions options = TrafficOptions.of(asked.alias()).change(asked.options());
            Optional<String> expected = expected(asked);
            options = expected.isPresent() ? options.expecting(expected.get()) : options;
            Optional<String> force = asked.force();
            return repository.setTraffic(
                    asked.model(), traffic, force.isPresent() ? options.force(force.get()) : options);
        });
    }

    private Commit rollback(Request asked) {
        return guarded(asked, () -> {
            RollbackOptions options = RollbackOptions.of(asked.alias()).change(asked.options());
            Optional<String> expected = expected(asked);
            options = expected.isPresent() ? options.expecting(expected.get()) : options;
            Optional<String> version = asked.fields().text("version");
            return repository.rollback(asked.model(), version.isPresent() ? options.toVersion(version.get()) : options);
        });
    }

    /** As a release of one step, which is only made if the alias leads to what the client says. */
    private Commit unpublish(Request asked) {
        return guarded(
                asked,
                () -> repository.release(Release.of()
                        .and(new Release.Unpublish(asked.model(), asked.alias(), expected(asked)))
                        .options(asked.options())));
    }

    // ---- preconditions

    /**
     * What the alias must lead to for the change to be made. {@code If-Match} is compared with the model as it is; since it may change
     * until the commit, what the alias leads to now is compared again there.
     */
    private Optional<String> expected(Request asked) {
        Optional<String> tag = asked.exchange().headers().first("If-Match");
        if (tag.isEmpty()) {
            return asked.fields().text("expected");
        }
        // before the tag: what changes in between is refused
        Optional<ModelVersion> version =
                Optional.ofNullable(repository.aliases(asked.model()).get(asked.alias()));
        String current = Answers.tag(JsonBytes.of(ModelRoutes.model(repository, asked.model())));
        if (!tag.get().equals("*") && !tag.get().equals(current)) {
            throw stale(asked, "its entity tag is " + current + " now");
        }
        return version.map(ModelVersion::version);
    }

    private static HttpProblem stale(Request asked, String why) {
        return new HttpProblem(
                412,
                ErrorCode.STALE.id(),
                "Cannot change " + asked.model() + ": it is not as If-Match says, " + why + "; look at it again");
    }

    /** Something that changes only if the model is as the client says. */
    @FunctionalInterface
    private interface Guarded {
        Commit make();
    }

    private static Commit guarded(Request asked, Guarded change) {
        try {
            return change.make();
        } catch (ConflictException e) {
            if (e.code() == ErrorCode.STALE
                    && asked.exchange().headers().first("If-Match").isPresent()) {
                throw stale(asked, "somebody changed it meanwhile");
            }
            throw e;
        }
    }
}
