package io.maas.backend.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.maas.Maas;
import io.maas.Packages;
import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.model.Signature;
import io.maas.model.TensorSpec;
import io.maas.predict.Predictor;
import io.maas.repository.ImportOptions;
import io.maas.repository.ImportReport;
import io.maas.repository.ImportReport.Kind;
import io.maas.repository.ModelVersion;
import io.maas.repository.PackageSource;
import io.maas.repository.PublishOptions;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import io.maas.testkit.onnx.OnnxModels;
import io.maas.testkit.onnx.OnnxWriter;
import io.maas.testkit.onnx.OnnxWriter.Attribute;
import io.maas.testkit.torchscript.TorchScripts;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models as other tools leave them, imported, registered and called on the real engine. */
class ImportTest {
    private static final String MINILM = "/all-minilm-l6-v2-q";

    @TempDir
    Path temp;

    private Maas maas;

    @BeforeEach
    void open() {
        maas = Maas.builder()
                .store(URI.create("memory:test"))
                .cache(temp.resolve("cache"))
                .actor("tester")
                .pollInterval(Duration.ZERO)
                .open();
    }

    @AfterEach
    void close() {
        maas.close();
    }

    private Path with(String path, byte[] content) throws IOException {
        Path file = temp.resolve(path);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
        return temp.resolve(path.substring(0, path.indexOf('/')));
    }

    private Path with(String path, String content) throws IOException {
        return with(path, content.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(ImportTest.class.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        }
    }

    private Predictor<Tensors, Tensors> serve(ImportReport report) {
        ModelVersion version = maas.repository().register(report.source());
        maas.repository().publish(version, PublishOptions.toProduction());
        return maas.predictor(version.name().value());
    }

    private Signature signature(ImportReport report) {
        String name = report.manifest().name().value();
        return maas.repository()
                .details(maas.repository().resolve(name))
                .probe()
                .orElseThrow()
                .signature();
    }

    @Test
    void aHuggingFaceSnapshotTakesSentences() throws IOException {
        with("minilm/README.md", """
                ---
                license: apache-2.0
                pipeline_tag: sentence-similarity
                ---
                # all-MiniLM-L6-v2
                """);
        with("minilm/config.json", "{\"architectures\": [\"BertModel\"], \"hidden_size\": 384}");
        with("minilm/modules.json", """
                [{"idx": 0, "type": "sentence_transformers.models.Transformer"},
                 {"idx": 1, "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
                 {"idx": 2, "type": "sentence_transformers.models.Normalize"}]
                """);
        with("minilm/1_Pooling/config.json", "{\"pooling_mode_mean_tokens\": true}");
        with("minilm/sentence_bert_config.json", "{\"max_seq_length\": 256}");
        with("minilm/tokenizer.json", resource(MINILM + "-tokenizer.json"));
        Path folder = with("minilm/onnx/model.onnx", resource(MINILM + ".onnx"));
        ImportReport report = Packages.importFrom(folder);
        assertThat(report.kind()).isEqualTo(Kind.HUGGING_FACE);

        Predictor<Tensors, Tensors> model = serve(report);
        Tensor vectors = model.predict(Tensors.of("text", Tensor.of(new String[] {
                    "The cat sits on the mat.", "A cat is sitting on a rug.", "The central bank raised interest rates."
                })))
                .get("embedding");
        float[] all = vectors.toFloats();
        assertThat(vectors.shape().toArray()).containsExactly(3, 384);
        assertThat(dot(all, 0, 0)).isCloseTo(1, within(1e-5));
        assertThat(dot(all, 0, 1)).isGreaterThan(dot(all, 0, 2) + 0.3);
    }

    private static double dot(float[] rows, int a, int b) {
        double sum = 0;
        for (int i = 0; i < 384; i++) {
            sum += (double) rows[a * 384 + i] * rows[b * 384 + i];
        }
        return sum;
    }

    @Test
    void aHuggingFaceClassifierGivesProbabilities() throws IOException {
        byte[] classifier = new OnnxWriter()
                .input("input_ids", OnnxWriter.INT64, "batch_size", "sequence_length")
                .output("logits", OnnxWriter.FLOAT, "batch_size", 2)
                .floats("w", new float[] {0.001f, -0.001f}, 1, 2)
                .node("Cast", List.of("input_ids"), List.of("ids"), Attribute.of("to", 1))
                .node("ReduceMean", List.of("ids"), List.of("mean"), Attribute.of("axes", new long[] {1}))
                .node("MatMul", List.of("mean", "w"), List.of("logits"))
                .toBytes();
        with("moods/README.md", "---\npipeline_tag: text-classification\nlicense: mit\n---\n");
        with("moods/config.json", "{\"id2label\": {\"0\": \"GOOD\", \"1\": \"BAD\"}}");
        with("moods/tokenizer.json", resource(MINILM + "-tokenizer.json"));
        ImportReport report = Packages.importFrom(with("moods/model.onnx", classifier));
        Tensor answer = serve(report)
                .predict(Tensors.of("text", Tensor.of(new String[] {"fine"})))
                .get("probabilities");
        float[] probabilities = answer.toFloats();
        assertThat(probabilities[0] + probabilities[1]).isCloseTo(1, within(1e-5f));
        assertThat(probabilities[0]).isGreaterThan(probabilities[1]);
        TensorSpec output = signature(report).output("probabilities").orElseThrow();
        assertThat(output.labels()).containsExactly("GOOD", "BAD");
    }

    @Test
    void aTritonModelIsCalledInBatches() throws IOException {
        with("risk/config.pbtxt", """
                platform: "onnxruntime_onnx"
                max_batch_size: 8
                input [ { name: "x" data_type: TYPE_FP32 dims: [ 4 ] } ]
                output [ { name: "y" data_type: TYPE_FP32 dims: [ 1 ] label_filename: "labels.txt" } ]
                instance_group [ { kind: KIND_GPU } ]
                """);
        with("risk/labels.txt", "risk");
        with("risk/1/model.onnx", OnnxModels.mlp(4, 2));
        Path folder = with("risk/2/model.onnx", OnnxModels.mlp(4, 3));
        ImportReport report = Packages.importFrom(folder);
        Tensors inputs = Tensors.of("x", Tensor.of(new float[8], 2, 4));
        Tensors expected = serve(ImportedFile.of(temp, OnnxModels.mlp(4, 3))).predict(inputs);
        assertThat(serve(report).predict(inputs)).isEqualTo(expected);
        assertThat(signature(report).output("y").orElseThrow().labels()).containsExactly("risk");
    }

    /** The same model without any configuration. */
    private static final class ImportedFile {
        static ImportReport of(Path temp, byte[] model) throws IOException {
            return Packages.importFrom(
                    Files.write(temp.resolve("plain.onnx"), model),
                    ImportOptions.defaults().name("plain"));
        }
    }

    @Test
    void aTritonConfigurationThatIsWrongIsFoundOut() throws IOException {
        with("risk/config.pbtxt", "max_batch_size: 8 input { name: 'x' data_type: TYPE_FP32 dims: 5 }");
        ImportReport report = Packages.importFrom(with("risk/1/model.onnx", OnnxModels.mlp(4, 3)));
        assertThatThrownBy(() -> maas.repository().register(report.source()))
                .isInstanceOfSatisfying(
                        MaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_SIGNATURE))
                .hasMessageContaining("'x'");
    }

    @Test
    void anMlflowModelKnowsItsColumns() throws IOException {
        with("logged/MLmodel", """
                artifact_path: risk
                flavors: {onnx: {data: model.onnx}}
                signature:
                  inputs: '[{"type": "double", "name": "age"}, {"type": "double", "name": "income"}]'
                """);
        Path folder = with("logged/model.onnx", OnnxModels.mlp(2, 3));
        ImportReport report = Packages.importFrom(folder);
        Tensors answer = serve(report).predict(Tensors.of("x", Tensor.of(new float[] {1, 2}, 1, 2)));
        assertThat(answer.get("y").toFloats()).hasSize(1);
        assertThat(signature(report).input("x").orElseThrow().labels()).containsExactly("age", "income");
    }

    @Test
    void aDjlArchiveIsRegisteredAsItIsOrWritten() throws IOException {
        Path zip = temp.resolve("served.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            out.putNextEntry(new ZipEntry("served/serving.properties"));
            out.write("engine=OnnxRuntime\nbatch_size=4\n".getBytes(StandardCharsets.UTF_8));
            out.putNextEntry(new ZipEntry("served/served.onnx"));
            out.write(OnnxModels.mlp(2, 3));
        }
        ImportReport report = Packages.importFrom(zip);
        Tensors inputs = Tensors.of("x", Tensor.of(new float[] {1, 2}, 1, 2));
        Tensors answer = serve(report).predict(inputs);
        Packages.Summary written = Packages.writeZip(report.source(), temp.resolve("package.zip"));
        ModelVersion again = maas.repository().register(PackageSource.zip(temp.resolve("package.zip")));
        assertThat(again.digest()).isEqualTo(written.digest());
        assertThat(answer.get("y").toFloats()).hasSize(1);
    }

    @Test
    void torchScriptWaitsForASignatureAndForItsTensors() throws IOException {
        Path file = Files.write(temp.resolve("net.pt"), TorchScripts.identity());
        ImportReport report = Packages.importFrom(file);
        assertThatThrownBy(() -> maas.repository().register(report.source()))
                .isInstanceOfSatisfying(
                        MaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SIGNATURE_MISSING))
                .hasMessageContaining("torchscript");
        try (Maas trusting = Maas.builder()
                .store(URI.create("memory:trusting"))
                .cache(temp.resolve("trusting"))
                .allowTorchScript()
                .open()) {
            assertThatThrownBy(() -> trusting.repository().register(report.source()))
                    .isInstanceOfSatisfying(
                            MaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PACKAGE_MANIFEST))
                    .hasMessageContaining("maas.json lists no inputs");
        }
    }
}
