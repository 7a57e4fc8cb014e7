package io.maas.http.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.Packages;
import io.maas.model.Manifest;
import io.maas.model.Manifest.Role;
import io.maas.repository.PackageSource;
import io.maas.testkit.python.PythonPackages;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that others wrote, against the packaged server. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PythonClientsIT {
    private static final Path DIGITS = ServerProcess.REPOSITORY.resolve(Path.of("examples", "models", "digits", "v2"));

    @TempDir
    private Path folder;

    private static PythonPackages clients() throws IOException {
        return PythonPackages.installed(
                "http-clients-2",
                List.of(
                        "requests==2.34.2",
                        "tritonclient[http]==2.73.0",
                        "openai==3.57.0",
                        "openapi-spec-validator==0.9.0"),
                List.of("-c", "import requests, tritonclient.http, openai, openapi_spec_validator"));
    }

    private ServerProcess server() throws IOException {
        String jar = System.getProperty("maas.server.jar", "target/maas-server.jar");
        return new ServerProcess("java -jar " + jar + " --store models --port 8080", folder);
    }

    private static void runs(PythonPackages python, String script, Object... arguments) throws IOException {
        Path file = Path.of("src", "test", "resources", "clients", script);
        Object[] all = new Object[arguments.length + 1];
        all[0] = ServerProcess.REPOSITORY.resolve("maas-http-adapter").resolve(file);
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        PythonPackages.Result result = python.run(all);
        assertThat(result.status()).as(result.output()).isZero();
        assertThat(result.output()).endsWith("passed\n");
    }

    /** Registers and publishes a package, as any client would. */
    private static void serve(ServerProcess server, PackageSource source, Path zip)
            throws IOException, InterruptedException {
        Packages.writeZip(source, zip);
        post(server.address() + "/api/v1/models", HttpRequest.BodyPublishers.ofFile(zip));
        String name = String.valueOf(zip.getFileName()).replace(".zip", "");
        post(server.address() + "/api/v1/models/" + name + "/publish", HttpRequest.BodyPublishers.noBody());
    }

    private static void post(String uri, HttpRequest.BodyPublisher body) throws IOException, InterruptedException {
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(uri)).POST(body).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isBetween(200, 201);
    }

    private static PackageSource miniLm() throws IOException {
        return PackageSource.builder(Manifest.builder("minilm", "onnx")
                        .before("tokenize", Map.of())
                        .after("mean-pool", Map.of("input", "last_hidden_state", "output", "embedding"))
                        .after("l2-normalize", Map.of("input", "embedding"))
                        .build())
                .file("model.onnx", Role.WEIGHTS, resource("/all-minilm-l6-v2-q.onnx"))
                .file("tokenizer.json", Role.CONFIG, resource("/all-minilm-l6-v2-q-tokenizer.json"))
                .build();
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(PythonClientsIT.class.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        }
    }

    @Test
    void callsOfTheUsersDocumentWorkUnchanged() throws IOException {
        PythonPackages python = clients();
        try (ServerProcess server = server()) {
            runs(python, "document.py", server.address(), DIGITS.resolve("model.onnx"));
        }
    }

    @Test
    void tritonsAndOpenAisClientsWorkUnchanged() throws IOException, InterruptedException {
        PythonPackages python = clients();
        try (ServerProcess server = server()) {
            serve(server, PackageSource.directory(DIGITS), folder.resolve("digits.zip"));
            serve(server, miniLm(), folder.resolve("minilm.zip"));
            runs(python, "triton.py", server.address());
            runs(python, "openai_vectors.py", server.address());
            assertThat(Files.exists(folder.resolve("models"))).isTrue();
            server.end();
        }
    }

    @Test
    void anIndependentValidatorAcceptsTheOpenApiDocument() throws IOException {
        PythonPackages python = clients();
        Path document = ServerProcess.REPOSITORY.resolve(
                Path.of("maas-http-adapter", "src", "main", "resources", "io", "maas", "http", "openapi.json"));
        PythonPackages.Result result = python.run("-m", "openapi_spec_validator", document);
        assertThat(result.status()).as(result.output()).isZero();
        assertThat(result.output()).contains("OK");
    }
}
