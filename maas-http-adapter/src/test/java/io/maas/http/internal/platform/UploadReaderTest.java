package io.maas.http.internal.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.http.internal.exchange.Exchange;
import io.maas.http.internal.exchange.Headers;
import io.maas.http.internal.exchange.HttpProblem;
import io.maas.http.internal.exchange.QueryParameters;
import io.maas.http.internal.jetty.JettyParts;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is sent beside a file stays small, however much of it comes, and what is sent as the file is one file. */
class UploadReaderTest {
    private static final String PARTS = "multipart/form-data; boundary=b";

    private record ContentType(String type) implements Headers {
        @Override
        public Optional<String> first(String name) {
            return Optional.of(type);
        }

        @Override
        public List<String> all(String name) {
            return List.of(type);
        }

        @Override
        public void forEach(BiConsumer<String, String> reader) {
            reader.accept("Content-Type", type);
        }
    }

    private static Upload receive(String contentType, InputStream body) throws IOException {
        Exchange exchange = (Exchange) Proxy.newProxyInstance(
                Exchange.class.getClassLoader(), new Class<?>[] {Exchange.class}, (proxy, method, arguments) -> {
                    return method.getName().equals("query")
                            ? QueryParameters.parse("name=from-query&other=x")
                            : new ContentType(contentType);
                });
        return new UploadReader(new JettyParts()).receive(exchange, body);
    }

    private static Upload form(String body) throws IOException {
        return receive("application/json", new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
    }

    private static Upload parts(String... parts) throws IOException {
        String body = List.of(parts).stream()
                .map(part -> "--b\r\nContent-Disposition: form-data; " + part + "\r\n")
                .collect(Collectors.joining("", "", "--b--\r\n"));
        return receive(PARTS, new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
    }

    private static String many(int count, IntFunction<String> field) {
        return IntStream.range(0, count).mapToObj(field).collect(Collectors.joining("&"));
    }

    @Test
    void aFormsFileIsJoinedOfItsPieces() throws IOException {
        try (Upload upload = form("version=2&model=a%0A&model=b%2Bc&reason=so+it+is&model=d")) {
            assertThat(upload.file()).hasContent("a\nb+cd");
            assertThat(upload.said("version")).hasValue("2");
            assertThat(upload.said("reason")).hasValue("so it is");
            assertThat(upload.said("name")).hasValue("from-query");
        }
    }

    @Test
    void whatNobodyAsksForIsNotKept() throws IOException {
        try (Upload upload = form("model=a&colour=red")) {
            assertThat(upload.said("colour")).isEmpty();
            assertThat(upload.said("other")).isEmpty();
        }
    }

    @Test
    void aFormOfThousandsOfFieldsIsRefused() {
        assertThatThrownBy(() -> form(many(5_000, i -> "field" + i + "=x") + "&model=a"))
                .isInstanceOf(HttpProblem.class)
                .hasMessageContaining("more than 64 fields");
    }

    @Test
    void aFormWhoseFieldsAreLargeTogetherIsRefused() {
        assertThatThrownBy(() -> form(many(5, i -> "field" + i + "=" + "x".repeat(60_000)) + "&model=a"))
                .isInstanceOf(HttpProblem.class)
                .hasMessageContaining("have more than 262144 bytes");
    }

    @Test
    void partsWhichAreLargeTogetherAreRefused() {
        String part = "name=\"field\"\r\n\r\n" + "x".repeat(60_000);
        assertThatThrownBy(() -> parts(part, part, part, part, part))
                .isInstanceOf(HttpProblem.class)
                .hasMessageContaining("have more than 262144 bytes");
    }

    @Test
    void aFormWithTwoFilesIsRefused() {
        assertThatThrownBy(() -> form("model=a&file=b"))
                .isInstanceOf(HttpProblem.class)
                .hasMessageContaining("a second file in it, file");
    }

    @Test
    void partsWithTwoFilesAreRefused() {
        String file = "name=\"model\"; filename=\"a.onnx\"\r\n\r\na";
        assertThatThrownBy(() -> parts(file, "name=\"card\"; filename=\"card.md\"\r\n\r\nb"))
                .isInstanceOf(HttpProblem.class)
                .hasMessageContaining("a second file in it, card");
        assertThatThrownBy(() -> parts(file, file))
                .isInstanceOf(HttpProblem.class)
                .hasMessageContaining("a second file in it, model");
    }

    @Test
    void partsOfOneNameThatAreNoFilesAreJoined() throws IOException {
        try (Upload upload = parts("name=\"model\"\r\n\r\nab", "name=\"model\"\r\n\r\nc")) {
            assertThat(Files.readString(upload.file())).isEqualTo("abc");
        }
    }
}
