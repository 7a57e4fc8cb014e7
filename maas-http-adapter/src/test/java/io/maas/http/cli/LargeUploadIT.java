package io.maas.http.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

/** A package of more than 4 GiB, which a server with a heap of 128 MiB takes. Takes a minute, so once is enough. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@EnabledForJreRange(max = JRE.JAVA_17, disabledReason = "the baseline is tried; it takes a minute")
class LargeUploadIT {
    private static final Path DIGITS = ServerProcess.REPOSITORY.resolve("examples/models/digits/v1");
    private static final int BLOCK = 1 << 20;
    private static final int BLOCKS = (4 << 10) + 1;
    private static final long BYTES = (long) BLOCK * BLOCKS;
    /** What was uploaded, and what is stored. */
    private static final long NEEDED = 3 * BYTES;

    @TempDir
    private Path folder;

    private final byte[] block = new byte[BLOCK];
    private String sha256 = "";
    private long crc;

    /** What is sent is made as it is sent, and its sums before. */
    private void sum() throws Exception {
        new Random(7).nextBytes(block);
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        CRC32 sum = new CRC32();
        for (int i = 0; i < BLOCKS; i++) {
            digest.update(block);
            sum.update(block);
        }
        sha256 = HexFormat.of().formatHex(digest.digest());
        crc = sum.getValue();
    }

    private byte[] manifest() throws IOException {
        ObjectMapper json = new ObjectMapper();
        ObjectNode manifest =
                (ObjectNode) json.readTree(DIGITS.resolve("maas.json").toFile());
        ((ArrayNode) manifest.get("files"))
                .addObject()
                .put("path", "large.bin")
                .put("role", "sample")
                .put("size", BYTES)
                .put("sha256", sha256);
        return json.writeValueAsBytes(manifest);
    }

    private long size() throws IOException {
        return BYTES
                + manifest().length
                + Files.size(DIGITS.resolve("README.md"))
                + Files.size(DIGITS.resolve("model.onnx"));
    }

    /** Over the digests of the files, in the order of their paths. */
    private String rootDigest() throws Exception {
        MessageDigest root = MessageDigest.getInstance("SHA-256");
        MessageDigest each = MessageDigest.getInstance("SHA-256");
        root.update(each.digest(Files.readAllBytes(DIGITS.resolve("README.md"))));
        root.update(HexFormat.of().parseHex(sha256)); // large.bin
        root.update(each.digest(manifest()));
        root.update(each.digest(Files.readAllBytes(DIGITS.resolve("model.onnx"))));
        return HexFormat.of().formatHex(root.digest());
    }

    private void write(OutputStream to) {
        try (ZipOutputStream zip = new ZipOutputStream(to)) {
            stored(zip, "maas.json", manifest());
            stored(zip, "README.md", Files.readAllBytes(DIGITS.resolve("README.md")));
            stored(zip, "model.onnx", Files.readAllBytes(DIGITS.resolve("model.onnx")));
            begin(zip, "large.bin", BYTES, crc);
            for (int i = 0; i < BLOCKS; i++) {
                zip.write(block);
            }
            zip.closeEntry();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void stored(ZipOutputStream zip, String path, byte[] content) throws IOException {
        CRC32 sum = new CRC32();
        sum.update(content);
        begin(zip, path, content.length, sum.getValue());
        zip.write(content);
        zip.closeEntry();
    }

    private static void begin(ZipOutputStream zip, String path, long size, long crc) throws IOException {
        ZipEntry entry = new ZipEntry(path);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(size);
        entry.setCrc(crc);
        zip.putNextEntry(entry);
    }

    @Test
    void moreThanFourGigabytesNeedNoMoreMemory() throws Exception {
        assumeThat(Files.getFileStore(folder).getUsableSpace())
                .as("bytes that are free in %s", folder)
                .isGreaterThan(NEEDED);
        sum();
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        try (ServerProcess server = new ServerProcess(
                        "java -jar maas-http-adapter/target/maas-server.jar --store models --port 8080",
                        folder,
                        "-Xmx128m",
                        "-Djava.io.tmpdir=" + temporary);
                PipedInputStream body = new PipedInputStream(4 * BLOCK);
                PipedOutputStream written = new PipedOutputStream(body)) {
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> write(written));
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(server.address() + "/api/v1/models"))
                                    .header("Content-Type", "application/zip")
                                    .POST(BodyPublishers.ofInputStream(() -> body))
                                    .build(),
                            BodyHandlers.ofString());
            writing.join();
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
            JsonNode version = new ObjectMapper().readTree(answer.body());
            assertThat(version.get("id").asText()).isEqualTo("digits");
            assertThat(version.get("size").asLong()).isEqualTo(size());
            assertThat(version.get("digest").asText()).isEqualTo("sha256:" + rootDigest());
            try (var left = Files.list(temporary)) {
                assertThat(left.filter(file -> file.getFileName().toString().startsWith("maas-upload")))
                        .isEmpty();
            }
            server.end();
        }
    }
}
