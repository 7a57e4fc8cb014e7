package io.maas.backend.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.maas.Maas;
import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.model.Manifest;
import io.maas.model.Manifest.Role;
import io.maas.model.TensorSpec;
import io.maas.predict.CallOptions;
import io.maas.predict.Prediction;
import io.maas.predict.Predictor;
import io.maas.repository.ModelDetails;
import io.maas.repository.ModelDetails.BatchInvariance;
import io.maas.repository.ModelVersion;
import io.maas.repository.PackageSource;
import io.maas.repository.PublishOptions;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import io.maas.testkit.onnx.OnnxModels;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The main job on the real engine: what users register, and what they get. */
class PlatformTest {
    private static final Path DIGITS = Path.of("..", "examples", "models", "digits");

    @TempDir
    Path folder;

    private Maas maas;

    @BeforeEach
    void open() {
        maas = Maas.builder()
                .store(URI.create("memory:test"))
                .cache(folder.resolve("cache"))
                .actor("tester")
                .pollInterval(Duration.ZERO)
                .open();
    }

    @AfterEach
    void close() {
        maas.close();
    }

    private ModelVersion register(PackageSource source) {
        return maas.repository().register(source);
    }

    private Predictor<Tensors, Tensors> serve(PackageSource source) {
        ModelVersion version = register(source);
        maas.repository().publish(version, PublishOptions.toProduction());
        return maas.predictor(version.name().value());
    }

    private void refused(ErrorCode code, ThrowingCallable call) {
        long head = maas.repository().head();
        assertThatThrownBy(call)
                .isInstanceOf(MaasException.class)
                .hasMessageStartingWith("Cannot ")
                .extracting(e -> ((MaasException) e).code())
                .isEqualTo(code);
        assertThat(maas.repository().head()).isEqualTo(head);
        assertThat(maas.repository().models()).isEmpty();
    }

    private Path file(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(PlatformTest.class.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        }
    }

    private ModelDetails.Probe probe(ModelVersion version) {
        return maas.repository().details(version).probe().orElseThrow();
    }

    @Test
    void aBareOnnxFileIsAPackage() throws IOException {
        Predictor<Tensors, Tensors> model =
                serve(PackageSource.onnx("mlp", file("any-name.onnx", OnnxModels.mlp(100, 64))));
        assertThat(model.signature()).hasToString("x FP32[N, 100] -> y FP32[N, 1]");
        assertThat(model.predict(Tensors.of("x", Tensor.of(new float[200], 2, 100)))
                        .get("y")
                        .shape())
                .hasToString("[2, 1]");
        assertThat(probe(maas.repository().resolve("mlp")).engine()).startsWith("onnxruntime 1.");
        assertThat(probe(maas.repository().resolve("mlp")).batchInvariance()).isEqualTo(BatchInvariance.INVARIANT);
    }

    @Test
    void scikitLearnsMapsBecomeADenseTensorWithLabels() {
        ModelVersion one = register(PackageSource.directory(DIGITS.resolve("v1")));
        TensorSpec probabilities =
                probe(one).signature().output("output_probability").orElseThrow();
        assertThat(probabilities).hasToString("output_probability FP32[batch, 10]");
        assertThat(probabilities.labels()).containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
        assertThat(probe(one).batchInvariance()).isEqualTo(BatchInvariance.INVARIANT);
        Tensors answer = maas.predictor("digits:1").predict(Tensors.of("image", Tensor.of(new float[128], 2, 64)));
        assertThat(answer.get("output_probability").shape()).hasToString("[2, 10]");
        double sum = 0;
        for (float p : answer.get("output_probability").rows(0, 1).toFloats()) {
            sum += p;
        }
        assertThat(sum).isCloseTo(1, within(1e-5));
    }

    record Image(float[] image) {}

    record Digit(long outputLabel, float[] outputProbability) {}

    @Test
    void recordsStandForTheTensorsOfARealModel() {
        Predictor<Tensors, Tensors> tensors = serve(PackageSource.directory(DIGITS.resolve("v2")));
        Predictor<Image, Digit> digits = tensors.as(Image.class, Digit.class, MethodHandles.lookup());
        Digit digit = digits.predict(new Image(new float[64]));
        assertThat(digit.outputProbability()).hasSize(10);
        assertThat(digit.outputLabel()).isBetween(0L, 9L);
        assertThat(digits.call(new Image(new float[64]), CallOptions.defaults())
                        .receipt()
                        .version())
                .isEqualTo("1");
    }

    @Test
    void textsBecomeUnitVectorsHoweverTheyAreGrouped() throws IOException {
        ModelVersion version = register(PackageSource.builder(Manifest.builder("minilm", "onnx")
                        .before("tokenize", Map.of())
                        .after("mean-pool", Map.of("input", "last_hidden_state", "output", "embedding"))
                        .after("l2-normalize", Map.of("input", "embedding"))
                        .build())
                .file("model.onnx", Role.WEIGHTS, resource("/all-minilm-l6-v2-q.onnx"))
                .file("tokenizer.json", Role.CONFIG, resource("/all-minilm-l6-v2-q-tokenizer.json"))
                .build());
        assertThat(probe(version).batchInvariance()).isEqualTo(BatchInvariance.VARIANT);
        Predictor<Tensors, Tensors> embed = maas.predictor("minilm:1");
        String[] texts = {"A short one.", "Another, which is quite a bit longer than the first one was.", "Third"};
        Tensor together = embed.predict(Tensors.of("text", Tensor.of(texts))).get("embedding");
        assertThat(together.shape()).hasToString("[3, 384]");
        for (int i = 0; i < texts.length; i++) {
            float[] alone = embed.predict(Tensors.of("text", Tensor.of(new String[] {texts[i]})))
                    .get("embedding")
                    .toFloats();
            assertThat(together.rows(i, i + 1).toFloats()).isEqualTo(alone);
            double square = 0;
            for (float v : alone) {
                square += v * v;
            }
            assertThat(square).isCloseTo(1, within(1e-4));
        }
    }

    @Test
    void aModelWhoseExporterRepeatsANameCanBeCalled() throws IOException {
        Predictor<Tensors, Tensors> model =
                serve(PackageSource.onnx("minilm", file("m.onnx", resource("/all-minilm-l6-v2.onnx"))));
        Tensor ids = Tensor.of(new long[] {101, 2000, 102}, 1, 3);
        Tensor ones = Tensor.of(new long[] {1, 1, 1}, 1, 3);
        Tensor zeros = Tensor.of(new long[3], 1, 3);
        assertThat(model.signature().input("input_ids").orElseThrow()).hasToString("input_ids INT64[batch, ?]");
        Tensors answer = model.predict(Tensors.builder()
                .add("input_ids", ids)
                .add("attention_mask", ones)
                .add("token_type_ids", zeros)
                .build());
        assertThat(answer.get(0).shape()).hasToString("[1, 3, 384]");
        assertThat(probe(maas.repository().resolve("minilm")).batchInvariance()).isNotEqualTo(BatchInvariance.UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, 5_000})
    void aTruncatedModelFileIsRefused(int length) throws IOException {
        byte[] whole = OnnxModels.mlp(100, 64);
        Path cut = file("cut.onnx", Arrays.copyOf(whole, length));
        refused(
                length == 0 ? ErrorCode.PACKAGE_EMPTY : ErrorCode.MODEL_CORRUPT,
                () -> register(PackageSource.onnx("mlp", cut)));
    }

    @Test
    void aByteThatChangedAfterPackagingIsNoticed() throws IOException {
        Path copy = Files.createDirectory(folder.resolve("copy"));
        for (String name : new String[] {"maas.json", "model.onnx", "README.md"}) {
            Files.copy(DIGITS.resolve("v2").resolve(name), copy.resolve(name));
        }
        byte[] model = Files.readAllBytes(copy.resolve("model.onnx"));
        model[model.length / 2] ^= 1;
        Files.write(copy.resolve("model.onnx"), model);
        refused(ErrorCode.PACKAGE_DIGEST, () -> register(PackageSource.directory(copy)));
    }

    @Test
    void aManifestThatContradictsTheEngineIsRefused() throws IOException {
        byte[] model = OnnxModels.mlp(100, 64);
        for (TensorSpec wrong : new TensorSpec[] {
            TensorSpec.of("x", DataType.FP32, "batch", 99),
            TensorSpec.of("x", DataType.FP64, "batch", 100),
            TensorSpec.of("x", DataType.FP32, 100),
            TensorSpec.of("z", DataType.FP32, "batch", 100)
        }) {
            refused(
                    ErrorCode.MODEL_SIGNATURE,
                    () -> register(PackageSource.builder(
                                    Manifest.builder("mlp", "onnx").input(wrong).build())
                            .file("model.onnx", Role.WEIGHTS, model)
                            .build()));
        }
    }

    @Test
    void wrongInputsAreRefusedByName() throws IOException {
        Predictor<Tensors, Tensors> model = serve(PackageSource.onnx("mlp", file("m.onnx", OnnxModels.mlp(100, 64))));
        assertThatThrownBy(() -> model.predict(Tensors.of("x", Tensor.of(new float[99], 1, 99))))
                .hasMessageContaining("dimension 1 of the tensor 'x' is 99")
                .hasMessageContaining("expected 100");
        assertThatThrownBy(() -> model.predict(Tensors.of("x", Tensor.of(new float[0], 0, 100))))
                .extracting(e -> ((MaasException) e).code())
                .isEqualTo(ErrorCode.EMPTY_BATCH);
        assertThatThrownBy(() -> Tensor.of(new float[99], 1, 100))
                .extracting(e -> ((MaasException) e).code())
                .isEqualTo(ErrorCode.TENSOR_SIZE);
        assertThatThrownBy(() -> Tensor.of(new float[1], Long.MAX_VALUE, 2))
                .extracting(e -> ((MaasException) e).code())
                .isEqualTo(ErrorCode.TENSOR_SHAPE);
    }

    @Test
    void versionsAreSwappedUnderLoadWithoutAFailedCall() throws Exception {
        ModelVersion weak = register(PackageSource.directory(DIGITS.resolve("v1")));
        ModelVersion strong = register(PackageSource.directory(DIGITS.resolve("v2")));
        maas.repository().publish(weak, PublishOptions.toProduction());
        Predictor<Tensors, Tensors> digits = maas.predictor("digits");
        AtomicBoolean done = new AtomicBoolean();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            callers.add(new Thread(() -> {
                while (!done.get() && failure.get() == null) {
                    try {
                        digits.predict(Tensors.of("image", Tensor.of(new float[64], 1, 64)));
                    } catch (Throwable e) {
                        failure.compareAndSet(null, e);
                    }
                }
            }));
        }
        callers.forEach(Thread::start);
        try {
            for (int i = 0; i < 50; i++) {
                maas.awaitServing(maas.repository().publish(strong, PublishOptions.toProduction()));
                maas.awaitServing(maas.repository().rollback("digits"));
            }
        } finally {
            done.set(true);
            for (Thread caller : callers) {
                caller.join();
            }
        }
        assertThat(failure.get()).isNull();
    }

    @Test
    void closingWaitsForARunningEngine() throws Exception {
        Predictor<Tensors, Tensors> slow = serve(PackageSource.onnx("slow", file("m.onnx", OnnxModels.slow())));
        Tensors some = Tensors.of("steps", Tensor.scalar(20_000L), "v", Tensor.of(new float[32 * 32], 32, 32));
        List<CompletableFuture<Prediction<Tensors>>> calls = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            calls.add(slow.callAsync(some, CallOptions.defaults()));
        }
        CompletableFuture.anyOf(calls.toArray(new CompletableFuture<?>[0])).get(); // so others run by now
        maas.close();
        for (CompletableFuture<Prediction<Tensors>> call : calls) {
            ErrorCode outcome = call.handle((answer, e) -> e == null ? null : ((MaasException) e).code())
                    .get(1, TimeUnit.MINUTES);
            assertThat(outcome).isIn(null, ErrorCode.CLOSED);
        }
    }

    @Test
    void tooManyTextsAreRefusedBeforeTheyAreTokenized() throws IOException {
        Predictor<Tensors, Tensors> embed = serve(PackageSource.builder(Manifest.builder("minilm", "onnx")
                        .before("tokenize", Map.of())
                        .build())
                .file("model.onnx", Role.WEIGHTS, resource("/all-minilm-l6-v2-q.onnx"))
                .file("tokenizer.json", Role.CONFIG, resource("/all-minilm-l6-v2-q-tokenizer.json"))
                .build());
        String[] texts = new String[200_000];
        Arrays.fill(texts, "text");
        assertThatThrownBy(() -> embed.predict(Tensors.of("text", Tensor.of(texts))))
                .extracting(e -> ((MaasException) e).code())
                .isEqualTo(ErrorCode.CALL_TOO_LARGE);
    }

    @Test
    void aRunningCallEndsAtItsDeadline() throws IOException {
        Predictor<Tensors, Tensors> slow = serve(PackageSource.onnx("slow", file("m.onnx", OnnxModels.slow())));
        Tensors forever =
                Tensors.of("steps", Tensor.scalar(Long.MAX_VALUE / 4), "v", Tensor.of(new float[32 * 32], 32, 32));
        assertThatThrownBy(() -> slow.call(forever, CallOptions.deadline(Duration.ofMillis(100))))
                .extracting(e -> ((MaasException) e).code())
                .isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
    }
}
