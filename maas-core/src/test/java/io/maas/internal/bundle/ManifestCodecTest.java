package io.maas.internal.bundle;

import static io.maas.internal.bundle.Samples.DIGITS;
import static io.maas.internal.bundle.Samples.assertRefused;
import static io.maas.internal.bundle.Samples.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.error.ErrorCode;
import io.maas.model.Digest;
import io.maas.model.Dim;
import io.maas.model.Manifest;
import io.maas.model.Manifest.Batching;
import io.maas.model.Manifest.Caching;
import io.maas.model.Manifest.Comparability;
import io.maas.model.Manifest.Dependency;
import io.maas.model.Manifest.FileEntry;
import io.maas.model.Manifest.License;
import io.maas.model.Manifest.Metric;
import io.maas.model.Manifest.Provenance;
import io.maas.model.Manifest.Requirements;
import io.maas.model.Manifest.Role;
import io.maas.model.Manifest.RuntimeSpec;
import io.maas.model.Manifest.SelfTest;
import io.maas.model.ModelName;
import io.maas.model.TensorSpec;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestCodecTest {
    private static final Digest DIGEST = Digest.of(new byte[] {1});

    private final ManifestCodec codec = new ManifestCodec();

    private static String minimal(String more) {
        return "{\"schema\": \"maas/1\", \"name\": \"a\", \"format\": \"onnx\"" + more + "}";
    }

    private Manifest readWith(String more) {
        return codec.read(utf8(minimal(more)));
    }

    private static Manifest full() {
        Tensors inputs = Tensors.of(
                "image",
                Tensor.of(new float[] {1.5f, -0.1f}, 1, 2),
                "text",
                Tensor.of(new String[] {"h\u00e9", ""}, 2));
        Tensors expected = Tensors.of("label", Tensor.scalar(7L));
        return Manifest.builder("digits", "onnx")
                .version("1.0")
                .input(TensorSpec.of("image", DataType.FP32, "batch", 64))
                .output(new TensorSpec(
                        "p", DataType.FP32, List.of(Dim.ANY, Dim.of(2)), List.of("x", "y"), Optional.of("chances")))
                .files(List.of(
                        new FileEntry("model.onnx", Role.WEIGHTS, 10, DIGEST),
                        new FileEntry("README.md", Role.DOC, 0, DIGEST)))
                .runtime(new RuntimeSpec(
                        List.of("gpu", "cpu"),
                        OptionalInt.of(100),
                        OptionalInt.of(2),
                        Optional.of(new Batching(
                                OptionalInt.of(8), 5, OptionalDouble.of(1e-4), Map.of("ids", 1.0, "mask", -0.5))),
                        OptionalInt.of(3),
                        OptionalInt.of(2),
                        Optional.of(new Caching(64, OptionalInt.of(30)))))
                .incomparable()
                .before("scale", Map.of("factor", 0.5, "axes", List.of(1, 2)))
                .after("top", Map.of())
                .selfTest(new SelfTest(inputs, expected, 0.1, 1e-3, OptionalDouble.of(20)))
                .reference(Map.of("p", Map.of("counts", List.of(1, 2L << 40, 0.25), "open", true)))
                .metric(new Metric("accuracy", 0.97, Optional.of("digits"), Optional.of("test")))
                .license(new License("MIT", Optional.of("README.md")))
                .card("README.md")
                .provenance(new Provenance(
                        List.of("base"),
                        List.of("data"),
                        Optional.of("abc"),
                        Optional.of("sklearn"),
                        Optional.of("2026-01-01")))
                .dependsOn(new Dependency(ModelName.of("other"), DIGEST))
                .requires(new Requirements(
                        Optional.of("0.1"), Optional.of("onnxruntime>=1.17"), OptionalInt.of(17), List.of("tokenizer")))
                .owner("team")
                .runbook("https://example.org/runbook")
                .extensions(Map.of("org.example", Map.of("big", new BigInteger("123456789012345678901234567890"))))
                .build();
    }

    @Test
    void whatWasWrittenIsReadAgain() {
        Manifest manifest = full();
        assertThat(codec.read(codec.write(manifest))).isEqualTo(manifest);
        assertThat(codec.write(codec.read(codec.write(manifest)))).isEqualTo(codec.write(manifest));
    }

    @Test
    void theLeastManifestIsReadAgain() {
        Manifest manifest = Manifest.builder("a", "onnx").build();
        assertThat(codec.read(codec.write(manifest))).isEqualTo(manifest);
        assertThat(new String(codec.write(manifest), StandardCharsets.UTF_8)).isEqualTo("""
                {
                  "schema" : "maas/1",
                  "name" : "a",
                  "format" : "onnx"
                }
                """);
    }

    @Test
    void outputsAreComparableUnlessThePackageSaysOtherwise() {
        assertThat(readWith("").comparability()).isEqualTo(Comparability.COMPARABLE);
        assertThat(readWith(", \"comparable\": true").comparability()).isEqualTo(Comparability.COMPARABLE);
        assertThat(readWith(", \"comparable\": false").comparability()).isEqualTo(Comparability.INCOMPARABLE);
        assertThat(readWith(", \"comparable\": true")).isEqualTo(readWith(""));
    }

    @Test
    void theOrderOfFreeFieldsIsStable() {
        String json = new String(
                codec.write(Manifest.builder("a", "onnx")
                        .extensions(Map.of("z", 1, "a", 2, "m", Map.of("y", 1, "b", 2)))
                        .build()),
                StandardCharsets.UTF_8);
        assertThat(json.replaceAll("\\s", "")).contains("\"extensions\":{\"a\":2,\"m\":{\"b\":2,\"y\":1},\"z\":1}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v2"})
    void theExamplesAreReadAndSurvive(String version) throws IOException {
        Manifest manifest =
                codec.read(Files.readAllBytes(DIGITS.resolve(version).resolve("maas.json")));
        assertThat(manifest.inputs())
                .containsExactly(new TensorSpec(
                        "image",
                        DataType.FP32,
                        List.of(Dim.of("batch"), Dim.of(64)),
                        List.of(),
                        Optional.of("8x8 grey image, row by row, 0..16")));
        assertThat(manifest.card()).contains("README.md");
        assertThat(codec.read(codec.write(manifest))).isEqualTo(manifest);
    }

    @Test
    void randomManifestsSurvive() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            Manifest manifest = random(random);
            assertThat(codec.read(codec.write(manifest)))
                    .as("seed %d, round %d", seed, i)
                    .isEqualTo(manifest);
        }
    }

    private static Manifest random(Random random) {
        Manifest.Builder builder = Manifest.builder("m" + random.nextInt(100), "onnx");
        List<FileEntry> files = new ArrayList<>();
        for (int i = 0; i < random.nextInt(4); i++) {
            Role role = one(random, Role.values());
            files.add(new FileEntry("f" + i + text(random), role, random.nextLong() >>> 1, DIGEST));
        }
        builder.files(files);
        for (int i = 0; i < random.nextInt(4); i++) {
            DataType type = one(random, DataType.values());
            Object dim = random.nextBoolean() ? "n" : (Object) (1 + random.nextInt(9));
            builder.input(TensorSpec.of("t" + i + text(random), type, dim));
        }
        for (int i = 0; i < random.nextInt(3); i++) {
            Tensors tensors = Tensors.of("t", TensorJsonTest.random(random));
            builder.selfTest(new SelfTest(tensors, tensors, random.nextDouble(), 0, OptionalDouble.empty()));
        }
        return builder.extensions(Map.of("x", free(random, 3))).build();
    }

    private static <T> T one(Random random, T[] choices) {
        return choices[random.nextInt(choices.length)];
    }

    private static Object free(Random random, int depth) {
        return switch (random.nextInt(depth == 0 ? 5 : 7)) {
            case 0 -> text(random);
            case 1 -> random.nextInt();
            case 2 -> random.nextBoolean();
            case 3 -> random.nextGaussian();
            case 4 -> (long) Integer.MAX_VALUE + 1 + random.nextInt(1000);
            case 5 -> Arrays.asList(free(random, depth - 1), null, free(random, depth - 1));
            default -> Map.of(text(random) + "a", free(random, depth - 1), "b", free(random, depth - 1));
        };
    }

    private static String text(Random random) {
        return random.ints(random.nextInt(6), 0x20, 0x2fff)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    // ---- refusals

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "[]",
                "7",
                "{",
                "{} {}",
                "not json",
                "{\"schema\": \"maas/1\", \"schema\": \"maas/1\"}",
                "{\"schema\": \"maas/0\"}",
                "{\"schema\": \"maas/01\"}",
                "{\"schema\": \"other/1\"}",
                "{\"schema\": 1}",
                "{\"schema\": null}",
                "{\"name\": \"a\"}",
                "\ufeff{}",
            })
    void refusesWhatIsNoManifest(String json) {
        assertRefused(() -> codec.read(utf8(json)), ErrorCode.PACKAGE_MANIFEST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'unknown': 1",
                "'version': 'a b'",
                "'version': 7",
                "'owner': null",
                "'owner': 7",
                "'name': 'twice'",
                "'files': {}",
                "'files': [7]",
                "'files': [{'path': 'a', 'role': 'WEIGHTS', 'size': 1, 'sha256': '%1$s'}]",
                "'files': [{'path': 'a', 'role': 'weights', 'size': -1, 'sha256': '%1$s'}]",
                "'files': [{'path': 'a', 'role': 'weights', 'size': 1.0, 'sha256': '%1$s'}]",
                "'files': [{'path': 'a', 'role': 'weights', 'size': 99999999999999999999, 'sha256': '%1$s'}]",
                "'files': [{'path': 'a', 'role': 'weights', 'size': 1, 'sha256': 'abc'}]",
                "'files': [{'path': 'a', 'role': 'weights', 'size': 1}]",
                "'files': [{'path': 'a', 'role': 'weights', 'size': 1, 'sha256': '%1$s', 'more': 1}]",
                "'files': [{'path': 'maas.json', 'role': 'weights', 'size': 1, 'sha256': '%1$s'}]",
                "'files': [{'path': 'model.sig', 'role': 'weights', 'size': 1, 'sha256': '%1$s'}]",
                "'files': [{'path': 'a', 'role': 'doc', 'size': 1, 'sha256': '%1$s'},"
                        + "{'path': 'a', 'role': 'doc', 'size': 1, 'sha256': '%1$s'}]",
                "'inputs': [{'name': '', 'dtype': 'FP32', 'shape': []}]",
                "'inputs': [{'name': 'a', 'dtype': 'fp32', 'shape': []}]",
                "'inputs': [{'name': 'a', 'dtype': 'FP32'}]",
                "'inputs': [{'name': 'a', 'dtype': 'FP32', 'shape': [0]}]",
                "'inputs': [{'name': 'a', 'dtype': 'FP32', 'shape': [-1]}]",
                "'inputs': [{'name': 'a', 'dtype': 'FP32', 'shape': [1.5]}]",
                "'inputs': [{'name': 'a', 'dtype': 'FP32', 'shape': ['1a']}]",
                "'inputs': [{'name': 'a', 'dtype': 'FP32', 'shape': [null]}]",
                "'inputs': [{'name': 'a', 'dtype': 'FP32', 'shape': [true]}]",
                "'inputs': [{'name': 'a', 'dtype': 'FP32', 'shape': [[]]}]",
                "'inputs': [{'name': 'a', 'dtype': 'FP32', 'shape': [], 'labels': [1]}]",
                "'inputs': [{'name': 'a', 'dtype': 'FP32', 'shape': [], 'labels': ['x'], 'labelsFile': 'a'}]",
                "'inputs': [{'name': 'a', 'dtype': 'FP32', 'shape': []}, {'name': 'a', 'dtype': 'FP32', 'shape': []}]",
                "'runtime': {'threads': 0}",
                "'runtime': {'threads': 1.5}",
                "'runtime': {'threads': 99999999999}",
                "'runtime': {'devices': 'cpu'}",
                "'runtime': {'batching': {'maxDelayMs': -1}}",
                "'runtime': {'instances': 2, 'minInstances': 3}",
                "'runtime': {'batching': {'rtol': -1}}",
                "'runtime': {'batching': {'rtol': 1e999}}",
                "'runtime': {'batching': {'pad': 7}}",
                "'runtime': {'batching': {'pad': {'x': '7'}}}",
                "'runtime': {'cache': {'maxMb': 0}}",
                "'runtime': {'cache': {'seconds': 0}}",
                "'runtime': {'cache': {'size': 1}}",
                "'comparable': 'no'",
                "'comparable': 0",
                "'comparable': null",
                "'transforms': {'before': [{}]}",
                "'transforms': {'before': [{'name': 'a', 'with': []}]}",
                "'transforms': {'before': [{'name': 'a', 'with': {'x': null}}]}",
                "'transforms': {'during': []}",
                "'selfTest': [{}]",
                "'selfTest': [{'expected': 7}]",
                "'metrics': [{'name': 'a'}]",
                "'metrics': [{'name': 'a', 'value': '1'}]",
                "'metrics': [{'name': 'a', 'value': NaN}]",
                "'metrics': [{'name': 'a', 'value': 1e999}]",
                "'license': 'MIT'",
                "'dependsOn': [{'model': '?', 'digest': '%1$s'}]",
                "'dependsOn': [{'model': 'a', 'digest': '?'}]",
                "'requires': {'opset': 'x'}",
                "'extensions': {'a': 1e999}",
                "'extensions': {'a': {'b': 1, 'b': 2}}",
                "'extensions': {'a': null}",
                "'extensions': 7"
            })
    void refusesWhatAFieldMayNotSay(String fields) {
        String json = minimal(", " + fields.replace('\'', '"').formatted(DIGEST.hex()));
        assertRefused(() -> codec.read(utf8(json)), ErrorCode.PACKAGE_MANIFEST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "-x"})
    void refusesFormatsWithOtherCharacters(String format) {
        String json = minimal("").replace("onnx", format);
        assertRefused(() -> codec.read(utf8(json)), ErrorCode.PACKAGE_MANIFEST);
    }

    @Test
    void theMessageNamesTheField() {
        assertThatThrownBy(() -> readWith(", \"inputs\": [{\"name\": \"a\", \"dtype\": \"FP32\", \"shape\": [1, 0]}]"))
                .hasMessageStartingWith("Cannot read maas.json: at inputs[0].shape[1], ")
                .hasRootCauseMessage("Cannot describe a dimension: it is neither a size nor a name, 0;"
                        + " use a number from 1 up, a name such as 'batch', or '?'");
    }

    @ParameterizedTest
    @CsvSource({"card, 'b.md'", "license, '{\"spdx\": \"MIT\", \"file\": \"b.md\"}'"})
    void refusesFilesThatAreNotListed(String field, String value) {
        String json = value.startsWith("{") ? value : "\"" + value + "\"";
        assertRefused(() -> readWith(", \"" + field + "\": " + json), ErrorCode.PACKAGE_MISSING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"maas/2", "maas/10"})
    void saysWhenAManifestIsNewer(String schema) {
        String json = minimal(", \"new\": {}").replace("maas/1", schema);
        assertRefused(() -> codec.read(utf8(json)), ErrorCode.NEWER_LAYOUT);
    }

    @Test
    void refusesWhatIsTooDeepOrTooLargeOrNotUtf8() {
        String deep = "[".repeat(100_000) + "]".repeat(100_000);
        assertRefused(() -> readWith(", \"extensions\": {\"a\": " + deep + "}"), ErrorCode.PACKAGE_MANIFEST);
        assertRefused(() -> codec.read(new byte[ManifestCodec.MAX_BYTES + 1]), ErrorCode.PACKAGE_MANIFEST);
        assertRefused(() -> codec.read(new byte[] {'{', (byte) 0xff, '}'}), ErrorCode.PACKAGE_MANIFEST);
        byte[] utf16 = minimal("").getBytes(StandardCharsets.UTF_16BE);
        assertRefused(() -> codec.read(utf16), ErrorCode.PACKAGE_MANIFEST);
    }

    @Test
    void refusesToWriteWhatJsonHasNot() {
        Map<String, Object> endless = new java.util.HashMap<>();
        endless.put("again", List.of(endless));
        for (Object value : new Object[] {Double.NaN, Float.POSITIVE_INFINITY, new Object(), new int[1], endless}) {
            Manifest manifest =
                    Manifest.builder("a", "onnx").extensions(Map.of("x", value)).build();
            assertRefused(() -> codec.write(manifest), ErrorCode.PACKAGE_MANIFEST);
        }
        Manifest metric = Manifest.builder("a", "onnx")
                .metric(new Metric("x", Double.NaN, Optional.empty(), Optional.empty()))
                .build();
        assertRefused(() -> codec.write(metric), ErrorCode.PACKAGE_MANIFEST);
        Manifest large = Manifest.builder("a", "onnx")
                .owner("x".repeat(ManifestCodec.MAX_BYTES))
                .build();
        assertRefused(() -> codec.write(large), ErrorCode.PACKAGE_MANIFEST);
    }

    @Test
    void everyKindOfNumberIsWritten() {
        Manifest manifest = Manifest.builder("a", "onnx")
                .extensions(Map.of(
                        "numbers", List.of((byte) 1, (short) 2, 3, 4L, 0.5f, 0.25, new java.math.BigDecimal("0.125"))))
                .build();
        assertThat(codec.read(codec.write(manifest)).extensions())
                .isEqualTo(Map.of("numbers", List.of(1, 2, 3, 4, 0.5, 0.25, 0.125)));
    }

    @Test
    void nullsInsideListsAreKept() {
        assertThat(readWith(", \"extensions\": {\"a\": [1, null]}").extensions())
                .isEqualTo(Map.of("a", Arrays.asList(1, null)));
        Map<String, Object> inner = new java.util.HashMap<>();
        inner.put("b", null);
        assertThat(readWith(", \"extensions\": {\"a\": {\"b\": null}}").extensions())
                .isEqualTo(Collections.singletonMap("a", inner));
    }

    @Test
    void labelsOfFilesAreEmptyWithoutTheFiles() {
        Manifest manifest = readWith(", \"inputs\": [{\"name\": \"a\", \"dtype\": \"FP32\", \"shape\": [],"
                + " \"labelsFile\": \"l.txt\"}], \"files\": [{\"path\": \"l.txt\", \"role\": \"labels\", \"size\": 1,"
                + " \"sha256\": \"" + DIGEST.hex() + "\"}]");
        assertThat(manifest.inputs().get(0).labels()).isEmpty();
    }
}
