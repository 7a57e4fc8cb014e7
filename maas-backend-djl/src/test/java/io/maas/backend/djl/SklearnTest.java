package io.maas.backend.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import ai.djl.util.JsonUtils;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.spi.LoadedModel;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import io.maas.testkit.PlainCall;
import io.maas.testkit.onnx.OnnxWriter;
import io.maas.testkit.onnx.OnnxWriter.Attribute;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SklearnTest {
    @TempDir
    Path folder;

    private LoadedModel columns() {
        new Folder(folder).with("columns.onnx", "/sklearn/columns.onnx");
        try {
            return Folder.load(folder, Files.readAllBytes(folder.resolve("columns.onnx")));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aModelWithOneInputPerColumnHasADenseSignatureWithItsClasses() {
        try (LoadedModel model = columns()) {
            assertThat(model.signature())
                    .hasToString("colour BYTES[batch, 1], sugar FP32[batch, 1], pressure FP32[batch, 1], "
                            + "age INT64[batch, 1] -> output_label BYTES[batch], output_probability FP32[batch, 3]");
            assertThat(model.signature().outputs().get(1).labels()).containsExactly("dry", "sparkling", "sweet");
        }
    }

    @Test
    void itAnswersAsScikitLearnDoes() throws IOException {
        new Folder(folder).with("expected.json", "/sklearn/columns-expected.json");
        JsonObject expected =
                JsonUtils.GSON.fromJson(Files.readString(folder.resolve("expected.json")), JsonObject.class);
        JsonArray rows = expected.getAsJsonArray("rows");
        assertThat(rows).hasSize(5);
        try (LoadedModel model = columns()) {
            for (JsonElement element : rows) {
                JsonObject row = element.getAsJsonObject();
                Tensors out = PlainCall.run(model, inputs(row.getAsJsonObject("inputs")));
                assertThat(out.get("output_label").toStrings())
                        .containsExactly(row.get("label").getAsString());
                float[] probabilities = out.get("output_probability").toFloats();
                for (int i = 0; i < probabilities.length; i++) {
                    assertThat(probabilities[i])
                            .isCloseTo(
                                    row.getAsJsonArray("probabilities").get(i).getAsFloat(), within(1e-5f));
                }
            }
        }
    }

    private static Tensors inputs(JsonObject row) {
        return Tensors.builder()
                .add("colour", Tensor.of(new String[] {row.get("colour").getAsString()}, 1, 1))
                .add("sugar", Tensor.of(new float[] {row.get("sugar").getAsFloat()}, 1, 1))
                .add("pressure", Tensor.of(new float[] {row.get("pressure").getAsFloat()}, 1, 1))
                .add("age", Tensor.of(new long[] {row.get("age").getAsLong()}, 1, 1))
                .build();
    }

    @ParameterizedTest
    @CsvSource({"v1, 0.8431", "v2, 0.9766"})
    void theDigitsAreReadAsWellAsTheirPackageSays(String version, double accuracy) throws IOException {
        byte[] file = Files.readAllBytes(Path.of("../examples/models/digits", version, "model.onnx"));
        List<String> lines = Files.readAllLines(Path.of("../examples/models/digits/holdout.csv"));
        float[] pixels = new float[(lines.size() - 1) * 64];
        long[] truth = new long[lines.size() - 1];
        for (int row = 0; row < truth.length; row++) {
            String[] cells = lines.get(row + 1).split(",", -1);
            truth[row] = Long.parseLong(cells[0]);
            for (int i = 0; i < 64; i++) {
                pixels[row * 64 + i] = Float.parseFloat(cells[i + 1]);
            }
        }
        try (LoadedModel model = Folder.load(folder, file)) {
            List<String> digits = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
            assertThat(model.signature().outputs().get(1).labels())
                    .isEqualTo(version.equals("v1") ? digits : List.of()); // v2 was exported without ZipMap
            Tensors out = PlainCall.run(model, Tensors.of("image", Tensor.of(pixels, truth.length, 64)));
            assertThat(out.get("output_probability").shape().toArray()).containsExactly(truth.length, 10);
            int right = 0;
            for (int row = 0; row < truth.length; row++) {
                right += out.get("output_label").longAt(row) == truth[row] ? 1 : 0;
            }
            assertThat((double) right / truth.length).isCloseTo(accuracy, within(1e-3));
        }
    }

    @Test
    void classesKeepTheOrderOfTheModelsColumns() {
        byte[] model = new OnnxWriter()
                .input("p", OnnxWriter.FLOAT, "", 3)
                .mapsOutput("maps", OnnxWriter.INT64)
                .node(
                        "ai.onnx.ml",
                        "ZipMap",
                        List.of("p"),
                        List.of("maps"),
                        Attribute.of("classlabels_int64s", new long[] {30, -1, 20}))
                .toBytes();
        try (LoadedModel loaded = Folder.load(folder, model)) {
            assertThat(loaded.signature()).hasToString("p FP32[batch, 3] -> maps FP32[batch, 3]");
            assertThat(loaded.signature().outputs().get(0).labels()).containsExactly("30", "-1", "20");
            Tensor rows = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
            assertThat(PlainCall.run(loaded, Tensors.of("p", rows)).single()).isEqualTo(rows);
        }
    }

    @Test
    void classesThatTheFileDoesNotTellAreFoundByOneCall() {
        byte[] model = hidden(3);
        try (LoadedModel loaded = Folder.load(folder, model)) {
            assertThat(loaded.signature().outputs().get(0).labels()).containsExactly("a", "b", "c");
            assertThat(PlainCall.run(loaded, Tensors.of("p", Tensor.of(new float[] {1, 2, 3}, 1, 3)))
                            .single()
                            .toFloats())
                    .containsExactly(2, 3, 1);
        }
    }

    @Test
    void classesThatNothingTellsAreRefused() {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Folder.load(folder, hidden(2)))
                .withMessageContaining("'maps' has classes")
                .extracting(MaasException::code)
                .isEqualTo(ErrorCode.MODEL_UNSUPPORTED);
    }

    /** A ZipMap for 3 classes inside an operator of the model's own, so that no node of the graph shows them. */
    private static byte[] hidden(int width) {
        return new OnnxWriter()
                .function("Zip", "ZipMap", Attribute.of("classlabels_strings", "c", "a", "b"))
                .input("p", OnnxWriter.FLOAT, "", width)
                .mapsOutput("maps", OnnxWriter.STRING)
                .node("local", "Zip", List.of("p"), List.of("maps"))
                .toBytes();
    }
}
