package io.maas.http.internal.platform;

import static io.maas.http.internal.platform.PlatformRoutes.MODEL;
import static io.maas.http.internal.platform.PlatformRoutes.VERSION;

import io.maas.Maas;
import io.maas.http.internal.exchange.BodyPlan;
import io.maas.http.internal.route.Match;
import io.maas.http.internal.route.Permission;
import io.maas.http.internal.route.Route;
import io.maas.http.internal.wire.Json;
import io.maas.http.internal.wire.JsonAnswer;
import io.maas.http.limits.BodyLimits;
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
    private final Repeatable repeatable;
    private final int limit;

    ChangeRoutes(Maas maas, BodyLimits limits) {
        this.repository = maas.repository();
        this.repeatable = new Repeatable(repository);
        this.limit = limits.json();
    }

    /** Changes something. */
    @FunctionalInterface
    private interface Change {
        Commit make(ChangeRequest asked);
    }

    List<Route> routes() {
        return List.of(
                route("POST", MODEL + "/publish", Permission.PUBLISH, this::publish),
                route("POST", MODEL + "/rollback", Permission.PUBLISH, this::rollback),
                route("POST", MODEL + "/traffic", Permission.PUBLISH, this::traffic),
                route("POST", MODEL + "/unpublish", Permission.PUBLISH, this::unpublish),
                plain(
                        "POST",
                        MODEL + "/hold",
                        Permission.PUBLISH,
                        asked -> repository.governance().hold(asked.model(), asked.options())),
                plain(
                        "POST",
                        MODEL + "/unhold",
                        Permission.PUBLISH,
                        asked -> repository.governance().unhold(asked.model(), asked.options())),
                plain(
                        "POST",
                        VERSION + "/deprecate",
                        Permission.PUBLISH,
                        asked -> repository.deprecate(version(asked), asked.options())),
                plain(
                        "POST",
                        VERSION + "/yank",
                        Permission.PUBLISH,
                        asked -> repository.yank(version(asked), asked.options())),
                plain(
                        "POST",
                        VERSION + "/reinstate",
                        Permission.PUBLISH,
                        asked -> repository.reinstate(version(asked), asked.options())),
                plain(
                        "DELETE",
                        VERSION,
                        Permission.PUBLISH,
                        asked -> repository.delete(version(asked), asked.options())),
                plain(
                        "POST",
                        VERSION + "/approve",
                        Permission.APPROVE,
                        asked -> repository.governance().approve(version(asked), asked.options())));
    }

    /** One that does not heed what the client last saw. */
    private Route plain(String method, String template, Permission permission, Change change) {
        return route(method, template, permission, asked -> {
            asked.requireUnconditional();
            return change.make(asked);
        });
    }

    private Route route(String method, String template, Permission permission, Change change) {
        return new Route(method, template, permission, (head, match) -> plan(match, change));
    }

    private BodyPlan plan(Match match, Change change) {
        return Answers.change(limit, (exchange, fields) -> {
            Commit commit = change.make(new ChangeRequest(exchange, match, fields));
            JsonAnswer.send(exchange, json -> {
                json.writeStartObject();
                json.writeStringField("model", match.path(0));
                Documents.fields(json, commit);
                json.writeEndObject();
            });
        });
    }

    private ModelVersion version(ChangeRequest asked) {
        return ModelRoutes.resolve(repository, asked.match());
    }

    /** What is published: the version that is named, or else the newest. */
    private ModelVersion named(ChangeRequest asked, Basis basis) {
        return asked.fields()
                .text("version")
                .map(label -> ModelRoutes.find(repository, asked.model(), label))
                .orElse(basis.newest());
    }

    private Commit publish(ChangeRequest asked) {
        return repeatable.make(asked, basis -> {
            ModelVersion version = named(asked, basis);
            Optional<Integer> weight = asked.fields().number("weight");
            if (weight.isPresent()) {
                return canary(asked, basis, version, weight.get());
            }
            PublishOptions options = PublishOptions.to(asked.alias()).change(asked.options());
            Optional<String> expected = asked.expected(basis);
            options = expected.isPresent() ? options.expecting(expected.get()) : options;
            Optional<String> force = asked.force();
            return repository.publish(version, force.isPresent() ? options.force(force.get()) : options);
        });
    }

    /** A share of the calls, in percent, for a version beside the one that is published, which must still be so by then. */
    private Commit canary(ChangeRequest asked, Basis basis, ModelVersion version, int percent) {
        Optional<String> current = basis.current();
        if (percent < 1 || percent > 99 || current.isEmpty() || current.get().equals(version.version())) {
            throw Json.unexpected(
                    "publish " + version + " to " + percent + " % of the calls",
                    current.isEmpty() ? "nothing is published there yet" : "it must be a part, and another version",
                    "send a weight from 1 to 99 for a version that is not published, or none to publish it to all");
        }
        Traffic traffic = Traffic.none().share(current.get(), 100 - percent).share(version.version(), percent);
        return setTraffic(asked, traffic, asked.expected(basis).or(() -> current));
    }

    private Commit traffic(ChangeRequest asked) {
        Traffic traffic = TrafficFields.read(asked.fields());
        return repeatable.make(asked, basis -> setTraffic(asked, traffic, asked.expected(basis)));
    }

    private Commit setTraffic(ChangeRequest asked, Traffic traffic, Optional<String> expected) {
        TrafficOptions options = TrafficOptions.of(asked.alias()).change(asked.options());
        options = expected.isPresent() ? options.expecting(expected.get()) : options;
        Optional<String> force = asked.force();
        return repository.setTraffic(asked.model(), traffic, force.isPresent() ? options.force(force.get()) : options);
    }

    private Commit rollback(ChangeRequest asked) {
        return repeatable.make(asked, basis -> {
            RollbackOptions options = RollbackOptions.of(asked.alias()).change(asked.options());
            Optional<String> expected = asked.expected(basis);
            options = expected.isPresent() ? options.expecting(expected.get()) : options;
            Optional<String> version = asked.fields().text("version");
            return repository.rollback(asked.model(), version.isPresent() ? options.toVersion(version.get()) : options);
        });
    }

    /** As a release of one step, which is only made if the alias leads to what the client says. */
    private Commit unpublish(ChangeRequest asked) {
        return repeatable.make(
                asked,
                basis -> repository.release(Release.of()
                        .and(new Release.Unpublish(asked.model(), asked.alias(), asked.expected(basis)))
                        .options(asked.options())));
    }
}
