package io.maas.backend.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.maas.model.Manifest.TransformStep;
import io.maas.model.TensorSpec;
import io.maas.spi.LoadedModel;
import io.maas.spi.Placement;
import io.maas.spi.Transform;
import io.maas.spi.TransformProvider;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import io.maas.testkit.PlainCall;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sentence through all steps of a real embedding model: texts, tokens, hidden states, one vector of length 1. */
class MiniLmTest {
    private static final String[] TEXTS = {
        "The cat sits on the mat.",
        "A cat is sitting on a rug.",
        "The central bank raised interest rates.",
        "Borrowing money became more expensive."
    };

    @TempDir
    Path root;

    private static Transform step(String name, Map<String, Object> with, Folder folder) {
        return ServiceLoader.load(TransformProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.name().equals(name))
                .findFirst()
                .orElseThrow()
                .create(new TransformStep(name, 1, with), folder);
    }

    /** The two exports name it differently; it is the output with one vector for each token. */
    private static String hidden(LoadedModel model) {
        return model.signature().outputs().stream()
                .filter(spec -> spec.rank() == 3)
                .findFirst()
                .orElseThrow()
                .name();
    }

    private float[][] embed(String resource, String[] texts) {
        Folder folder = new Folder(root)
                .with("model.onnx", "/" + resource + ".onnx")
                .with("tokenizer.json", "/" + resource + "-tokenizer.json");
        try (LoadedModel model = new OnnxBackendProvider().open().load(folder, Placement.cpu());
                Transform tokenize = step("tokenize", Map.of(), folder);
                Transform pool = step("mean-pool", Map.of("input", hidden(model), "output", "e"), folder);
                Transform normalize = step("l2-normalize", Map.of("input", "e"), folder)) {
            Map<String, TensorSpec> available = new HashMap<>();
            tokenize.signature(Map.of()).outputs().forEach(spec -> available.put(spec.name(), spec));
            assertThat(model.signature().inputs())
                    .allSatisfy(spec -> assertThat(available).containsKey(spec.name()));
            model.signature().outputs().forEach(spec -> available.put(spec.name(), spec));
            pool.signature(available).outputs().forEach(spec -> available.put(spec.name(), spec));
            assertThat(normalize.signature(available).outputs().get(0).toString())
                    .endsWith(", 384]");
            float[][] vectors = new float[texts.length][];
            for (int i = 0; i < texts.length; i++) {
                Tensors tokens = tokenize.apply(Tensors.of("text", Tensor.of(new String[] {texts[i]})));
                Tensor hidden = PlainCall.run(model, tokens).get(hidden(model));
                Tensors pooled =
                        pool.apply(Tensors.of(hidden(model), hidden, "attention_mask", tokens.get("attention_mask")));
                vectors[i] = normalize.apply(pooled).single().toFloats();
            }
            return vectors;
        }
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    @Test
    void sentencesOfOneMeaningLieCloserThanOthersAndQuantisingChangesLittle() {
        float[][] small = embed("all-minilm-l6-v2-q", TEXTS);
        float[][] full = embed("all-minilm-l6-v2", TEXTS);
        for (float[][] vectors : new float[][][] {small, full}) {
            assertThat(vectors[0]).hasSize(384);
            for (float[] vector : vectors) {
                assertThat(dot(vector, vector)).isCloseTo(1, within(1e-5));
            }
            double cats = dot(vectors[0], vectors[1]);
            double money = dot(vectors[2], vectors[3]);
            for (int cat = 0; cat < 2; cat++) {
                for (int bank = 2; bank < 4; bank++) {
                    assertThat(dot(vectors[cat], vectors[bank])).isLessThan(Math.min(cats, money) - 0.2);
                }
            }
        }
        for (int i = 0; i < TEXTS.length; i++) {
            assertThat(dot(small[i], full[i])).as(TEXTS[i]).isGreaterThan(0.95);
        }
    }
}
