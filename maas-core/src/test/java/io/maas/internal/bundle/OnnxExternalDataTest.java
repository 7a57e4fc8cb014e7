package io.maas.internal.bundle;

import static io.maas.internal.bundle.Samples.assertRefused;
import static io.maas.internal.bundle.Samples.concat;
import static io.maas.internal.bundle.Samples.externalTensor;
import static io.maas.internal.bundle.Samples.field;
import static io.maas.internal.bundle.Samples.folder;
import static io.maas.internal.bundle.Samples.packed;
import static io.maas.internal.bundle.Samples.read;
import static io.maas.internal.bundle.Samples.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.repository.PackageSource;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class OnnxExternalDataTest {
    private static final byte[] IR_VERSION = {8, 9};

    @TempDir
    Path temp;

    private PackageSource with(byte[] model) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("model.onnx", model);
        files.put("model.onnx_data", utf8("data"));
        files.put("sub/more_data", utf8("data"));
        return folder(temp, packed("onnx", files));
    }

    private static byte[] model(String location) {
        return concat(IR_VERSION, field(7, field(5, externalTensor(location))));
    }

    @ParameterizedTest
    @CsvSource({"model.onnx_data", "sub/more_data"})
    void acceptsListedFiles(String location) {
        try (Bundle bundle = read(with(model(location)))) {
            assertThat(bundle.files()).hasSize(4);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "../../etc/passwd, PACKAGE_PATH_PARENT",
        "/etc/passwd, PACKAGE_PATH_ABSOLUTE",
        "C:\\data, PACKAGE_PATH_BACKSLASH",
        "C:data, PACKAGE_PATH_DRIVE",
        "'', PACKAGE_PATH_LENGTH",
        "other_data, PACKAGE_UNLISTED",
        "maas.json, PACKAGE_UNLISTED",
        "*/_ORT_MEM_ADDR_/*, PACKAGE_UNLISTED"
    })
    void refusesLocationsOutsideThePackage(String location, ErrorCode code) {
        assertRefused(with(model(location)), code);
    }

    @Test
    void locationsAreRelativeToTheModel() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("model.bin", utf8("weights"));
        files.put("sub/part.onnx", model("data"));
        files.put("data", utf8("data"));
        assertRefused(folder(temp, packed("scripted", files)), ErrorCode.PACKAGE_UNLISTED);
        files.put("sub/data", utf8("data"));
        assertThatCode(() -> read(folder(temp, packed("scripted", files))).close())
                .doesNotThrowAnyException();
    }

    @Test
    void refusesALocationThatNeverEnds() {
        assertRefused(with(model("a".repeat(70_000))), ErrorCode.PACKAGE_PATH_LENGTH);
    }

    static Stream<Arguments> hidingPlaces() {
        byte[] tensor = externalTensor("missing");
        byte[] graph = field(5, tensor);
        return Stream.of(
                place("initializer", field(7, graph)),
                place("sparse values", field(7, field(15, field(1, tensor)))),
                place("sparse indices", field(7, field(15, field(2, tensor)))),
                place("attribute", field(7, field(1, field(5, field(5, tensor))))),
                place("attribute's list", field(7, field(1, field(5, field(10, tensor))))),
                place("attribute's sparse", field(7, field(1, field(5, field(22, field(1, tensor)))))),
                place("attribute's sparse list", field(7, field(1, field(5, field(23, field(1, tensor)))))),
                place("branch", field(7, field(1, field(5, field(6, graph))))),
                place("branches", field(7, field(1, field(5, field(11, graph))))),
                place("function", field(25, field(7, field(5, field(5, tensor))))),
                place("function's default", field(25, field(11, field(5, tensor)))),
                place("training", field(20, field(1, graph))),
                place("training's algorithm", field(20, field(2, graph))),
                place("second graph, which is merged", concat(field(7), field(7, graph))),
                place("after every other kind of field", concat(otherFields(), field(7, otherFields(), graph))),
                place("before damage", concat(field(7, graph), new byte[] {7})),
                place(
                        "value before key",
                        field(7, field(5, field(13, field(2, utf8("x")), field(1, utf8("location")))))),
                place(
                        "the last of several keys",
                        field(
                                7,
                                field(
                                        5,
                                        field(
                                                13,
                                                field(1, utf8("a")),
                                                field(1, utf8("location")),
                                                field(2, utf8("x")))))));
    }

    private static Arguments place(String name, byte[] model) {
        return Arguments.of(name, model);
    }

    /** A number, 64 bits, bytes, a group in a group, 32 bits. */
    private static byte[] otherFields() {
        return concat(
                new byte[] {(byte) (((100 << 3) & 0x7f) | 0x80), (100 << 3) >> 7, (byte) 0x80, 1},
                new byte[] {(6 << 3) | 1, 1, 2, 3, 4, 5, 6, 7, 8},
                field(9, utf8("bytes")),
                new byte[] {(3 << 3) | 3, (4 << 3) | 3, 8, 1, (4 << 3) | 4, (3 << 3) | 4},
                new byte[] {(6 << 3) | 5, 1, 2, 3, 4});
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hidingPlaces")
    void findsLocationsWhereverTheyHide(String name, byte[] model) {
        assertThat(name).isNotEmpty();
        assertRefused(with(model), ErrorCode.PACKAGE_UNLISTED);
    }

    @Test
    void otherKeysSayNothingAboutFiles() {
        byte[] entry = field(13, field(1, utf8("checksum")), field(2, utf8("/etc/passwd")));
        assertThatCode(() -> read(with(field(7, field(5, entry)))).close()).doesNotThrowAnyException();
    }

    @Test
    void refusesModelsThatAreNestedTooDeep() {
        byte[] graph = field(5, externalTensor("missing"));
        for (int i = 0; i < 60; i++) {
            graph = field(1, field(5, field(6, graph)));
        }
        assertRefused(with(field(7, graph)), ErrorCode.MODEL_UNSUPPORTED);
        byte[] groups = new byte[100_000];
        java.util.Arrays.fill(groups, (byte) ((3 << 3) | 3));
        assertRefused(with(groups), ErrorCode.MODEL_UNSUPPORTED);
    }

    static Stream<byte[]> noModels() {
        return Stream.of(
                utf8("not a model at all"),
                new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff},
                new byte[] {8, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1},
                new byte[] {(7 << 3) | 2, 100, 1},
                new byte[] {(7 << 3) | 2, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1},
                new byte[] {(7 << 3) | 4},
                new byte[] {(7 << 3) | 6},
                new byte[] {(7 << 3) | 3, 8, 1},
                new byte[] {(7 << 3) | 3, (6 << 3) | 4},
                new byte[] {(7 << 3) | 1, 1},
                new byte[] {(7 << 3) | 5, 1},
                new byte[] {(7 << 3) | 2, 2, 8, (byte) 0x80, 1});
    }

    @ParameterizedTest
    @MethodSource("noModels")
    void leavesWhatIsNoModelToTheEngine(byte[] content) {
        assertThatCode(() -> read(with(content)).close()).doesNotThrowAnyException();
    }

    @Test
    void damagedModelsAreReadToTheEndOrRefused() throws java.io.IOException {
        byte[] whole = java.nio.file.Files.readAllBytes(Samples.DIGITS.resolve("v1/model.onnx"));
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            byte[] damaged = whole.clone();
            for (int flips = 0; flips < 5; flips++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            try (Bundle bundle = read(with(damaged))) {
                assertThat(bundle.files()).hasSize(4);
            } catch (InvalidInputException e) {
                assertThat(e.code().name()).as("seed %d, round %d", seed, i).containsAnyOf("PACKAGE", "MODEL");
            }
        }
    }
}
