package io.maas.backend.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.fail;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.model.Manifest;
import io.maas.model.Signature;
import io.maas.spi.Backend;
import io.maas.spi.BackendProvider;
import io.maas.spi.LoadedModel;
import io.maas.spi.Placement;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import io.maas.testkit.PlainCall;
import io.maas.testkit.onnx.OnnxModels;
import io.maas.testkit.onnx.OnnxWriter;
import io.maas.testkit.onnx.OnnxWriter.Attribute;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoadTest {
    @TempDir
    Path folder;

    private Signature signature(OnnxWriter model) {
        return signature(model.toBytes());
    }

    private Signature signature(byte[] model) {
        try (LoadedModel loaded = Folder.load(folder, model)) {
            return loaded.signature();
        }
    }

    private MaasException refusal(byte[] model) {
        return catchThrowableOfType(
                MaasException.class, () -> Folder.load(folder, model).close());
    }

    @Test
    void theProviderIsFoundAsAServiceForOnnx() {
        BackendProvider provider = ServiceLoader.load(BackendProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(found -> found.formats().contains("onnx"))
                .reduce((one, other) -> fail("two for onnx"))
                .orElseThrow();
        assertThat(provider.name()).isEqualTo("djl-onnx");
        assertThat(provider.formats()).containsExactly("onnx");
        try (Backend backend = provider.open()) {
            assertThat(backend.engine()).matches("onnxruntime \\d+\\.\\d+\\.\\d+");
            assertThat(backend.devices()).endsWith("cpu");
        }
    }

    @Test
    void theSignatureHasTheEnginesNamesAndSizes() {
        assertThat(signature(OnnxModels.mlp(100, 64))).hasToString("x FP32[N, 100] -> y FP32[N, 1]");
        assertThat(signature(OnnxModels.doubled()))
                .hasToString("tokens INT64[batch, length] -> doubled INT64[batch, length]");
        assertThat(signature(OnnxModels.slow())).hasToString("steps INT64[], v FP32[32, 32] -> y FP32[32, 32]");
    }

    @Test
    void anUnnamedLeadingDimensionThatAllTensorsShareIsTheBatch() {
        assertThat(signature(OnnxModels.add("", 3)))
                .hasToString("a FP32[batch, 3], b FP32[batch, 3] -> sum FP32[batch, 3]");
        assertThat(signature(OnnxModels.add("", "")))
                .hasToString("a FP32[batch, ?], b FP32[batch, ?] -> sum FP32[batch, ?]");
    }

    @Test
    void anUnnamedLeadingDimensionTakesTheOnlyNameThereIs() {
        assertThat(signature(new OnnxWriter()
                        .input("x", OnnxWriter.FLOAT, "rows", 2)
                        .output("y", OnnxWriter.FLOAT, "", "")
                        .longs("columns", new long[] {0, 1}, 2)
                        .node("Gather", List.of("x", "columns"), List.of("y"), Attribute.of("axis", 1))))
                .hasToString("x FP32[rows, 2] -> y FP32[rows, 2]");
    }

    @Test
    void aLeadingDimensionStaysOpenWhereNotAllVaryOrNamesDiffer() {
        assertThat(signature(new OnnxWriter()
                        .input("x", OnnxWriter.FLOAT, "")
                        .input("y", OnnxWriter.FLOAT, 1)
                        .output("z", OnnxWriter.FLOAT, "")
                        .node("Add", List.of("x", "y"), List.of("z"))))
                .hasToString("x FP32[?], y FP32[1] -> z FP32[?]");
        assertThat(signature(new OnnxWriter()
                        .input("x", OnnxWriter.FLOAT, "")
                        .input("y", OnnxWriter.FLOAT, "n")
                        .output("z", OnnxWriter.FLOAT, "m")
                        .node("Add", List.of("x", "y"), List.of("z"))))
                .hasToString("x FP32[?], y FP32[n] -> z FP32[m]");
    }

    @Test
    void aDimensionNameThatSignaturesCannotHaveIsDropped() {
        assertThat(signature(OnnxModels.identity(OnnxWriter.FLOAT, 2, "größe, x")))
                .hasToString("x FP32[2, ?] -> y FP32[2, ?]");
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 8})
    void anInputWithADefaultIsNotPartOfTheSignature(int ir) {
        assertThat(signature(new OnnxWriter()
                        .ir(ir)
                        .input("x", OnnxWriter.FLOAT, "n")
                        .input("bias", OnnxWriter.FLOAT, 1)
                        .floats("bias", new float[] {2}, 1)
                        .output("y", OnnxWriter.FLOAT, "n")
                        .node("Add", List.of("x", "bias"), List.of("y"))))
                .hasToString("x FP32[n] -> y FP32[n]");
    }

    @ParameterizedTest
    @CsvSource({"4,UINT16", "12,UINT32", "13,UINT64"})
    void unsignedIntegersOverEightBitsAreRefusedByName(int type, String shown) {
        MaasException refusal = refusal(OnnxModels.identity(type, "n"));
        assertThat(refusal.code()).isEqualTo(ErrorCode.MODEL_UNSUPPORTED);
        assertThat(refusal).hasMessageContaining("'x'").hasMessageContaining(shown);
    }

    @Test
    void whatTensorsCannotCarryIsRefusedByName() {
        assertThat(refusal(new OnnxWriter()
                        .input("x", OnnxWriter.FLOAT, "n", 4)
                        .sequenceOutput("parts", OnnxWriter.FLOAT, "n")
                        .node("SplitToSequence", List.of("x"), List.of("parts"))
                        .toBytes()))
                .hasMessageContaining("'parts'")
                .extracting("code")
                .isEqualTo(ErrorCode.MODEL_UNSUPPORTED);
        assertThat(refusal(new OnnxWriter()
                        .opset(18)
                        .optionalInput("x", OnnxWriter.FLOAT, "n")
                        .output("y", OnnxWriter.FLOAT, "n")
                        .node("OptionalGetElement", List.of("x"), List.of("y"))
                        .toBytes()))
                .extracting("code")
                .isEqualTo(ErrorCode.MODEL_UNSUPPORTED);
        assertThat(refusal(OnnxModels.identity(OnnxWriter.FLOAT, "n", 0)))
                .hasMessageContaining("dimension 1 is 0")
                .extracting("code")
                .isEqualTo(ErrorCode.MODEL_UNSUPPORTED);
    }

    @Test
    void anOutputOfUnknownRankIsRefusedAndAScalarIsNot() {
        OnnxWriter reshape = new OnnxWriter()
                .input("x", OnnxWriter.FLOAT, "n", "m")
                .input("shape", OnnxWriter.INT64, "rank")
                .shapelessOutput("y", OnnxWriter.FLOAT)
                .node("Reshape", List.of("x", "shape"), List.of("y"));
        assertThat(refusal(reshape.toBytes()))
                .hasMessageContaining("'y' has no shape")
                .extracting("code")
                .isEqualTo(ErrorCode.MODEL_UNSUPPORTED);
        assertThat(signature(OnnxModels.identity(OnnxWriter.FLOAT))).hasToString("x FP32[] -> y FP32[]");
    }

    @Test
    void weightsInAFileBesideTheModelAreFoundAndCounted() throws IOException {
        ByteBuffer weights = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        weights.asFloatBuffer().put(new float[] {1, 2, 3, 4});
        Files.write(folder.resolve("weights.bin"), weights.array());
        byte[] model = external("weights.bin");
        try (LoadedModel loaded = Folder.load(folder, model)) {
            Tensors out = PlainCall.run(loaded, Tensors.of("x", Tensor.of(new float[] {10, 10, 10, 10})));
            assertThat(out.get("y").toFloats()).containsExactly(11, 12, 13, 14);
            assertThat(loaded.nativeBytes()).isEqualTo(model.length);
        }
    }

    @Test
    void weightsOutsideTheBundleAreRefused() throws IOException {
        Path inner = Files.createDirectory(folder.resolve("inner"));
        Files.write(folder.resolve("secret.bin"), new byte[16]);
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Folder.load(inner, external("../secret.bin")))
                .withMessageContaining("escapes model directory");
    }

    private static byte[] external(String location) {
        return new OnnxWriter()
                .input("x", OnnxWriter.FLOAT, 4)
                .output("y", OnnxWriter.FLOAT, 4)
                .external("w", location, 4)
                .node("Add", List.of("x", "w"), List.of("y"))
                .toBytes();
    }

    @Test
    void anEmptyFileIsRefusedByName() {
        assertThat(refusal(new byte[0]))
                .hasMessageContaining("'model.onnx'")
                .hasMessageContaining("empty")
                .extracting("code")
                .isEqualTo(ErrorCode.MODEL_CORRUPT);
    }

    @Test
    void aMissingFileIsRefused() {
        Backend backend = new OnnxBackendProvider().open();
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> backend.load(new Folder(folder.resolve("nowhere")), Placement.cpu()))
                .withMessageContaining("cannot be read");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.001, 0.1, 0.5, 0.9, 0.999})
    void aTruncatedFileIsRefused(double part) {
        byte[] model = OnnxModels.mlp(100, 64);
        assertThat(refusal(Arrays.copyOf(model, (int) (model.length * part))))
                .extracting("code")
                .isEqualTo(ErrorCode.MODEL_CORRUPT);
    }

    @Test
    void randomBytesAreRefused() {
        Random random = new Random(1);
        for (int i = 0; i < 50; i++) {
            byte[] noise = new byte[1 + random.nextInt(4000)];
            random.nextBytes(noise);
            assertThat(refusal(noise)).extracting("code").isEqualTo(ErrorCode.MODEL_CORRUPT);
        }
    }

    @Test
    void aModelWithFlippedBytesIsRefusedOrLoadsButNeverCrashes() {
        long seed = 20260101;
        Random random = new Random(seed);
        int loaded = 0;
        for (int i = 0; i < 200; i++) {
            byte[] model = OnnxModels.mlp(10, 4);
            for (int flip = 0; flip <= i % 4; flip++) {
                model[random.nextInt(model.length)] ^= (byte) (1 << random.nextInt(8));
            }
            try (LoadedModel survivor = Folder.load(folder, model)) {
                assertThat(survivor.signature().inputs()).as("seed %d", seed).isNotNull();
                loaded++;
            } catch (InvalidInputException e) {
                assertThat(e.code()).isIn(ErrorCode.MODEL_CORRUPT, ErrorCode.MODEL_UNSUPPORTED);
            }
        }
        assertThat(loaded).isBetween(1, 199);
    }

    @Test
    void devicesThatAreNotThereAreRefused() {
        Folder files = new Folder(folder).with("model.onnx", OnnxModels.add(2));
        Backend backend = new OnnxBackendProvider().open();
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> backend.load(files, new Placement("tpu", 1)))
                .withMessageContaining("'tpu'");
        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> backend.load(files, new Placement("gpu:0", 1)))
                .withMessageContaining("onnxruntime_gpu")
                .extracting(MaasException::code)
                .isEqualTo(ErrorCode.NO_NATIVE);
    }

    @Test
    void theManifestsWeightsCountAsNativeMemory() {
        assertThat(new Folder(folder).manifest()).extracting(Manifest::format).isEqualTo("onnx");
        try (LoadedModel loaded = Folder.load(folder, OnnxModels.mlp(100, 64))) {
            assertThat(loaded.nativeBytes()).isGreaterThan(6529L * DataType.FP32.byteSize());
        }
    }
}
