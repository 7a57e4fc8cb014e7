package io.maas.http.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

/** Packages that are larger than a server's heap of 128 MiB, which it takes nevertheless. Takes a minute, so once is enough. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@EnabledForJreRange(max = JRE.JAVA_17, disabledReason = "the baseline is tried; it takes a minute")
class LargeUploadIT {
    private static final int BLOCK = 1 << 20;
    private static final int MORE_THAN_FOUR_GIGABYTES = (4 << 10) + 1;
    /** What was uploaded, and what is stored. */
    private static final long NEEDED = 3L * BLOCK * MORE_THAN_FOUR_GIGABYTES;

    private static final int TWICE_THE_HEAP = 256;

    @TempDir
    private Path folder;

    /** Writes a body. */
    private interface Body {
        void write(OutputStream to) throws IOException;
    }

    private ServerProcess serve(Path temporary) throws IOException {
        return new ServerProcess(
                "java -jar maas-http-adapter/target/maas-server.jar --store models --port 8080",
                folder,
                "-Xmx128m",
                "-Djava.io.tmpdir=" + temporary);
    }

    private static JsonNode registered(ServerProcess server, String contentType, Body body) throws Exception {
        try (PipedInputStream sent = new PipedInputStream(4 * BLOCK);
                PipedOutputStream written = new PipedOutputStream(sent)) {
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
                try (written) {
                    body.write(written);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(server.address() + "/api/v1/models"))
                                    .header("Content-Type", contentType)
                                    .POST(BodyPublishers.ofInputStream(() -> sent))
                                    .build(),
                            BodyHandlers.ofString());
            writing.join();
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
            return new ObjectMapper().readTree(answer.body());
        }
    }

    private static void assertSame(JsonNode version, LargePackage sent) throws Exception {
        assertThat(version.get("id").asText()).isEqualTo("digits");
        assertThat(version.get("size").asLong()).isEqualTo(sent.size());
        assertThat(version.get("digest").asText()).isEqualTo("sha256:" + sent.rootDigest());
    }

    private static void assertNoUploads(Path temporary) throws IOException {
        try (var left = Files.list(temporary)) {
            assertThat(left.filter(file -> file.getFileName().toString().startsWith("maas-upload")))
                    .isEmpty();
        }
    }

    @Test
    void moreThanFourGigabytesNeedNoMoreMemory() throws Exception {
        assumeThat(Files.getFileStore(folder).getUsableSpace())
                .as("bytes that are free in %s", folder)
                .isGreaterThan(NEEDED);
        byte[] block = new byte[BLOCK];
        new Random(7).nextBytes(block);
        LargePackage sent = new LargePackage(block, MORE_THAN_FOUR_GIGABYTES);
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        try (ServerProcess server = serve(temporary)) {
            assertSame(registered(server, "application/zip", sent::write), sent);
            assertNoUploads(temporary);
            server.end();
        }
    }

    /** Lines, of which Python's {@code requests} makes a field each. */
    private static LargePackage lines(char letter) throws Exception {
        byte[] block = new byte[BLOCK];
        Arrays.fill(block, (byte) letter);
        for (int i = 99; i < block.length; i += 100) {
            block[i] = '\n';
        }
        return new LargePackage(block, TWICE_THE_HEAP);
    }

    @Test
    void formsAndPartsNeedNoMoreMemory() throws Exception {
        LargePackage first = lines('a');
        LargePackage second = lines('b');
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        try (ServerProcess server = serve(temporary)) {
            JsonNode part = registered(server, "multipart/form-data; boundary=border", to -> {
                to.write(ascii(
                        "--border\r\nContent-Disposition: form-data; name=\"model\"; filename=\"m.zip\"\r\n\r\n"));
                first.write(staysOpen(to));
                to.write(ascii("\r\n--border--\r\n"));
            });
            assertSame(part, first);
            JsonNode form = registered(server, "application/json", to -> {
                to.write(ascii("version=second&model="));
                second.write(new Form(to));
            });
            assertSame(form, second);
            assertNoUploads(temporary);
            server.end();
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static OutputStream staysOpen(OutputStream to) {
        return new FilterOutputStream(to) {
            @Override
            public void write(byte[] source, int offset, int length) throws IOException {
                out.write(source, offset, length);
            }

            @Override
            public void close() throws IOException {
                flush();
            }
        };
    }

    /** Encodes a file as {@code requests.post(data={"model": file})} does. */
    private static final class Form extends OutputStream {
        private static final byte[] NEXT = ascii("%0A&model=");

        private final OutputStream to;
        private final byte[][] encoded = new byte[256][];

        Form(OutputStream to) {
            this.to = new java.io.BufferedOutputStream(to, 1 << 16);
            for (int i = 0; i < encoded.length; i++) {
                boolean plain = (i >= 'a' && i <= 'z') || (i >= 'A' && i <= 'Z') || (i >= '0' && i <= '9');
                encoded[i] = plain ? new byte[] {(byte) i} : ascii("%%%02X".formatted(i));
            }
            encoded['\n'] = NEXT;
        }

        @Override
        public void write(int value) throws IOException {
            to.write(encoded[value & 0xff]);
        }

        @Override
        public void close() throws IOException {
            to.close();
        }
    }
}
