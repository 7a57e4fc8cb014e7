package io.maas.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.http.limits.BodyLimits;
import io.maas.testkit.onnx.OnnxWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
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
class HostileUploadsTest extends HostileFixture {
    private static final String MODELS = "/api/v1/models?version=evil";
    private static final byte[] SOME = {1, 2, 3};
    private static final byte[] PICKLE =
            "\u0080\u0004cposix\nsystem\n(S'true'\ntR.".getBytes(StandardCharsets.ISO_8859_1);

    private static final String PART =
            "Content-Disposition: form-data; name=\"model\"; filename=\"../../evil\"\r\n\r\n";
    private static final String TYPE = "Content-Type";
    private static final String PARTS = "multipart/form-data; boundary=b";

    /** More than any of these archives has, and little enough to send more. */
    @Override
    protected MaasHttpServerBuilder configure(MaasHttpServerBuilder builder) {
        return builder.bodies(BodyLimits.defaults().withArchive(128 << 20));
    }

    private void refused(byte[] upload, String code) {
        Reply reply = post(MODELS, upload);
        assertRefused(reply, 422, code);
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
    @ValueSource(strings = {"7f454c460201010000", "cafebabe00000041", "cffaedfe0700000100"})
    void programsByAnyName(String beginning) {
        byte[] program = Arrays.copyOf(HexFormat.of().parseHex(beginning), 100);
        refused(UploadedZip.of("evil").file("weights.bin", "doc", program).bytes(), "package-code");
    }

    @Test
    void foldersThatOtherServersWouldRun() {
        byte[] zip = UploadedZip.plain()
                .unlisted("serving.properties", "engine=Python".getBytes(StandardCharsets.US_ASCII))
                .unlisted("model.py", SOME)
                .unlisted("classes/Evil.class", SOME)
                .bytes();
        refused(zip, "package-manifest");
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

    @Test
    void networksWhoseDataIsALink() {
        byte[] network = new OnnxWriter()
                .input("x", OnnxWriter.FLOAT, "N")
                .output("y", OnnxWriter.FLOAT, "N")
                .external("w", "data.bin", 1)
                .node("Mul", List.of("x", "w"), List.of("y"))
                .toBytes();
        byte[] zip = UploadedZip.of("evil")
                .file("net.onnx", "doc", network)
                .file("data.bin", "doc", "/etc/passwd".getBytes(StandardCharsets.US_ASCII))
                .bytes();
        UploadedZip.headers(zip, "data.bin").link();
        refused(zip, "package-link");
    }

    // ---- what the archive says of it

    static Stream<Arguments> lies() {
        return Stream.of(
                lie("a link", "package-link", UploadedZip.Headers::link),
                lie("more bytes than there are", "package-size", headers -> headers.size(4)),
                lie("fewer bytes than there are", "package-size", headers -> headers.size(2)),
                lie("another checksum", "package-crc", headers -> headers.crc(7)),
                lie("two names", "package-archive", UploadedZip.Headers::otherLocalName),
                lie("the place of another", "package-archive", UploadedZip.Headers::samePlaceAsTheFirst));
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
        for (int part = 1; part < 8; part++) {
            refused(Arrays.copyOf(good, good.length * part / 8), "package-archive");
        }
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
        System.arraycopy(good, 0, polyglot, 0, 4); // or it would not be taken for an archive
        refused(polyglot, "package-trailing");
        byte[] two = Arrays.copyOf(good, 2 * good.length);
        System.arraycopy(good, 0, two, good.length, good.length);
        refused(two, "package-trailing");
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
    void zerosThatAreSaidToBeFew() throws IOException {
        byte[] zip = deflated("zeros.bin", out -> out.write(new byte[64 << 20]));
        int descriptor = zip.length - 22 - 46 - "zeros.bin".length() - 4;
        ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN).putInt(descriptor, 1000);
        UploadedZip.headers(zip, "zeros.bin").centralSize(1000);
        refused(zip, "package-manifest"); // it is not even looked at
    }

    @Test
    void moreThanAnUploadMayHave() throws IOException {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bomb)) {
            for (int i = 0; i < 256; i++) {
                out.write(new byte[1 << 20]);
            }
        }
        assertRefused(post(MODELS, bomb.toByteArray(), "Content-Encoding", "gzip"), 413, "body-too-large");
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

    // ---- how it is sent

    @Test
    void partsAreNotPutWhereTheySay() {
        String body = "--b\r\n" + PART + "no model\r\n--b--\r\n";
        Reply reply = post("/api/v1/models?name=evil", body.getBytes(StandardCharsets.US_ASCII), TYPE, PARTS);
        assertThat(reply.status()).as(reply.text()).isEqualTo(422);
    }

    static Stream<Arguments> malformedParts() {
        String field = PART.replace("model", "version").replace("; filename=\"../../evil\"", "");
        String nameless = PART.replace("; name=\"model\"", "");
        String piece = PART.replace("; filename=\"../../evil\"", "");
        String large = "v".repeat(70_000);
        return Stream.of(
                malformed("no end", "--b\r\n" + PART + "x"),
                malformed("no part", "PK\3\4 and no parts"),
                malformed("no name", "--b\r\n" + nameless + "x\r\n--b--\r\n"),
                malformed("an endless header", "--b\r\nA: " + "x".repeat(100_000)),
                malformed("many parts", ("--b\r\n" + piece + "x\r\n").repeat(20_000) + "--b--\r\n"),
                Arguments.of(
                        "no boundary", "bad-multipart", "multipart/form-data", "--b\r\n" + PART + "x\r\n--b--\r\n"),
                Arguments.of("a large field", "bad-upload", PARTS, "--b\r\n" + field + large + "\r\n--b--\r\n"),
                Arguments.of("a large field of a form", "bad-upload", "", "version=" + large),
                Arguments.of("a field without a value", "bad-upload", "", "version=1&model"),
                Arguments.of("half a byte", "bad-upload", "", "model=PK%0"),
                Arguments.of("nothing", "bad-upload", "", ""));
    }

    private static Arguments malformed(String name, String body) {
        return Arguments.of(name, "bad-multipart", PARTS, body);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformedParts")
    void bodiesThatAreMalformed(String name, String code, String type, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
        String[] headers = type.isEmpty() ? new String[0] : new String[] {TYPE, type};
        Reply reply = post(MODELS, bytes, headers);
        assertRefused(reply, 400, code);
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
