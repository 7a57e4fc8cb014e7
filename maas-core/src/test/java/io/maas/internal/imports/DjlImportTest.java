package io.maas.internal.imports;

import static io.maas.internal.imports.Fixture.outcome;
import static io.maas.internal.imports.Fixture.paths;
import static org.assertj.core.api.Assertions.assertThat;

import io.maas.Packages;
import io.maas.error.ErrorCode;
import io.maas.model.Manifest;
import io.maas.model.Manifest.Batching;
import io.maas.repository.ImportOptions;
import io.maas.repository.ImportReport;
import io.maas.repository.ImportReport.Kind;
import io.maas.repository.ImportReport.Outcome;
import io.maas.testkit.onnx.OnnxModels;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DjlImportTest {
    private static final byte[] MLP = OnnxModels.mlp(4, 3);

    private static final String PROPERTIES = """
            engine=OnnxRuntime
            option.modelName=fraud
            option.intraOpNumThreads=2
            option.translatorFactory=com.example.Factory
            batch_size=16
            max_batch_delay=5
            minWorkers=2
            maxWorkers=4
            job_queue_size=100
            required_memory_mb=512
            load_on_devices=gpu0
            option.model_id=s3://bucket/model
            topK=3
            applySoftmax=true
            """;

    @TempDir
    Path temp;

    private Fixture model;

    @BeforeEach
    void folder() {
        model = new Fixture(temp.resolve("served"));
    }

    private ImportReport rich() {
        return model.with("serving.properties", PROPERTIES)
                .with("fraud.onnx", MLP)
                .with("other.onnx", OnnxModels.mlp(4, 2))
                .with("synset.txt", "no\nyes\n")
                .with("README.md", "# Fraud\n")
                .with("LICENSE", "free")
                .with("libs/translator.jar", "PK")
                .with("libs/classes/com/example/Factory.class", new byte[] {1})
                .with("libs/classes/com/example/notes.txt", "x")
                .with("libnative.so", new byte[] {1})
                .with("model.py", "import os")
                .with("requirements.txt", "djl")
                .run();
    }

    @Test
    void carriesWhatThePropertiesSay() {
        ImportReport report = rich();
        Manifest manifest = report.manifest();
        assertThat(report.kind()).isEqualTo(Kind.DJL);
        assertThat(manifest.name().value()).isEqualTo("fraud");
        assertThat(manifest.format()).isEqualTo("onnx");
        assertThat(manifest.runtime().batching())
                .contains(new Batching(OptionalInt.of(16), 5, OptionalDouble.empty(), Map.of()));
        assertThat(manifest.runtime().minInstances()).hasValue(2);
        assertThat(manifest.runtime().instances()).hasValue(4);
        assertThat(manifest.runtime().memoryMb()).hasValue(512);
        assertThat(manifest.runtime().threads()).hasValue(2);
        assertThat(manifest.card()).contains("README.md");
        assertThat(manifest.extensions()).isEqualTo(Map.of("djl", Map.of("topK", "3", "applySoftmax", "true")));
        assertThat(paths(report)).containsExactly("model.onnx", "synset.txt", "README.md", "LICENSE");
    }

    @ParameterizedTest
    @CsvSource({
        "serving.properties: option.translatorFactory, code",
        "serving.properties: option.model_id, fetched",
        "serving.properties: job_queue_size, host",
        "serving.properties: load_on_devices, host",
        "other.onnx, another form",
        "libs/translator.jar, code",
        "libs/classes/com/example/Factory.class, code",
        "libs/classes/com/example/notes.txt, code",
        "libnative.so, code",
        "model.py, code",
        "requirements.txt, Python"
    })
    void dropsCodeAndWhatIsForTheServer(String place, String because) {
        ImportReport report = rich();
        assertThat(outcome(report, place)).isEqualTo(Outcome.DROPPED);
        assertThat(Fixture.item(report, place).reason()).contains(because);
    }

    @Test
    void anArchiveIsAsGoodAsAFolder() {
        ImportReport folder = rich();
        ImportReport zip = Packages.importFrom(model.zipped(temp.resolve("fraud.zip")));
        assertThat(zip.items()).isEqualTo(folder.items());
        assertThat(Packages.verify(zip.source())).isEqualTo(Packages.verify(folder.source()));
    }

    @Test
    void whatTheServerWouldChooseIsLeftToTheHost() {
        ImportReport report = model.with("serving.properties", "batch_size=auto\nminWorkers=-1\nmaxWorkers=3\n")
                .with("model.pt", Fixture.torchScript())
                .run();
        assertThat(report.manifest().format()).isEqualTo("torchscript");
        assertThat(report.manifest().runtime().batching()).isEmpty();
        assertThat(report.manifest().runtime().instances()).hasValue(3);
        assertThat(report.manifest().name().value()).isEqualTo("served");
        assertThat(outcome(report, "serving.properties: batch_size")).isEqualTo(Outcome.DROPPED);
    }

    @Test
    void asksWhichOfSeveralModelsIsMeant() {
        model.with("serving.properties", "engine=OnnxRuntime")
                .with("a.onnx", MLP)
                .with("b.onnx", MLP);
        model.refused(ErrorCode.IMPORT_AMBIGUOUS, "[a.onnx, b.onnx]", "weights");
        assertThat(outcome(model.run(ImportOptions.defaults().weights("b.onnx").name("b")), "b.onnx"))
                .isEqualTo(Outcome.CARRIED);
        model.refused(ImportOptions.defaults().weights("../b.onnx"), ErrorCode.IMPORT_AMBIGUOUS, "../b.onnx");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Python", "MPI", "TensorFlow", "Rust"})
    void refusesOtherEngines(String engine) {
        model.with("serving.properties", "engine=" + engine)
                .with("model.onnx", MLP)
                .refused(ErrorCode.IMPORT_UNSUPPORTED, engine);
    }

    @Test
    void refusesWhatHasNoModel() {
        model.with("serving.properties", "option.model_id=org/model").refused(ErrorCode.IMPORT_UNSUPPORTED, "fetched");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a=1\na=2", "a=\\u12", "engine=\\uzzzz"})
    void refusesPropertiesThatSayTwoThingsOrNone(String properties) {
        model.with("serving.properties", properties).with("model.onnx", MLP).refused(ErrorCode.BAD_DOCUMENT);
    }
}
