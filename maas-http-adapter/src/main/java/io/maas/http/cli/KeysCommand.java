package io.maas.http.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.maas.Maas;
import io.maas.http.internal.platform.Documents;
import io.maas.model.ModelName;
import io.maas.repository.AccessGrant;
import io.maas.repository.AccessKey;
import io.maas.repository.AccessRole;
import io.maas.repository.AccessSecret;
import io.maas.repository.ChangeOptions;
import io.maas.repository.Commit;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "keys",
        description = "Lists, grants and revokes access keys, with which callers are let into servers.",
        mixinStandardHelpOptions = true,
        subcommands = {KeysCommand.ListKeys.class, KeysCommand.Grant.class, KeysCommand.Revoke.class})
final class KeysCommand {
    private KeysCommand() {}

    private static ChangeOptions because(@Nullable String reason) {
        return reason == null ? ChangeOptions.defaults() : ChangeOptions.because(reason);
    }

    @Command(
            name = "list",
            description = "Lists the keys that count, without secrets.",
            mixinStandardHelpOptions = true)
    static final class ListKeys implements Callable<Integer> {
        @Mixin
        private StoreOptions store = new StoreOptions();

        @Override
        public Integer call() {
            try (Maas maas = store.openToRead()) {
                List<AccessGrant> grants = maas.repository().accessKeys();
                store.tell(lines(grants), json -> write(json, grants));
                return 0;
            }
        }

        private static String lines(List<AccessGrant> grants) {
            return grants.isEmpty()
                    ? "no keys"
                    : grants.stream()
                            .map(grant -> line(grant.key()))
                            .collect(Collectors.joining(System.lineSeparator()));
        }

        private static String line(AccessKey key) {
            String roles = key.roles().stream().map(Documents::lower).collect(Collectors.joining(","));
            String models = key.models()
                    .map(names -> names.stream().map(ModelName::value).collect(Collectors.joining(",")))
                    .orElse("all models");
            String until = key.until().map(end -> ", until " + end).orElse("");
            return key.id() + "  " + key.label() + ": " + roles + ", " + models + until;
        }

        private static void write(JsonGenerator json, List<AccessGrant> grants) throws IOException {
            json.writeStartObject();
            json.writeArrayFieldStart("keys");
            for (AccessGrant grant : grants) {
                json.writeStartObject();
                Documents.fields(json, grant);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
    }

    @Command(name = "grant", description = "Makes a key, and prints it: once, here.", mixinStandardHelpOptions = true)
    static final class Grant implements Callable<Integer> {
        @Mixin
        private StoreOptions store = new StoreOptions();

        @Parameters(paramLabel = "LABEL", description = "Whose key it is.")
        private String label = "";

        @Option(
                names = "--role",
                required = true,
                split = ",",
                description = "What it lets its bearer do: reader, invoker, publisher, approver, admin.")
        private List<AccessRole> roles = new ArrayList<>();

        @Option(names = "--model", split = ",", description = "A model that it is for; for all unless given.")
        private List<String> models = new ArrayList<>();

        @Option(names = "--until", description = "When it ends, such as 2026-12-31T00:00:00Z; never unless given.")
        private @Nullable Instant until;

        @Option(names = "--reason", description = "Why, for the audit log.")
        private @Nullable String reason;

        @Override
        public Integer call() {
            AccessSecret secret = AccessSecret.random(new SecureRandom());
            AccessKey plain = secret.key(label, roles.toArray(AccessRole[]::new));
            AccessKey bounded = models.isEmpty()
                    ? plain
                    : plain.forModels(models.stream().map(ModelName::of).toList());
            AccessKey key = until == null ? bounded : bounded.validUntil(until);
            try (Maas maas = store.open()) {
                AccessGrant granted =
                        new AccessGrant(key, maas.repository().governance().grant(key, because(reason)));
                store.tell("the key, which is told only now: " + secret.text(), json -> {
                    json.writeStartObject();
                    json.writeStringField("key", secret.text());
                    Documents.fields(json, granted);
                    json.writeEndObject();
                });
                return 0;
            }
        }
    }

    @Command(name = "revoke", description = "Makes a key count no more.", mixinStandardHelpOptions = true)
    static final class Revoke implements Callable<Integer> {
        @Mixin
        private StoreOptions store = new StoreOptions();

        @Parameters(paramLabel = "ID", description = "The key's id, as the list has it.")
        private String id = "";

        @Option(names = "--reason", description = "Why, for the audit log.")
        private @Nullable String reason;

        @Override
        public Integer call() {
            try (Maas maas = store.open()) {
                Commit commit = maas.repository().governance().revoke(id, because(reason));
                store.tell("revoked " + id + " in commit " + commit.number(), json -> Documents.write(json, commit));
                return 0;
            }
        }
    }
}
