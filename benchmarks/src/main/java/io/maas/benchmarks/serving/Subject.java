package io.maas.benchmarks.serving;

import io.maas.Maas;
import io.maas.MaasBuilder;
import io.maas.model.Manifest;
import io.maas.model.Manifest.Batching;
import io.maas.model.Manifest.RuntimeSpec;
import io.maas.predict.Predictor;
import io.maas.repository.ModelVersion;
import io.maas.repository.PackageSource;
import io.maas.repository.PublishOptions;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import io.maas.testkit.onnx.OnnxModels;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A model, served by the platform and at hand as a file for what it is compared with. */
public final class Subject implements AutoCloseable {
    private static final Manifest PLAIN = Manifest.builder("model", "onnx").build();
    private static final int WORDS = 20_000;
    private static final int FIRST_WORD = 2_000;

    private final Path folder;
    private final Path file;
    private final Maas maas;
    private final ModelVersion first;
    private final Predictor<Tensors, Tensors> predictor;

    private Subject(byte[] model, Manifest manifest, UnaryOperator<MaasBuilder> settings) throws IOException {
        folder = Files.createTempDirectory(Path.of(""), "serving");
        file = Files.write(folder.resolve("model.onnx"), model);
        maas = settings.apply(Maas.builder()
                        .store(URI.create("memory:benchmark"))
                        .cache(folder.resolve("cache"))
                        .pollInterval(Duration.ZERO))
                .open();
        first = register(manifest);
        publish(first);
        predictor = maas.predictor("model");
    }

    /** A network of 100 inputs, 64 hidden units and one output. */
    public static Subject tiny(UnaryOperator<MaasBuilder> settings) throws IOException {
        return new Subject(OnnxModels.mlp(100, 64), PLAIN, settings);
    }

    /** The mean of each of three channels of an image. */
    public static Subject image(int side, UnaryOperator<MaasBuilder> settings) throws IOException {
        return new Subject(OnnxModels.channelMeans(3, side), PLAIN, settings);
    }

    /** all-MiniLM-L6-v2 in single precision. */
    static Subject miniLm(UnaryOperator<MaasBuilder> settings) throws IOException {
        return new Subject(miniLm(), PLAIN, settings);
    }

    /** The same, with a package that says what fills up shorter texts. */
    static Subject padding(UnaryOperator<MaasBuilder> settings) throws IOException {
        Map<String, Double> zeros = Map.of("input_ids", 0.0, "attention_mask", 0.0, "token_type_ids", 0.0);
        Manifest manifest = Manifest.builder("model", "onnx")
                .runtime(RuntimeSpec.unspecified()
                        .batching(Batching.unspecified().pad(zeros)))
                .build();
        return new Subject(miniLm(), manifest, settings);
    }

    /** The same, from texts to vectors of length 1. */
    public static Subject texts(UnaryOperator<MaasBuilder> settings) throws IOException {
        Manifest manifest = Manifest.builder("model", "onnx")
                .before("tokenize", Map.of())
                .after("mean-pool", Map.of("input", "output_0", "output", "embedding"))
                .after("l2-normalize", Map.of("input", "embedding"))
                .build();
        return new Subject(miniLm(), manifest, settings);
    }

    private static byte[] miniLm() throws IOException {
        return resource("/all-minilm-l6-v2.onnx");
    }

    private static byte[] resource(String resource) throws IOException {
        try (InputStream in = Objects.requireNonNull(Subject.class.getResourceAsStream(resource), resource)) {
            return in.readAllBytes();
        }
    }

    /** Inputs of the tiny network. */
    public static Tensors numbers(int rows, long seed) {
        Random random = new Random(seed);
        float[] values = new float[rows * 100];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        return Tensors.of("x", Tensor.wrap(values, rows, 100));
    }

    /** Tokens of made-up texts, all of one length. */
    static Tensors tokens(int rows, int length, long seed) {
        Random random = new Random(seed);
        long[] ids = new long[rows * length];
        long[] ones = new long[rows * length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = FIRST_WORD + (long) random.nextInt(WORDS);
            ones[i] = 1;
        }
        return Tensors.builder()
                .add("input_ids", Tensor.wrap(ids, rows, length))
                .add("attention_mask", Tensor.wrap(ones, rows, length))
                .add("token_type_ids", Tensor.wrap(new long[rows * length], rows, length))
                .build();
    }

    ModelVersion first() {
        return first;
    }

    /** Registers the same model once more, as another bundle. */
    ModelVersion another() {
        return register(Manifest.builder("model", "onnx").owner("another").build());
    }

    private ModelVersion register(Manifest manifest) {
        PackageSource.Builder source = PackageSource.builder(manifest).file("model.onnx", Manifest.Role.WEIGHTS, file);
        if (!manifest.before().isEmpty()) {
            source.file("tokenizer.json", Manifest.Role.CONFIG, tokenizer());
        }
        return maas.repository().register(source.build());
    }

    void publish(ModelVersion version) {
        maas.awaitServing(maas.repository().publish(version, PublishOptions.toProduction()));
    }

    /** Returns the model as a file. */
    public Path file() {
        return file;
    }

    /** Returns the tokenizer of MiniLM as a file. */
    public Path tokenizer() {
        Path tokens = folder.resolve("tokenizer.json");
        try {
            return Files.exists(tokens) ? tokens : Files.write(tokens, resource("/all-minilm-l6-v2-tokenizer.json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the platform that serves it, as {@code model}. */
    public Maas maas() {
        return maas;
    }

    Predictor<Tensors, Tensors> predictor() {
        return predictor;
    }

    @Override
    public void close() {
        maas.close();
        delete(folder);
    }

    static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
