package io.maas.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.testkit.onnx.OnnxWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Packages that somebody with bad intentions sends: each is refused for its own reason before anything of it is used, and leaves
 * nothing behind, in the registry or in the temporary folder.
 */
class HostileUploadsTest extends ServerFixture {
    private static final String MODELS = "/api/v1/models?version=evil";
    private static final byte[] SOME = {1, 2, 3};
    private static final byte[] PICKLE =
            "\u0080\u0004cposix\nsystem\n(S'true'\ntR.".getBytes(StandardCharsets.ISO_8859_1);

    private long head;
    private List<Path> files = List.of();

    @BeforeEach
    void serve() {
        platform.serve("price", "scale 3");
        head = platform.maas().repository().head();
        files = temporary();
    }

    @AfterEach
    void nothingIsLeftAndTheServerGoesOn() {
        assertThat(platform.maas().repository().head()).isEqualTo(head);
        assertThat(temporary()).isEqualTo(files);
        assertThat(post("/predict", "{'input': [1]}").text()).isEqualTo("[3.0]");
    }

    private static List<Path> temporary() {
        try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return all.filter(file -> file.getFileName().toString().startsWith("maas-upload"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void refused(byte[] upload, String code) {
        Reply reply = post(MODELS, upload);
        assertThat(reply.status()).as(reply.text()).isEqualTo(422);
        assertThat(reply.json().get("code").asText()).as(reply.text()).isEqualTo(code);
        assertThat(reply.text()).doesNotContain("maas-upload");
    }

    // ---- what is in it

    @ParameterizedTest
    @CsvSource({
        "../evil,                package-path-parent",
        "a/../../evil,           package-path-parent",
        "/etc/passwd,            package-path-absolute",
        "..\\evil,               package-path-backslash",
        "C:evil,                 package-path-drive",
        "MAAS.JSON,              package-duplicate",
        "Model.scripted,         package-duplicate",
        "extra.bin,              package-unlisted",
        "classes/Evil.class,     package-unlisted",
        "serving.properties,     package-unlisted",
    })
    void filesThatMustNotBeThere(String path, String code) {
        refused(UploadedZip.of("evil").unlisted(path, SOME).bytes(), code);
    }

    @Test
    void namesThatOnlyLookDifferent() {
        byte[] zip = UploadedZip.of("evil")
                .file("caf\u00e9.bin", "doc", SOME)
                .file("cafe\u0301.bin", "doc", SOME)
                .bytes();
        refused(zip, "package-duplicate");
    }

    @ParameterizedTest
    @ValueSource(strings = {"classes/Evil.class", "serving.properties", "ops/libcustom.so", "lib/evil.jar", "evil.dll"})
    void programsThatAreListed(String path) {
        refused(UploadedZip.of("evil").file(path, "doc", SOME).bytes(), "package-code");
    }

    @ParameterizedTest
    @ValueSource(strings = {"weights.onnx", "weights.bin", "readme.md"})
    void picklesByAnyNameInAPackage(String path) {
        refused(UploadedZip.of("evil").file(path, "doc", PICKLE).bytes(), "package-pickle");
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.onnx", "model.bin"})
    void picklesByAnyNameAlone(String name) {
        Reply reply = post("/api/v1/models?name=evil", PICKLE, "X-File-Name", name);
        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.json().get("code").asText()).isEqualTo("package-pickle");
        assertThat(reply.json().get("detail").asText()).contains("skl2onnx");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../etc/passwd", "/etc/passwd", "elsewhere.bin", "sub/../../x"})
    void networksWhoseDataLiesElsewhere(String location) {
        byte[] network = new OnnxWriter()
                .input("x", OnnxWriter.FLOAT, "N")
                .output("y", OnnxWriter.FLOAT, "N")
                .external("w", location, 1)
                .node("Mul", List.of("x", "w"), List.of("y"))
                .toBytes();
        Reply reply = post(
                MODELS, UploadedZip.of("evil").file("net.onnx", "doc", network).bytes());
        assertThat(reply.status()).as(reply.text()).isEqualTo(422);
        assertThat(reply.json().get("detail").asText())
                .startsWith("Cannot read the package that was sent: ")
                .contains(location);
    }

    // ---- what the archive says of it

    static Stream<Arguments> lies() {
        return Stream.of(
                lie("a link", "package-link", UploadedZip.Headers::link),
                lie("more bytes than there are", "package-size", headers -> headers.size(4)),
                lie("fewer bytes than there are", "package-size", headers -> headers.size(2)),
                lie("another checksum", "package-crc", headers -> headers.crc(7)),
                lie("two names", "package-archive", UploadedZip.Headers::otherLocalName));
    }

    private static Arguments lie(String name, String code, Consumer<UploadedZip.Headers> change) {
        return Arguments.of(name, code, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lies")
    void entriesThatLie(String name, String code, Consumer<UploadedZip.Headers> change) {
        byte[] zip = UploadedZip.of("evil").file("data.bin", "doc", SOME).bytes();
        change.accept(UploadedZip.headers(zip, "data.bin"));
        refused(zip, code);
    }

    @Test
    void archivesThatAreDamaged() {
        byte[] good = UploadedZip.of("evil").bytes();
        refused(Arrays.copyOf(good, good.length - 1), "package-trailing");
        refused(Arrays.copyOf(good, good.length / 2), "package-archive");
        refused(Arrays.copyOf(good, good.length + 10), "package-trailing");
        byte[] flipped = good.clone();
        flipped[60] ^= 1; // in the manifest
        refused(flipped, "package-crc");
    }

    @Test
    void archivesThatAreSomethingElseToo() {
        byte[] good = UploadedZip.of("evil").bytes();
        byte[] polyglot = new byte[good.length + 4];
        System.arraycopy(good, 0, polyglot, 4, good.length);
        Reply reply = post(MODELS + "&name=evil", polyglot);
        assertThat(reply.status()).as(reply.text()).isEqualTo(422);
    }

    // ---- how much it is

    @Test
    void aGigabyteOfZeros() throws IOException {
        byte[] zip = deflated("zeros.bin", out -> {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 1024; i++) {
                out.write(zeros);
            }
        });
        assertThat(zip.length).isLessThan(8 << 20);
        refused(zip, "package-ratio");
    }

    @Test
    void archivesWithinArchivesAreNotUnpacked() throws IOException {
        byte[] bomb = new byte[1 << 20];
        for (int depth = 0; depth < 5; depth++) {
            byte[] inside = bomb;
            bomb = deflated("inner.zip", out -> {
                for (int i = 0; i < 16; i++) {
                    out.write(inside);
                }
            });
        }
        refused(UploadedZip.of("evil").unlisted("bomb.zip", bomb).bytes(), "package-unlisted");
    }

    @Test
    void aMillionFiles() throws IOException {
        ByteArrayOutputStream zip = new ByteArrayOutputStream(100 << 20);
        try (ZipOutputStream out = new ZipOutputStream(zip)) {
            for (int i = 0; i < 1_000_000; i++) {
                UploadedZip.store(out, "f" + i, new byte[0]);
            }
        }
        refused(zip.toByteArray(), "package-too-many");
    }

    /** Writes the content of an entry. */
    private interface Content {
        void write(ZipOutputStream out) throws IOException;
    }

    private static byte[] deflated(String path, Content content) throws IOException {
        ByteArrayOutputStream zip = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(zip)) {
            out.setLevel(Deflater.BEST_SPEED);
            out.putNextEntry(new ZipEntry(path));
            content.write(out);
            out.closeEntry();
        }
        return zip.toByteArray();
    }
}
