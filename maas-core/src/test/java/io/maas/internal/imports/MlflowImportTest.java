package io.maas.internal.imports;

import static io.maas.internal.imports.Fixture.outcome;
import static io.maas.internal.imports.Fixture.paths;
import static org.assertj.core.api.Assertions.assertThat;

import io.maas.error.ErrorCode;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MlflowImportTest {
    private static final String HEAD = """
            artifact_path: risk
            flavors:
              onnx:
                code: null
                data: model.onnx
                onnx_version: 1.16.0
                providers:
                - CUDAExecutionProvider
                - CPUExecutionProvider
              python_function:
                env:
                  conda: conda.yaml
                  virtualenv: python_env.yaml
                loader_module: mlflow.onnx
            mlflow_version: 2.16.2
            model_size_bytes: 1234
            model_uuid: 0f3c1bd0f5a94a4f8d3f7f0f6a2f8f0a
            run_id: 6ac1b1a8e3a14f50b6b4a3fb4fd0a7c2
            utc_time_created: '2024-09-20 08:15:30.123456'
            saved_input_example_info:
              artifact_path: input_example.json
              type: ndarray
            """;

    private static final String TENSORS = """
            signature:
              inputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 4]}}]'
              outputs: '[{"name": "y", "type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 2]}}]'
              params: null
            """;

    @TempDir
    Path temp;

    private Fixture model;

    @BeforeEach
    void folder() {
        model = new Fixture(temp.resolve("model"));
    }

    private Fixture onnx(String rest) {
        return model.with("MLmodel", HEAD + rest).with("model.onnx", OnnxModels.mlp(4, 3));
    }

    @Test
    void carriesWhereAModelComesFrom() {
        ImportReport report = onnx(TENSORS)
                .with("conda.yaml", "channels: []")
                .with("python_env.yaml", "python: 3.11")
                .with("requirements.txt", "onnx")
                .with("input_example.json", "[[1, 2, 3, 4]]")
                .run();
        assertThat(report.kind()).isEqualTo(Kind.MLFLOW);
        assertThat(report.manifest().name().value()).isEqualTo("risk");
        assertThat(report.manifest().provenance().builtAt()).contains("2024-09-20 08:15:30.123456");
        assertThat(report.manifest().extensions())
                .isEqualTo(Map.of(
                        "mlflow",
                        Map.of(
                                "mlflow_version", "2.16.2",
                                "model_size_bytes", 1234,
                                "model_uuid", "0f3c1bd0f5a94a4f8d3f7f0f6a2f8f0a",
                                "run_id", "6ac1b1a8e3a14f50b6b4a3fb4fd0a7c2")));
        assertThat(paths(report)).containsExactly("model.onnx", "input_example.json");
        assertThat(outcome(report, "conda.yaml")).isEqualTo(Outcome.DROPPED);
        assertThat(outcome(report, "MLmodel: flavors.onnx.data")).isEqualTo(Outcome.ADAPTED);
        assertThat(outcome(report, "MLmodel: flavors.onnx.providers")).isEqualTo(Outcome.DROPPED);
        assertThat(outcome(report, "MLmodel: flavors.python_function.env.conda"))
                .isEqualTo(Outcome.DROPPED);
    }

    @Test
    void theModelIsRightAboutItsTensors() {
        ImportReport report = onnx(TENSORS).run();
        assertThat(report.manifest().inputs()).extracting(TensorSpec::toString).containsExactly("x FP32[N, 4]");
        assertThat(report.manifest().outputs()).extracting(TensorSpec::toString).containsExactly("y FP32[N, 1]");
        assertThat(outcome(report, "MLmodel: signature.inputs[0].tensor-spec.shape"))
                .isEqualTo(Outcome.CARRIED);
        assertThat(outcome(report, "MLmodel: signature.outputs[0].tensor-spec.dtype"))
                .isEqualTo(Outcome.ADAPTED);
        assertThat(outcome(report, "MLmodel: signature.outputs[0].tensor-spec.shape"))
                .isEqualTo(Outcome.ADAPTED);
        assertThat(outcome(report, "MLmodel: signature.params")).isEqualTo(Outcome.DROPPED);
    }

    @Test
    void tensorsThatTheModelDoesNotHaveAreReported() {
        ImportReport report = onnx("""
                        signature:
                          inputs: '[{"name": "z", "type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [1]}}]'
                        """).run();
        assertThat(report.manifest().inputs()).isEmpty();
        assertThat(outcome(report, "MLmodel: signature.inputs[0]")).isEqualTo(Outcome.DROPPED);
    }

    @Test
    void columnsLabelTheOnlyTensor() {
        ImportReport report = onnx("""
                        signature:
                          inputs: '[{"type": "double", "name": "age", "required": true}, {"type": "double", "name": "income"},
                            {"type": "double", "name": "debts"}, {"type": "long", "name": "children"}]'
                          outputs: '[{"type": "double", "required": true}]'
                        """).run();
        assertThat(report.manifest().inputs().get(0).labels()).containsExactly("age", "income", "debts", "children");
        assertThat(outcome(report, "MLmodel: signature.inputs[3].name")).isEqualTo(Outcome.ADAPTED);
        assertThat(outcome(report, "MLmodel: signature.inputs[0].required")).isEqualTo(Outcome.DROPPED);
        assertThat(outcome(report, "MLmodel: signature.outputs[0].type")).isEqualTo(Outcome.DROPPED);
    }

    @Test
    void columnsAreInputsOfTheSameNames() {
        byte[] columns = new OnnxWriter()
                .input("age", OnnxWriter.FLOAT, "", 1)
                .input("debts", OnnxWriter.FLOAT, "", 1)
                .output("risk", OnnxWriter.FLOAT, "", 1)
                .node("Add", List.of("age", "debts"), List.of("risk"))
                .toBytes();
        ImportReport report =
                model.with("MLmodel", HEAD + """
                        signature:
                          inputs: '[{"type": "double", "name": "age"}, {"type": "double", "name": "debts"}]'
                        """).with("model.onnx", columns).run();
        assertThat(report.manifest().inputs())
                .extracting(TensorSpec::toString)
                .containsExactly("age FP32[?, 1]", "debts FP32[?, 1]");
        assertThat(outcome(report, "MLmodel: signature.inputs[1].name")).isEqualTo(Outcome.ADAPTED);
    }

    private static final String TORCH = """
            flavors:
              pytorch:
                model_data: data
                pytorch_version: 2.4.0
            signature:
              inputs: '[{"name": "image", "type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 3, 224, -1]}}]'
              outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "complex64", "shape": [-1]}}]'
            """;

    @Test
    void torchScriptIsDescribedByItsSignature() {
        ImportReport report = model.with("MLmodel", TORCH)
                .with("data/model.pth", Fixture.torchScript())
                .with("data/pickle_module_info.txt", "mlflow.pytorch.pickle_module")
                .run(ImportOptions.defaults().name("images"));
        assertThat(report.manifest().format()).isEqualTo("torchscript");
        assertThat(report.manifest().inputs())
                .extracting(TensorSpec::toString)
                .containsExactly("image FP32[batch, 3, 224, ?]");
        assertThat(report.manifest().outputs()).isEmpty();
        assertThat(outcome(report, "MLmodel: signature.outputs[0]")).isEqualTo(Outcome.DROPPED);
    }

    @Test
    void refusesPickledModules() {
        model.with("MLmodel", TORCH)
                .with("data/model.pth", Fixture.torchSave())
                .refused(ErrorCode.IMPORT_UNSUPPORTED, "data/model.pth", "torch.jit.script", "torch.onnx.export");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "flavors: {sklearn: {pickled_model: model.pkl}} | IMPORT_UNSUPPORTED",
                "artifact_path: x | IMPORT_UNSUPPORTED",
                "flavors: {onnx: {data: gone.onnx}} | PACKAGE_MISSING",
                "flavors: {onnx: {data: ../model.onnx}} | PACKAGE_MISSING",
                "flavors: [ | BAD_DOCUMENT",
                "just text | BAD_DOCUMENT",
                "flavors: !!python/object:os.system {} | BAD_DOCUMENT",
                "flavors: {onnx: {data: [a, b]}} | BAD_DOCUMENT"
            })
    void refusesWhatItCannotCarry(String document, ErrorCode code) {
        model.with("MLmodel", document).with("model.onnx", OnnxModels.mlp(4, 3)).refused(code);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{",
                "{} {}",
                "'[{\"a\": 1, \"a\": 2}]'",
                "'[{\"type\": \"tensor\", \"tensor-spec\": {\"dtype\": \"float32\", \"shape\": [0]}}]'"
            })
    void refusesSignaturesThatAreMalformed(String inputs) {
        onnx("signature:\n  inputs: " + inputs + "\n").refused(ErrorCode.BAD_DOCUMENT);
    }
}
