package io.maas.http.internal.platform;

import static io.maas.http.internal.platform.PlatformRoutes.API;

import io.maas.Maas;
import io.maas.error.ConflictException;
import io.maas.error.ErrorCode;
import io.maas.http.internal.exchange.Exchange;
import io.maas.http.internal.exchange.HttpProblem;
import io.maas.http.internal.route.Match;
import io.maas.http.internal.route.Permission;
import io.maas.http.internal.route.Route;
import io.maas.http.internal.wire.Json;
import io.maas.http.internal.wire.JsonAnswer;
import io.maas.http.limits.BodyLimits;
import io.maas.model.ModelName;
import io.maas.repository.AccessGrant;
import io.maas.repository.AccessKey;
import io.maas.repository.AccessRole;
import io.maas.repository.AccessSecret;
import io.maas.repository.ChangeOptions;
import io.maas.repository.Commit;
import io.maas.repository.ModelRepository;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Grants, lists and revokes access keys. A secret is told once, in the answer to who asked for its key. */
final class KeyRoutes {
    private static final String KEYS = API + "/keys";

    private final ModelRepository repository;
    private final SecureRandom random = new SecureRandom();
    private final int limit;

    KeyRoutes(Maas maas, BodyLimits limits) {
        this.repository = maas.repository();
        this.limit = limits.json();
    }

    List<Route> routes() {
        return List.of(
                new Route(
                        "POST",
                        KEYS,
                        Permission.ADMIN,
                        (head, match) -> Answers.change(limit, (exchange, fields) -> grant(exchange, match, fields))),
                new Route("GET", KEYS, Permission.ADMIN, (head, match) -> Answers.look(this::list)),
                new Route(
                        "DELETE",
                        KEYS + "/{key}",
                        Permission.ADMIN,
                        (head, match) -> Answers.change(limit, (exchange, fields) -> revoke(exchange, match, fields))));
    }

    private void grant(Exchange exchange, Match match, Fields fields) {
        fields.requireOnly("label", "roles", "models", "until", "reason");
        AccessSecret secret = AccessSecret.random(random);
        AccessKey key = secret.key(fields.required("label"), roles(fields));
        if (fields.has("models")) { // a key for no model must not become one for all
            key = key.forModels(
                    fields.texts("models").stream().map(ModelName::of).toList());
        }
        Optional<String> until = fields.text("until");
        key = until.isPresent() ? key.validUntil(time(until.get())) : key;
        AccessGrant granted = grant(key, options(exchange, match, fields));
        exchange.status(201).header("Location", KEYS + "/" + key.id()).header("Cache-Control", "no-store");
        JsonAnswer.send(exchange, json -> {
            json.writeStartObject();
            json.writeStringField("key", secret.text());
            Documents.fields(json, granted);
            json.writeEndObject();
        });
    }

    /** Each has a secret of its own, also one that is asked for again: that of the first is told to nobody any more. */
    private AccessGrant grant(AccessKey key, ChangeOptions options) {
        try {
            return new AccessGrant(key, repository.governance().grant(key, options));
        } catch (ConflictException e) {
            Optional<AccessGrant> first = options.token()
                    .flatMap(repository::changeBy)
                    .flatMap(commit -> repository.accessKeys().stream()
                            .filter(grant -> grant.commit().equals(commit))
                            .findFirst());
            if (e.code() == ErrorCode.TOKEN_REUSED
                    && first.filter(grant -> isSame(grant.key(), key)).isPresent()) {
                String id = first.get().key().id();
                throw new HttpProblem(
                        409,
                        "key-granted",
                        "Cannot tell the secret again: the key " + id
                                + " was granted to an earlier request with this Idempotency-Key, and its secret told once; if"
                                + " nobody has it, revoke " + id + " and ask with another Idempotency-Key");
            }
            throw e;
        }
    }

    private static boolean isSame(AccessKey first, AccessKey asked) {
        return first.equals(
                new AccessKey(first.id(), asked.label(), first.secret(), asked.roles(), asked.models(), asked.until()));
    }

    private static AccessRole[] roles(Fields fields) {
        List<String> names = fields.texts("roles");
        return names.stream().map(KeyRoutes::role).toArray(AccessRole[]::new);
    }

    private static AccessRole role(String name) {
        return Arrays.stream(AccessRole.values())
                .filter(role -> Documents.lower(role).equals(name))
                .findFirst()
                .orElseThrow(() -> Json.unexpected(
                        "grant a key",
                        "there is no role '" + io.maas.model.Names.shown(name) + "'",
                        "use some of " + Arrays.toString(AccessRole.values()).toLowerCase(Locale.ROOT)));
    }

    private static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw Json.unexpected("read until", "it is no time", "send one such as 2026-01-31T12:00:00Z");
        }
    }

    private static ChangeOptions options(Exchange exchange, Match match, Fields fields) {
        ChangeOptions options = ChangeOptions.defaults().actor(match.caller().id());
        Optional<String> reason = fields.text("reason");
        options = reason.isPresent() ? options.reason(reason.get()) : options;
        Optional<String> token = Tokens.of(exchange, match.caller());
        return token.isPresent() ? options.token(token.get()) : options;
    }

    private void list(Exchange exchange) {
        int most = Answers.limit(exchange.query());
        Optional<String> cursor = exchange.query().first("cursor");
        List<AccessGrant> page = repository.accessKeys().stream()
                .filter(grant -> cursor.isEmpty() || grant.key().id().compareTo(cursor.get()) > 0)
                .limit(most)
                .toList();
        JsonAnswer.send(exchange, json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("keys");
            for (AccessGrant grant : page) {
                json.writeStartObject();
                Documents.fields(json, grant);
                json.writeEndObject();
            }
            json.writeEndArray();
            if (page.size() == most) {
                json.writeStringField("next", page.get(most - 1).key().id());
            }
            json.writeEndObject();
        });
    }

    private void revoke(Exchange exchange, Match match, Fields fields) {
        Commit commit = repository.governance().revoke(match.path(0), options(exchange, match, fields));
        JsonAnswer.send(exchange, json -> {
            json.writeStartObject();
            json.writeStringField("id", match.path(0));
            Documents.fields(json, commit);
            json.writeEndObject();
        });
    }
}
