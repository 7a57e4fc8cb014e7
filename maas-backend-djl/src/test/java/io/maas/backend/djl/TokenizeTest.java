package io.maas.backend.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.model.Manifest.TransformStep;
import io.maas.model.TensorSpec;
import io.maas.spi.Transform;
import io.maas.spi.TransformProvider;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizeTest {
    private static final String TOKENIZER = "/all-minilm-l6-v2-q-tokenizer.json";

    @TempDir
    Path root;

    private Folder folder = new Folder(Path.of("."));

    @BeforeEach
    void layOut() {
        folder = new Folder(root).with("tokenizer.json", TOKENIZER);
    }

    private Transform make(Map<String, Object> with) {
        TransformProvider provider = ServiceLoader.load(TransformProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(found -> found.name().equals("tokenize"))
                .findFirst()
                .orElseThrow();
        return provider.create(new TransformStep("tokenize", provider.version(), with), folder);
    }

    private Tensors apply(Map<String, Object> with, String... texts) {
        try (Transform transform = make(with)) {
            return transform.apply(Tensors.of("text", Tensor.of(texts)));
        }
    }

    private ThrowableAssertAlternative<InvalidInputException> assertRefused(Map<String, Object> with) {
        return assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> make(with).close())
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_TRANSFORM));
    }

    @Test
    void textsBecomeNumbersPaddedToTheLongest() {
        Tensors out = apply(Map.of(), "hello world", "hi");
        assertThat(out.names()).containsExactly("input_ids", "attention_mask", "token_type_ids");
        assertThat(out.get("input_ids"))
                .isEqualTo(Tensor.of(new long[] {101, 7592, 2088, 102, 101, 7632, 102, 0}, 2, 4));
        assertThat(out.get("attention_mask")).isEqualTo(Tensor.of(new long[] {1, 1, 1, 1, 1, 1, 1, 0}, 2, 4));
        assertThat(out.get("token_type_ids")).isEqualTo(Tensor.of(new long[8], 2, 4));
    }

    @Test
    void theSignatureGoesFromTextsToNumbers() {
        try (Transform transform = make(Map.of())) {
            assertThat(transform.signature(Map.of()))
                    .hasToString("text BYTES[batch] -> input_ids INT64[batch, length], "
                            + "attention_mask INT64[batch, length], token_type_ids INT64[batch, length]");
            assertThat(transform
                            .signature(Map.of("text", TensorSpec.of("text", DataType.BYTES, "n")))
                            .outputs())
                    .allSatisfy(spec -> assertThat(spec.dims().get(0)).hasToString("n"));
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> transform.signature(Map.of("text", TensorSpec.of("text", DataType.FP32, "n"))));
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(
                            () -> transform.signature(Map.of("text", TensorSpec.of("text", DataType.BYTES, "n", 1))));
        }
    }

    @Test
    void outputsCanBeLeftOutAndRenamed() {
        assertThat(apply(Map.of("outputs", List.of("attention_mask", "input_ids")), "a")
                        .names())
                .containsExactly("input_ids", "attention_mask");
        assertThat(apply(Map.of("outputs", Map.of("input_ids", "ids")), "a").names())
                .containsExactly("ids");
    }

    @Test
    void theInputAndTheFileCanHaveOtherNames() throws IOException {
        Files.createDirectory(root.resolve("words"));
        folder.with("words/t.json", TOKENIZER);
        try (Transform transform = make(Map.of("input", "query", "file", "words/t.json"))) {
            assertThat(transform.signature(Map.of()).inputs().get(0)).hasToString("query BYTES[batch]");
            assertThat(transform
                            .apply(Tensors.of("query", Tensor.of(new String[] {"hi"})))
                            .get("input_ids")
                            .toLongs())
                    .containsExactly(101, 7632, 102);
        }
    }

    @Test
    void longTextsAreCut() {
        String text = "word ".repeat(2_000);
        assertThat(apply(Map.of(), text).get("input_ids").shape().toArray()).containsExactly(1, 512);
        assertThat(apply(Map.of("maxLength", 8), text).get("input_ids").shape().toArray())
                .containsExactly(1, 8);
        assertThat(apply(Map.of("maxLength", 1000), text)
                        .get("input_ids")
                        .shape()
                        .toArray())
                .containsExactly(1, 1000);
    }

    @Test
    void theLengthIsBoundByWhatThePackageSaysTheModelTakes() {
        folder.with("tokenizer_config.json", "{\"model_max_length\": 16}".getBytes(StandardCharsets.UTF_8));
        assertThat(apply(Map.of(), "word ".repeat(100)).get("input_ids").shape().toArray())
                .containsExactly(1, 16);
        assertRefused(Map.of("maxLength", 17)).withMessageContaining("17").withMessageContaining("16");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "{\"model_max_length\": 1e30}", "{\"model_max_length\": 1000000000000000019884624838656}"})
    void aModelWithoutALimitSetsNone(String config) {
        folder.with("tokenizer_config.json", config.getBytes(StandardCharsets.UTF_8));
        assertThat(apply(Map.of("maxLength", 600), "word ".repeat(700))
                        .get("input_ids")
                        .shape()
                        .toArray())
                .containsExactly(1, 600);
    }

    @Test
    void anUnreadableConfigurationIsRefused() {
        folder.with("tokenizer_config.json", "{\"model_max_length\": 1.e.+}".getBytes(StandardCharsets.UTF_8));
        assertRefused(Map.of()).withMessageContaining("tokenizer_config.json");
    }

    @Test
    void settingsThatAreNotUnderstoodAreRefused() {
        assertRefused(Map.of("maxlength", 3))
                .withMessageContaining("'maxlength'")
                .withMessageContaining("maxLength");
        assertRefused(Map.of("input", "")).withMessageContaining("'input'");
        assertRefused(Map.of("file", 3)).withMessageContaining("'file'");
        for (Object length : List.of(0, 1.5, "many", -3)) {
            assertRefused(Map.of("maxLength", length)).withMessageContaining("whole number");
        }
        assertRefused(Map.of("outputs", "input_ids")).withMessageContaining("neither a list nor an object");
        assertRefused(Map.of("outputs", List.of())).withMessageContaining("one or more");
        assertRefused(Map.of("outputs", List.of("ids"))).withMessageContaining("'ids'");
        assertRefused(Map.of("outputs", Map.of("input_ids", "x", "attention_mask", "x")))
                .withMessageContaining("differently");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> new TokenizeProvider().create(new TransformStep("tokenize", 2, Map.of()), folder))
                .withMessageContaining("no version 2");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> make(Map.of("file", "none.json")))
                .extracting(MaasException::code)
                .isEqualTo(ErrorCode.PACKAGE_MISSING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{}", "[]", "{\"model\": {\"type\": \"none\"}}"})
    void aFileThatIsNoTokenizerIsRefusedByName(String content) {
        folder.with("tokenizer.json", content.getBytes(StandardCharsets.UTF_8));
        assertRefused(Map.of()).withMessageContaining("'tokenizer.json' is no tokenizer");
    }

    @Test
    void aFileThatIsNotUtf8IsRefused() {
        folder.with("tokenizer.json", new byte[] {(byte) 0xff, 0});
        assertRefused(Map.of()).withMessageContaining("UTF-8");
    }

    @Test
    void aTextThatIsNotUtf8IsRefusedByRow() {
        Tensor texts = Tensor.of(new byte[][] {{'a'}, {(byte) 0xc3, '('}});
        try (Transform transform = make(Map.of())) {
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> transform.apply(Tensors.of("text", texts)))
                    .withMessageContaining("element 1")
                    .extracting(MaasException::code)
                    .isEqualTo(ErrorCode.BAD_INPUT);
        }
    }

    @Test
    void anyCharacterOfUnicodeIsTaken() {
        long[] ids = apply(Map.of(), "naïve 漢 😀 \u0000 end").get("input_ids").toLongs();
        // accents are stripped, the emoji is unknown and one token, NUL is dropped: as the reference tokenizer does
        assertThat(ids).containsExactly(101, 15743, 1904, 100, 2203, 102);
    }

    @Test
    void anEmptyTextHasOnlyTheSpecialTokens() {
        assertThat(apply(Map.of(), "").get("input_ids").toLongs()).containsExactly(101, 102);
    }

    @Test
    void threadsShareOneTokenizer() throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (Transform transform = make(Map.of())) {
            List<Future<?>> all = new ArrayList<>();
            for (String[] texts : List.of(new String[] {"hello world"}, new String[] {"hi"}, new String[] {"a b c"})) {
                Tensors expected = transform.apply(Tensors.of("text", Tensor.of(texts)));
                all.add(threads.submit(() -> {
                    for (int i = 0; i < 300; i++) {
                        assertThat(transform.apply(Tensors.of("text", Tensor.of(texts))))
                                .isEqualTo(expected);
                    }
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
