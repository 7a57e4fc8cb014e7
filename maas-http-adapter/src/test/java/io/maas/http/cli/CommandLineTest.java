package io.maas.http.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.maas.http.Provider;
import io.maas.repository.AccessSecret;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands, on a folder and a real model. */
class CommandLineTest {
    private static final Path DIGITS = Path.of("..", "examples", "models", "digits");

    @TempDir
    private Path folder;

    private String store = "";

    @BeforeEach
    void store() {
        store = folder.resolve("store").toString();
    }

    /** What a command printed and how it ended. */
    private record Ended(int code, String out, String err) {
        JsonNode json() {
            try {
                return new ObjectMapper().readTree(out);
            } catch (IOException e) {
                throw new IllegalStateException("not JSON: " + out, e);
            }
        }
    }

    /** Keeps what this host remembers out of the user's cache. */
    private Ended run(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        if (!all.contains("--config")) {
            all.addAll(List.of("--config", config("").toString()));
        }
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(new PrintWriter(out), new PrintWriter(err), all.toArray(String[]::new));
        return new Ended(code, out.toString(), err.toString());
    }

    private Path config(String more) {
        try {
            return Files.writeString(
                    folder.resolve("maas.properties"), "cache=" + folder.resolve("cache") + "\n" + more);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Ended onStore(String command, String... args) {
        List<String> all = new ArrayList<>(List.of(command, "--store", store, "--json"));
        all.addAll(List.of(args));
        return run(all.toArray(String[]::new));
    }

    private void registered(String... versions) {
        for (String version : versions) {
            assertThat(onStore("register", DIGITS.resolve(version).toString()).code())
                    .isZero();
        }
    }

    @Test
    void aModelIsRegisteredPublishedAndRolledBack() {
        registered("v1", "v2");
        Ended first = onStore("publish", "digits", "1", "--reason", "the first", "--actor", "on-call");
        assertThat(first.code()).as(first.err()).isZero();
        assertThat(first.json().get("actor").asText()).isEqualTo("on-call");
        assertThat(onStore("publish", "digits", "2", "--expect", "1").code()).isZero();
        Ended back = run("rollback", "digits", "--store", store);
        assertThat(back.out()).startsWith("rolled back production of digits in commit");
        JsonNode history = onStore("history", "digits").json();
        assertThat(history).hasSize(3);
        assertThat(run("history", "digits", "--store", store).out())
                .contains("- -> 1", "1 -> 2", "2 -> 1", "the first");
    }

    @Test
    void whatStandsAgainstAChangeIsToldByItsExitCode() {
        registered("v1");
        assertThat(onStore("publish", "digits", "7").code()).isEqualTo(3);
        assertThat(onStore("publish", "Digits!", "1").err()).contains("invalid-name");
        assertThat(onStore("hold", "digits", "--reason", "audit").code()).isZero();
        Ended refused = onStore("publish", "digits", "1");
        assertThat(refused.err()).contains("[on-hold]");
        assertThat(refused.code()).isEqualTo(4);
        assertThat(onStore("publish", "digits", "1", "--despite-hold").code()).isZero();
        assertThat(onStore("unhold", "digits").code()).isZero();
        assertThat(run("publish").code()).isEqualTo(2);
        assertThat(run("status").err()).contains("--store").doesNotContain("Usage");
        assertThat(run("status", "--store", folder.resolve("nowhere").toString())
                        .code())
                .isEqualTo(5);
        assertThat(run("dance").code()).isEqualTo(2);
    }

    @Test
    void registriesAreCopiedAndModelsDelivered() {
        registered("v1");
        onStore("publish", "digits", "1");
        String copy = folder.resolve("copy").toString();
        assertThat(onStore("copy", copy).json().get("commits").asInt()).isPositive();
        assertThat(onStore("verify").json().get("intact").asBoolean()).isTrue();
        String file = folder.resolve("digits.maas").toString();
        assertThat(onStore("export", "digits", file).code()).isZero();
        store = folder.resolve("elsewhere").toString();
        assertThat(onStore("import", file, "--with-aliases")
                        .json()
                        .get(0)
                        .get("model")
                        .asText())
                .isEqualTo("digits");
        assertThat(onStore("history", "digits").json()).hasSize(1);
    }

    @Test
    void theAuditLogIsPrinted() throws IOException {
        registered("v1");
        assertThat(run("audit", "--store", store).out().lines().findFirst().orElseThrow())
                .contains("commit");
        Path file = folder.resolve("audit.jsonl");
        assertThat(run("audit", "--store", store, "--format", "json_lines", "--out", file.toString())
                        .code())
                .isZero();
        assertThat(Files.readString(file)).contains("\"register\"");
    }

    @Test
    void damageIsFound() throws IOException {
        registered("v1", "v2"); // whoever comes after says what was before
        try (var files = Files.walk(Path.of(store))) {
            Path commit = files.filter(path -> path.toString().contains("/log/") && Files.isRegularFile(path))
                    .min(java.util.Comparator.naturalOrder())
                    .orElseThrow();
            byte[] bytes = Files.readAllBytes(commit);
            bytes[bytes.length / 2] ^= 1;
            commit.toFile().setWritable(true);
            Files.write(commit, bytes);
        }
        Ended found = onStore("verify");
        assertThat(found.code()).isEqualTo(10);
        assertThat(found.json().get("findings")).isNotEmpty();
    }

    @Test
    void theDoctorLooksAtMachineEngineAndStore() {
        registered("v1");
        Ended healthy = onStore("doctor");
        assertThat(healthy.json())
                .extracting(finding -> finding.get("subject").asText())
                .contains("java", "system", "natives folder", "engine djl-onnx", "store", "log");
        assertThat(healthy.code()).as(healthy.out()).isZero();
        Ended sick = run("doctor", "--store", "/proc/no-such-store");
        assertThat(sick.code()).isEqualTo(10);
        assertThat(sick.out()).contains("BAD", "->");
    }

    @Test
    void optionsComeFromAFileAsWell() {
        registered("v1");
        assertThat(run(
                                "history",
                                "digits",
                                "--config",
                                config("store=" + store + "\n").toString())
                        .code())
                .isZero();
        assertThat(run("history", "digits", "--config", folder.resolve("none").toString())
                        .code())
                .isEqualTo(3);
    }

    @Test
    void helpAndVersionAreThere() {
        assertThat(run("--help").out()).contains("doctor", "rollback");
        assertThat(run("--version").out()).startsWith("maas ");
    }

    private Ended keys(String... args) {
        List<String> all = new ArrayList<>(List.of("keys"));
        all.addAll(List.of(args));
        all.addAll(List.of("--store", store, "--json"));
        return run(all.toArray(String[]::new));
    }

    @Test
    void keysAreGrantedListedAndRevoked() {
        registered("v1");
        Ended granted = keys("grant", "shop", "--role", "invoker,reader", "--model", "digits");
        assertThat(granted.code()).as(granted.err()).isZero();
        String secret = granted.json().get("key").asText();
        String id = granted.json().get("id").asText();
        assertThat(AccessSecret.read(secret).orElseThrow().id()).isEqualTo(id);

        Ended listed = keys("list");
        assertThat(listed.json().at("/keys/0/label").asText()).isEqualTo("shop");
        assertThat(listed.out()).doesNotContain(secret);
        assertThat(run("keys", "list", "--store", store).out())
                .startsWith(id + "  shop: ")
                .contains("invoker", "reader", "digits");

        assertThat(keys("revoke", id, "--reason", "the shop closed").code()).isZero();
        assertThat(run("keys", "list", "--store", store).out()).isEqualTo("no keys" + System.lineSeparator());
        assertThat(keys("revoke", id).code()).isEqualTo(3);
        assertThat(keys("grant", "shop", "--role", "king").code()).isEqualTo(2);
    }

    @Test
    void aServerAsksForWhatItsOptionsSay() throws Exception {
        registered("v1");
        List<String> options = List.of("--auth", "keys,oidc", "--oidc-role", "analysts=reader", "--caller-rate", "0.5");
        try (Provider provider = new Provider();
                ServingCommand command =
                        new ServingCommand(store, config("port=0\noidc-issuer=" + provider.issuer()), options)) {
            assertThat(command.line()).contains("the first key");
            String address = command.line().replaceFirst(".* on ", "");
            assertThat(command.ask(address, "")).isEqualTo(401);
            assertThat(command.ask(address, provider.token(Instant.now(), "reader")))
                    .isEqualTo(403);
            assertThat(command.ask(
                            address, provider.token(Instant.now(), claims -> claims.subject("grace"), "analysts")))
                    .isEqualTo(200);
            assertThat(command.ask(
                            address, provider.token(Instant.now(), claims -> claims.subject("grace"), "analysts")))
                    .isEqualTo(429);
        }
    }

    @Test
    void optionsThatDoNotGoTogetherAreRefused() {
        registered("v1");
        assertThat(run("serve", "--store", store, "--auth", "oidc").err()).contains("--oidc-issuer");
        assertThat(run("serve", "--store", store, "--auth", "none,keys").code()).isEqualTo(3);
        assertThat(run("serve", "--store", store, "--auth", "oidc", "--oidc-issuer", "http://example.org")
                        .err())
                .contains("https://");
        assertThat(run("serve", "--store", store, "--caller-rate", "0").code()).isEqualTo(3);
    }
}
