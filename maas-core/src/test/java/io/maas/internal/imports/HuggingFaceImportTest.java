package io.maas.internal.imports;

import static io.maas.internal.imports.Fixture.item;
import static io.maas.internal.imports.Fixture.outcome;
import static io.maas.internal.imports.Fixture.paths;
import static org.assertj.core.api.Assertions.assertThat;

import io.maas.error.ErrorCode;
import io.maas.model.Manifest;
import io.maas.model.Manifest.License;
import io.maas.model.Manifest.Metric;
import io.maas.model.Manifest.TransformStep;
import io.maas.repository.ImportOptions;
import io.maas.repository.ImportReport;
import io.maas.repository.ImportReport.Kind;
import io.maas.repository.ImportReport.Outcome;
import io.maas.testkit.onnx.OnnxWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HuggingFaceImportTest {
    private static final String CARD = """
            ---
            language: en
            license: apache-2.0
            library_name: sentence-transformers
            tags:
            - sentence-transformers
            - transformers
            datasets:
            - s2orc
            - ms_marco
            base_model: nreimers/MiniLM-L6-H384-uncased
            pipeline_tag: sentence-similarity
            inference: false
            thumbnail:
            model-index:
            - name: tiny-minilm
              results:
              - task: {type: STS}
                dataset: {name: STSBenchmark, type: mteb/sts, split: test}
                metrics:
                - {type: cosine_spearman, value: 82.03}
                - {type: curve, value: [1, 2]}
            ---
            # tiny-minilm

            ## Intended uses
            """;

    private static final String MODULES = """
            [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
             {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
             {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}]
            """;

    private static final String MEAN = """
            {"word_embedding_dimension": 2, "pooling_mode_cls_token": false, "pooling_mode_mean_tokens": true}
            """;

    @TempDir
    Path temp;

    private Fixture model;

    @BeforeEach
    void folder() {
        model = new Fixture(temp.resolve("snapshot"));
    }

    /** Token ids to a vector for each token. */
    private static byte[] encoder(String... inputs) {
        OnnxWriter writer = new OnnxWriter();
        for (String input : inputs) {
            writer.input(input, OnnxWriter.INT64, "batch_size", "sequence_length");
        }
        return writer.output("last_hidden_state", OnnxWriter.FLOAT, "batch_size", "sequence_length", 2)
                .node("Cast", List.of(inputs[0]), List.of("last_hidden_state"), OnnxWriter.Attribute.of("to", 1))
                .toBytes();
    }

    private static byte[] classifier(int classes) {
        return new OnnxWriter()
                .input("input_ids", OnnxWriter.INT64, "batch_size", "sequence_length")
                .input("attention_mask", OnnxWriter.INT64, "batch_size", "sequence_length")
                .output("logits", OnnxWriter.FLOAT, "batch_size", classes)
                .node("Cast", List.of("input_ids"), List.of("logits"), OnnxWriter.Attribute.of("to", 1))
                .toBytes();
    }

    private Fixture sentences() {
        return model.with("README.md", CARD)
                .with("config.json", "{\"architectures\": [\"BertModel\"], \"pad_token_id\": null}")
                .with("modules.json", MODULES)
                .with("1_Pooling/config.json", MEAN)
                .with("tokenizer.json", "{}")
                .with("tokenizer_config.json", "{\"model_max_length\": 512}")
                .with("sentence_bert_config.json", "{\"max_seq_length\": 256, \"do_lower_case\": false}")
                .with("special_tokens_map.json", "{}")
                .with("model.safetensors", new byte[4])
                .with("pytorch_model.bin", Fixture.torchSave())
                .with(".gitattributes", "*.bin filter=lfs")
                .with("onnx/model.onnx", encoder("input_ids", "attention_mask", "token_type_ids"))
                .with("onnx/model_qint8.onnx", encoder("input_ids"));
    }

    @Test
    void aSentenceModelTakesTextsAndGivesUnitVectors() {
        ImportReport report = sentences().run();
        Manifest manifest = report.manifest();
        assertThat(report.kind()).isEqualTo(Kind.HUGGING_FACE);
        assertThat(manifest.name().value()).isEqualTo("tiny-minilm");
        assertThat(manifest.before())
                .containsExactly(new TransformStep(
                        "tokenize",
                        1,
                        Map.of(
                                "input",
                                "text",
                                "file",
                                "tokenizer.json",
                                "outputs",
                                List.of("input_ids", "attention_mask", "token_type_ids"),
                                "maxLength",
                                256)));
        assertThat(manifest.after())
                .containsExactly(
                        new TransformStep("mean-pool", 1, Map.of("input", "last_hidden_state", "output", "embedding")),
                        new TransformStep("l2-normalize", 1, Map.of("input", "embedding")));
        assertThat(paths(report))
                .containsExactlyInAnyOrder(
                        "model.onnx", "config.json", "tokenizer.json", "tokenizer_config.json", "README.md");
    }

    @Test
    void theCardBecomesMetadata() {
        ImportReport report = sentences().with("LICENSE", "Apache").run();
        Manifest manifest = report.manifest();
        assertThat(manifest.license()).contains(new License("Apache-2.0", Optional.of("LICENSE")));
        assertThat(manifest.card()).contains("README.md");
        assertThat(manifest.provenance().baseModels()).containsExactly("nreimers/MiniLM-L6-H384-uncased");
        assertThat(manifest.provenance().datasets()).containsExactly("s2orc", "ms_marco");
        assertThat(manifest.metrics())
                .containsExactly(
                        new Metric("cosine_spearman", 82.03, Optional.of("STSBenchmark"), Optional.of("test")));
        assertThat(manifest.extensions())
                .isEqualTo(Map.of(
                        "huggingface",
                        Map.of(
                                "language", "en",
                                "library_name", "sentence-transformers",
                                "tags", List.of("sentence-transformers", "transformers"),
                                "pipeline_tag", "sentence-similarity",
                                "inference", false)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "README.md: license | CARRIED | Apache-2.0",
                "README.md: tags | ADAPTED | extensions",
                "README.md: thumbnail | DROPPED | no value",
                "README.md: model-index[0].name | CARRIED | name",
                "README.md: model-index[0].results[0].task.type | DROPPED | card",
                "README.md: model-index[0].results[0].metrics[1] | DROPPED | number",
                "modules.json | ADAPTED | l2-normalize",
                "1_Pooling/config.json | ADAPTED | mean-pool",
                "model.safetensors | DROPPED | weights",
                "pytorch_model.bin | DROPPED | program",
                "onnx/model_qint8.onnx | DROPPED | weights",
                ".gitattributes | DROPPED | bookkeeping",
                "special_tokens_map.json | DROPPED | nothing"
            })
    void saysOfEachThingWhatBecameOfIt(String place, Outcome outcome, String because) {
        ImportReport report = sentences().run();
        assertThat(outcome(report, place)).isEqualTo(outcome);
        assertThat(item(report, place).reason()).contains(because);
    }

    @Test
    void anotherExportCanBeChosen() {
        ImportReport report = sentences()
                .run(ImportOptions.defaults().weights("onnx/model_qint8.onnx").name("small"));
        assertThat(report.manifest().name().value()).isEqualTo("small");
        assertThat(outcome(report, "README.md: model-index[0].name")).isEqualTo(Outcome.DROPPED);
        assertThat(outcome(report, "onnx/model.onnx")).isEqualTo(Outcome.DROPPED);
        // pooling needs the mask, whether the model takes it or not
        assertThat(report.manifest().before().get(0).with().get("outputs"))
                .isEqualTo(List.of("input_ids", "attention_mask"));
    }

    @Test
    void otherPoolingIsLeftToTheCaller() {
        ImportReport report = sentences()
                .with(
                        "1_Pooling/config.json",
                        "{\"pooling_mode_cls_token\": true, \"pooling_mode_mean_tokens\": false}")
                .run();
        assertThat(report.manifest().before()).hasSize(1);
        assertThat(report.manifest().after()).isEmpty();
        assertThat(item(report, "1_Pooling/config.json").reason()).contains("only mean-pool");
    }

    private Fixture classes(String config, byte[] onnx) {
        return model.with("README.md", "---\npipeline_tag: text-classification\n---\n")
                .with("config.json", config)
                .with("tokenizer.json", "{}")
                .with("model.onnx", onnx);
    }

    @Test
    void aClassifierGivesProbabilitiesWithLabels() {
        ImportReport report = classes(
                        "{\"id2label\": {\"1\": \"POSITIVE\", \"0\": \"NEGATIVE\"}, \"label2id\": {}}", classifier(2))
                .run();
        assertThat(report.manifest().outputs().get(0).labels()).containsExactly("NEGATIVE", "POSITIVE");
        assertThat(report.manifest().after())
                .containsExactly(new TransformStep("softmax", 1, Map.of("input", "logits", "output", "probabilities")));
        assertThat(report.manifest().name().value()).isEqualTo("snapshot");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"id2label\": {\"0\": \"A\", \"1\": \"B\"}, \"problem_type\": \"multi_label_classification\"} | 2",
                "{\"id2label\": {\"0\": \"A\", \"2\": \"B\"}} | 2",
                "{\"id2label\": {\"0\": \"A\", \"1\": \"B\"}} | 3",
                "{\"id2label\": {\"0\": \"A\"}} | 1"
            })
    void withoutClearClassesThereIsNoSoftmax(String config, int classes) {
        ImportReport report = classes(config, classifier(classes)).run();
        assertThat(report.manifest().after()).isEmpty();
        assertThat(report.items(Outcome.DROPPED)).anyMatch(item -> item.place().startsWith("config.json: "));
    }

    @Test
    void textsAreNotTokenizedForModelsThatTakeMore() {
        ImportReport report = sentences()
                .with("onnx/model.onnx", encoder("input_ids", "position_ids"))
                .run();
        assertThat(report.manifest().before()).isEmpty();
        assertThat(report.manifest().after()).isEmpty();
        assertThat(item(report, "tokenizer.json").reason()).contains("position_ids");
        assertThat(outcome(report, "modules.json")).isEqualTo(Outcome.DROPPED);
    }

    @Test
    void whereTheTaskIsNotClearTokensAreTheCallers() {
        ImportReport report = model.with("README.md", "---\npipeline_tag: token-classification\n---\n")
                .with("config.json", "{\"architectures\": [\"BertForTokenClassification\"]}")
                .with("tokenizer.json", "{}")
                .with("model.onnx", encoder("input_ids", "attention_mask"))
                .run();
        assertThat(report.manifest().before()).isEmpty();
        assertThat(item(report, "tokenizer.json").reason()).contains("step 'tokenize' of your own");
    }

    @Test
    void withoutPoolingCallersGetAVectorForEachToken() {
        ImportReport report = model.with("config.json", "{\"architectures\": [\"BertModel\"]}")
                .with("tokenizer.json", "{}")
                .with("model.onnx", encoder("input_ids", "attention_mask"))
                .run();
        assertThat(report.manifest().before())
                .containsExactly(new TransformStep(
                        "tokenize",
                        1,
                        Map.of(
                                "input", "text",
                                "file", "tokenizer.json",
                                "outputs", List.of("input_ids", "attention_mask"))));
        assertThat(report.manifest().after()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mit | MIT",
                "cc-by-4.0 | CC-BY-4.0",
                "CC-BY-NC-SA-4.0 | CC-BY-NC-SA-4.0",
                "gpl-3.0 | GPL-3.0-only",
                "[mit, apache-2.0] | MIT OR Apache-2.0",
                "llama3 | LicenseRef-llama3",
                "other | LicenseRef-other"
            })
    void licencesGetTheirSpdxNames(String card, String spdx) {
        ImportReport report = model.with("README.md", "---\nlicense: " + card + "\n---\n")
                .with("model.onnx", classifier(2))
                .run();
        assertThat(report.manifest().license()).map(License::spdx).contains(spdx);
        assertThat(outcome(report, "README.md: license"))
                .isEqualTo(spdx.contains(" OR ") || spdx.startsWith("LicenseRef") ? Outcome.ADAPTED : Outcome.CARRIED);
    }

    @Test
    void otherLicencesGoByTheirNames() {
        ImportReport report = model.with(
                        "README.md",
                        "---\nlicense: other\nlicense_name: Acme Model Terms!\nlicense_link: LICENSE\n---\n")
                .with("model.onnx", classifier(2))
                .run();
        assertThat(report.manifest().license()).map(License::spdx).contains("LicenseRef-Acme-Model-Terms");
    }

    @Test
    void unusualFieldsAreKeptAsTheyAre() {
        ImportReport report = model.with(
                        "README.md",
                        "---\nlicense: {a: 1}\ndatasets: [{type: x}]\nbase_model: []\n\"strange.key\": {x: [1, {y: null}]}\n---\n")
                .with("model.onnx", classifier(2))
                .run();
        assertThat(report.manifest().license()).isEmpty();
        @SuppressWarnings("unchecked")
        Map<String, Object> kept =
                (Map<String, Object>) report.manifest().extensions().get("huggingface");
        assertThat(kept).containsOnlyKeys("license", "datasets", "strange.key");
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.safetensors", "pytorch_model.bin", "tf_model.h5"})
    void withoutAnExportItSaysHowToMakeOne(String weights) {
        model.with("README.md", CARD)
                .with("config.json", "{}")
                .with(weights, new byte[8])
                .refused(ErrorCode.IMPORT_UNSUPPORTED, weights, "optimum-cli export onnx");
    }

    @Test
    void torchScriptIsTakenWhereThereIsNoOnnx() {
        ImportReport report = model.with("config.json", "{}")
                .with("pytorch_model.bin", Fixture.torchSave())
                .with("traced_model.pt", Fixture.torchScript())
                .run();
        assertThat(report.manifest().format()).isEqualTo("torchscript");
    }

    @Test
    void severalExportsWithoutAUsualOneAreAQuestion() {
        model.with("config.json", "{}")
                .with("onnx/a.onnx", classifier(2))
                .with("onnx/b.onnx", classifier(2))
                .refused(ErrorCode.IMPORT_AMBIGUOUS, "[onnx/a.onnx, onnx/b.onnx]");
    }

    @Test
    void aSnapshotInTheCacheIsMadeOfLinksToItsBlobs() throws IOException {
        String revision = "8b3219a92973c328a8e22fadcfa821b5dc75636a";
        Path repository = temp.resolve("models--acme--tiny");
        new Fixture(repository.resolve("blobs")).with("aa", classifier(2)).with("bb", "---\nlicense: mit\n---\n");
        Path snapshot = Files.createDirectories(repository.resolve("snapshots").resolve(revision));
        Files.createSymbolicLink(snapshot.resolve("model.onnx"), Path.of("..", "..", "blobs", "aa"));
        Files.createSymbolicLink(snapshot.resolve("README.md"), Path.of("..", "..", "blobs", "bb"));
        ImportReport report = new Fixture(snapshot).run();
        assertThat(report.manifest().name().value()).isEqualTo("tiny");
        assertThat(paths(report)).containsExactly("model.onnx", "README.md");

        Path secret = Files.writeString(temp.resolve("secret"), "secret");
        Files.createSymbolicLink(snapshot.resolve("notes.txt"), secret);
        new Fixture(snapshot).refused(ErrorCode.PACKAGE_LINK, "notes.txt");
        Files.delete(snapshot.resolve("notes.txt"));
        Files.createSymbolicLink(repository.resolve("blobs").resolve("cc"), secret);
        Files.createSymbolicLink(snapshot.resolve("notes.txt"), Path.of("..", "..", "blobs", "cc"));
        new Fixture(snapshot).refused(ErrorCode.PACKAGE_LINK, "notes.txt");
    }

    @Test
    void aRevisionIsNoName() {
        new Fixture(temp.resolve("8b3219a92973c328a8e22fadcfa821b5dc75636a"))
                .with("config.json", "{}")
                .with("model.onnx", classifier(2))
                .refused(ErrorCode.IMPORT_AMBIGUOUS, "give a name");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "---\na: [\n---\n",
                "---\na: 1\na: 2\n---\n",
                "---\njust text\n---\n",
                "---\nlicense: mit\n# no end",
                "---\na: !!java.net.URL [x]\n---\n"
            })
    void refusesCardsThatAreMalformed(String card) {
        model.with("README.md", card).with("model.onnx", classifier(2)).refused(ErrorCode.BAD_DOCUMENT, "README.md");
    }
}
