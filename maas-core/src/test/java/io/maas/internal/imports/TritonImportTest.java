package io.maas.internal.imports;

import static io.maas.internal.imports.Fixture.item;
import static io.maas.internal.imports.Fixture.outcome;
import static io.maas.internal.imports.Fixture.paths;
import static org.assertj.core.api.Assertions.assertThat;

import io.maas.error.ErrorCode;
import io.maas.model.Manifest;
import io.maas.model.Manifest.Batching;
import io.maas.model.TensorSpec;
import io.maas.repository.ImportOptions;
import io.maas.repository.ImportReport;
import io.maas.repository.ImportReport.Kind;
import io.maas.repository.ImportReport.Outcome;
import io.maas.testkit.onnx.OnnxModels;
import io.maas.testkit.onnx.OnnxWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TritonImportTest {
    private static final byte[] MLP = OnnxModels.mlp(4, 3);

    private static final String RICH = """
            name: "risk"  # what others call it
            platform: "onnxruntime_onnx"
            max_batch_size: 32
            input [
              { name: "x" data_type: TYPE_FP32 format: FORMAT_NONE dims: [ 4 ] }
            ]
            output [
              { name: "y", data_type: TYPE_FP32, dims: [ 1 ], label_filename: "labels.txt" }
            ]
            version_policy: { latest { num_versions: 2 } }
            dynamic_batching {
              preferred_batch_size: [ 8, 16 ]
              max_queue_delay_microseconds: 1500
              priority_levels: 2
              default_queue_policy { timeout_action: REJECT default_timeout_microseconds: 100 }
            }
            instance_group [
              { count: 2 kind: KIND_GPU gpus: [ 0, 1 ] },
              { count: 1 kind: KIND_CPU }
            ]
            optimization { execution_accelerators { gpu_execution_accelerator: [ { name: "tensorrt" } ] } }
            parameters { key: "intra_op_thread_count" value { string_value: "3" } }
            parameters { key: "team" value { string_value: "credit" } }
            model_warmup [ { name: "zeros" batch_size: 1 inputs { key: "x" value { data_type: TYPE_FP32 dims: 4 zero_data: true } } } ]
            response_cache { enable: true }
            metric_tags { key: "a" value: "b" }
            brand_new_field: 7
            """;

    @TempDir
    Path temp;

    private Fixture model;

    @BeforeEach
    void folder() {
        model = new Fixture(temp.resolve("risk-model"));
    }

    @Test
    void carriesWhatTheConfigurationSays() {
        ImportReport report = model.with("config.pbtxt", RICH)
                .with("labels.txt", "risk\n")
                .with("1/model.onnx", OnnxModels.mlp(4, 2))
                .with("3/model.onnx", MLP)
                .with("3/notes.txt", "made on a Tuesday")
                .run();
        Manifest manifest = report.manifest();
        assertThat(report.kind()).isEqualTo(Kind.TRITON);
        assertThat(manifest.name().value()).isEqualTo("risk");
        assertThat(manifest.format()).isEqualTo("onnx");
        assertThat(manifest.inputs()).extracting(TensorSpec::toString).containsExactly("x FP32[N, 4]");
        assertThat(manifest.outputs()).extracting(TensorSpec::toString).containsExactly("y FP32[N, 1]");
        assertThat(manifest.outputs().get(0).labels()).containsExactly("risk");
        assertThat(manifest.runtime().batching())
                .contains(new Batching(OptionalInt.of(32), 2, OptionalDouble.empty(), Map.of()));
        assertThat(manifest.runtime().instances()).hasValue(3);
        assertThat(manifest.runtime().threads()).hasValue(3);
        assertThat(manifest.runtime().devices()).containsExactly("gpu", "cpu");
        assertThat(manifest.extensions())
                .isEqualTo(Map.of("triton", Map.of("version", "3", "parameter team", "credit")));
        assertThat(paths(report)).containsExactly("model.onnx", "labels/labels.txt");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name | CARRIED",
                "max_batch_size | CARRIED",
                "input[0].dims | ADAPTED",
                "input[0].format | DROPPED",
                "output[0].label_filename | CARRIED",
                "dynamic_batching.max_queue_delay_microseconds | ADAPTED",
                "dynamic_batching.preferred_batch_size | DROPPED",
                "dynamic_batching.default_queue_policy.timeout_action | DROPPED",
                "instance_group[0].kind | ADAPTED",
                "instance_group[0].gpus | DROPPED",
                "instance_group[1].kind | CARRIED",
                "parameters[0] | CARRIED",
                "parameters[1] | ADAPTED",
                "version_policy.latest.num_versions | DROPPED",
                "optimization.execution_accelerators.gpu_execution_accelerator[0].name | DROPPED",
                "model_warmup[0].batch_size | DROPPED",
                "response_cache.enable | DROPPED",
                "brand_new_field | DROPPED"
            })
    void saysOfEachFieldWhatBecameOfIt(String field, Outcome outcome) {
        ImportReport report = model.with("config.pbtxt", RICH)
                .with("labels.txt", "risk\n")
                .with("1/model.onnx", MLP)
                .run();
        assertThat(outcome(report, "config.pbtxt: " + field)).isEqualTo(outcome);
    }

    @Test
    void takesTheHighestVersionByNumberOrTheOneAskedFor() {
        model.with("config.pbtxt", "platform: 'onnxruntime_onnx'")
                .with("9/model.onnx", OnnxModels.mlp(4, 2))
                .with("10/model.onnx", MLP);
        ImportReport newest = model.run();
        assertThat(newest.manifest().extensions()).isEqualTo(Map.of("triton", Map.of("version", "10")));
        assertThat(item(newest, "9/model.onnx").reason()).contains("version 9");
        assertThat(newest.manifest().name().value()).isEqualTo("risk-model");
        assertThat(outcome(model.run(ImportOptions.defaults().version("9")), "9/model.onnx"))
                .isEqualTo(Outcome.CARRIED);
        model.refused(ImportOptions.defaults().version("4"), ErrorCode.IMPORT_AMBIGUOUS, "'4'", "[9, 10]");
    }

    @Test
    void withoutBatchesDimensionsAreTakenAsTheyAre() {
        ImportReport report = model.with("config.pbtxt", """
                        backend: "onnxruntime"
                        max_batch_size: 0
                        default_model_filename: "doubling.onnx"
                        input { name: "tokens" data_type: TYPE_INT64 dims: -1 dims: -1 }
                        output { name: "doubled" data_type: TYPE_INT64 dims: [-1, -1] }
                        """)
                .with("1/doubling.onnx", OnnxModels.doubled())
                .run();
        assertThat(report.manifest().inputs())
                .extracting(TensorSpec::toString)
                .containsExactly("tokens INT64[batch, length]");
        assertThat(report.manifest().runtime().batching()).isEmpty();
        assertThat(paths(report)).containsExactly("model.onnx");
    }

    @Test
    void torchScriptGetsItsPlacesAndFreeDimensionsGetNames() {
        ImportReport report = model.with("config.pbtxt", """
                        platform: "pytorch_libtorch"
                        max_batch_size: 8
                        input { name: "INPUT__1" data_type: TYPE_INT64 dims: [ -1 ] }
                        input { name: "INPUT__0" data_type: TYPE_FP32 dims: [ 3, -1, -1 ] }
                        output { name: "OUTPUT__0" data_type: TYPE_STRING dims: [ 1 ] reshape { shape: [ ] } }
                        instance_group { kind: KIND_MODEL }
                        dynamic_batching { }
                        """)
                .with("1/model.pt", Fixture.torchScript())
                .run();
        assertThat(report.manifest().format()).isEqualTo("torchscript");
        assertThat(report.manifest().inputs())
                .extracting(TensorSpec::toString)
                .containsExactly(
                        "INPUT__0 FP32[batch, 3, INPUT__0_2, INPUT__0_3]", "INPUT__1 INT64[batch, INPUT__1_1]");
        assertThat(report.manifest().outputs())
                .extracting(TensorSpec::toString)
                .containsExactly("OUTPUT__0 BYTES[batch]");
        assertThat(outcome(report, "config.pbtxt: output.reshape")).isEqualTo(Outcome.ADAPTED);
        assertThat(outcome(report, "config.pbtxt: instance_group.kind")).isEqualTo(Outcome.DROPPED);
        assertThat(outcome(report, "config.pbtxt: dynamic_batching")).isEqualTo(Outcome.DROPPED);
        assertThat(paths(report)).containsExactly("model.pt");
    }

    @Test
    void needsNoConfigurationWhereTheModelTellsEverything() {
        ImportReport report = model.with("1/model.onnx", MLP).run();
        assertThat(report.kind()).isEqualTo(Kind.TRITON);
        assertThat(report.manifest().inputs()).isEmpty();
    }

    @Test
    void outputsThatTritonHidesAreVisible() {
        byte[] two = new OnnxWriter()
                .input("x", OnnxWriter.FLOAT, "N", 2)
                .output("y", OnnxWriter.FLOAT, "N", 2)
                .output("z", OnnxWriter.FLOAT, "N", 2)
                .node("Identity", List.of("x"), List.of("y"))
                .node("Neg", List.of("x"), List.of("z"))
                .toBytes();
        ImportReport report =
                model.with("config.pbtxt", """
                        max_batch_size: 1
                        output { name: "y" data_type: TYPE_FP32 dims: 2 }
                        """).with("1/model.onnx", two).run();
        assertThat(report.manifest().outputs()).extracting(TensorSpec::name).containsExactly("y", "z");
        assertThat(report.items(Outcome.ADAPTED)).anyMatch(item -> item.reason().contains("z FP32[N, 2]"));
    }

    @Test
    void modelFoldersBringTheirExternalWeights() {
        byte[] graph = new OnnxWriter()
                .input("x", OnnxWriter.FLOAT, "N", 2)
                .output("y", OnnxWriter.FLOAT, "N", 2)
                .external("w", "weights.bin", 2)
                .node("Add", List.of("x", "w"), List.of("y"))
                .toBytes();
        ImportReport report = model.with("1/model.onnx/graph.onnx", graph)
                .with("1/model.onnx/weights.bin", new byte[8])
                .run();
        assertThat(paths(report)).containsExactly("model.onnx", "weights.bin");
        assertThat(outcome(report, "1/model.onnx/weights.bin")).isEqualTo(Outcome.CARRIED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "platform: 'ensemble' | pipeline",
                "ensemble_scheduling { step { model_name: 'a' model_version: -1 } } | pipeline",
                "backend: 'python' | model.py",
                "backend: 'pytorch' runtime: 'model.py' | model.py",
                "platform: 'tensorrt_plan' | tensorrt_plan",
                "backend: 'dali' | dali"
            })
    void refusesWhatIsCodeOrHasNoEngineHere(String config, String says) {
        model.with("config.pbtxt", config).with("1/model.onnx", MLP).refused(ErrorCode.IMPORT_UNSUPPORTED, says);
    }

    @Test
    void refusesPicklesThatCallThemselvesTorchScript() {
        model.with("config.pbtxt", "backend: 'pytorch'")
                .with("1/model.pt", Fixture.torchSave())
                .refused(ErrorCode.IMPORT_UNSUPPORTED, "torch.jit.script");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name: 'a' name: 'b'",
                "max_batch_size: -3",
                "max_batch_size: many",
                "input { data_type: TYPE_FP32 dims: 1 }",
                "input { name: 'x' data_type: TYPE_FP128 dims: 1 }",
                "input { name: 'x' dims: 1 }",
                "input { name: 'x' data_type: TYPE_FP32 dims: 0 }",
                "input { name: 'x' data_type: TYPE_FP32 dims: -2 }",
                "input { name: 'x' data_type: TYPE_FP32 dims: two }",
                "input: 7"
            })
    void refusesConfigurationsThatTritonWouldRefuse(String config) {
        model.with("config.pbtxt", config).with("1/model.onnx", MLP).refused(ErrorCode.BAD_DOCUMENT, "config.pbtxt");
    }

    @Test
    void saysWhatIsMissing() {
        model.with("config.pbtxt", "name: 'a'").with("readme.txt", "").refused(ErrorCode.IMPORT_UNKNOWN, "version");
        model.with("1/other.onnx", MLP).refused(ErrorCode.PACKAGE_MISSING, "1/model.onnx", "default_model_filename");
        model.with("config.pbtxt", "default_model_filename: '../../secret'")
                .refused(ErrorCode.PACKAGE_MISSING, "1/../../secret");
    }

    @Test
    void aRepositoryOfModelsIsImportedModelByModel() {
        model.with("a/config.pbtxt", "").with("b/config.pbtxt", "").refused(ErrorCode.IMPORT_AMBIGUOUS, "[a, b]");
    }
}
