package io.maas.internal.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.model.Manifest;
import io.maas.model.Manifest.TransformStep;
import io.maas.model.Signature;
import io.maas.model.TensorSpec;
import io.maas.spi.ModelFiles;
import io.maas.spi.Transform;
import io.maas.spi.TransformProvider;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TransformsTest {
    @TempDir
    Path folder;

    private Transform make(String name, Map<String, Object> with) {
        return make(name, 1, with);
    }

    private Transform make(String name, int version, Map<String, Object> with) {
        TransformProvider provider = ServiceLoader.load(TransformProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(found -> found.name().equals(name))
                .findFirst()
                .orElseThrow();
        assertThat(provider.version()).isEqualTo(1);
        return provider.create(new TransformStep(name, version, with), new Folder(folder));
    }

    private record Folder(Path root) implements ModelFiles {
        @Override
        public Manifest manifest() {
            return Manifest.builder("any", "onnx").build();
        }

        @Override
        public Path file(String path) {
            if (!Files.exists(root.resolve(path))) {
                throw new InvalidInputException(ErrorCode.PACKAGE_MISSING, "open", "no file, " + path, "list it");
            }
            return root.resolve(path);
        }

        @Override
        public Path model() {
            return root.resolve("model.onnx");
        }
    }

    private static Map<String, TensorSpec> available(TensorSpec... specs) {
        Map<String, TensorSpec> byName = new HashMap<>();
        for (TensorSpec spec : specs) {
            byName.put(spec.name(), spec);
        }
        return byName;
    }

    private static AbstractThrowableAssert<?, ?> assertRefused(ErrorCode code, ThrowingCallable call) {
        MaasException error = Assertions.catchThrowableOfType(MaasException.class, call);
        assertThat(error).isInstanceOf(InvalidInputException.class);
        return assertThat(error).satisfies(e -> assertThat(e.code()).isEqualTo(code));
    }

    private static AbstractThrowableAssert<?, ?> assertBadTransform(ThrowingCallable call) {
        return assertRefused(ErrorCode.BAD_TRANSFORM, call);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mean-pool", "l2-normalize", "softmax", "top-k"})
    void everyTransformRefusesWhatItDoesNotKnowAndListsWhatItDoes(String name) {
        assertBadTransform(() -> make(name, Map.of("inptu", "x")))
                .hasMessageContaining("'inptu'")
                .hasMessageContaining("[input,");
        assertBadTransform(() -> make(name, Map.of())).hasMessageContaining("'input' is missing");
        assertBadTransform(() -> make(name, Map.of("input", 7))).hasMessageContaining("is no text, 7");
        assertBadTransform(() -> make(name, Map.of("input", " "))).hasMessageContaining("is no text");
        assertBadTransform(() -> make(name, 2, Map.of("input", "x"))).hasMessageContaining("no version 2");
        assertBadTransform(() -> make(name, 0, Map.of("input", "x"))).hasMessageContaining("no version 0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mean-pool", "l2-normalize", "softmax", "top-k"})
    void everyTransformNeedsItsInputToBeThereAndFloating(String name) {
        Map<String, Object> with = name.equals("top-k") ? Map.of("input", "x", "k", 1) : Map.of("input", "x");
        Transform transform = make(name, with);
        assertBadTransform(() -> transform.signature(available(TensorSpec.of("y", DataType.FP32, "n"))))
                .hasMessageContaining("no tensor 'x'")
                .hasMessageContaining("[y]");
        assertBadTransform(() -> transform.signature(available(
                        TensorSpec.of("x", DataType.INT64, "n", "l", 2),
                        TensorSpec.of("attention_mask", DataType.INT64, "n", "l"))))
                .hasMessageContaining("floating-point");
        transform.close();
    }

    @Nested
    class Softmax {
        @Test
        void turnsScoresIntoProbabilitiesAlongTheLastDimension() {
            Tensor scores = Tensor.of(new float[] {0, (float) Math.log(3), 5, 5}, 2, 2);
            Tensor out = make("softmax", Map.of("input", "x", "output", "p"))
                    .apply(Tensors.of("x", scores))
                    .get("p");
            assertThat(out.toFloats()).containsExactly(new float[] {0.25f, 0.75f, 0.5f, 0.5f}, within(1e-6f));
            assertThat(out.shape().toArray()).containsExactly(2, 2);
        }

        @Test
        void staysFiniteForScoresWhoseExponentialIsNot() {
            Tensor scores = Tensor.of(new float[] {1000, 1000, -1000}, 3);
            assertThat(make("softmax", Map.of("input", "x"))
                            .apply(Tensors.of("x", scores))
                            .get("x")
                            .toFloats())
                    .containsExactly(new float[] {0.5f, 0.5f, 0}, within(1e-6f));
        }

        @Test
        void spreadsEvenlyWhereEverythingIsMinusInfinity() {
            float none = Float.NEGATIVE_INFINITY;
            assertThat(make("softmax", Map.of("input", "x"))
                            .apply(Tensors.of("x", Tensor.of(new float[] {none, none})))
                            .single()
                            .toFloats())
                    .containsExactly(0.5f, 0.5f);
        }

        @Test
        void keepsShapeAndLabelsInItsSignature() {
            TensorSpec in = TensorSpec.of("x", DataType.FP16, "n", 2).labelled(List.of("no", "yes"));
            Signature signature = make("softmax", Map.of("input", "x", "output", "p"))
                    .signature(available(in, TensorSpec.of("other", DataType.INT64, "n")));
            assertThat(signature).hasToString("x FP16[n, 2] -> p FP32[n, 2]");
            assertThat(signature.outputs().get(0).labels()).containsExactly("no", "yes");
        }

        @Test
        void refusesATensorWithoutALastDimension() {
            Transform softmax = make("softmax", Map.of("input", "x"));
            assertRefused(ErrorCode.BAD_INPUT, () -> softmax.apply(Tensors.of("x", Tensor.scalar(1f))))
                    .hasMessageContaining("'x'");
            assertBadTransform(() -> softmax.signature(available(TensorSpec.of("x", DataType.FP32))));
        }
    }

    @Nested
    class L2Normalize {
        @ParameterizedTest
        @EnumSource(names = {"FP16", "BF16", "FP32", "FP64"})
        void scalesVectorsOfAnyFloatingTypeToLengthOne(DataType type) {
            Tensor vectors = Tensor.of(type, new double[] {3, 4, 0, 0}, 2, 2);
            Tensor out = make("l2-normalize", Map.of("input", "v"))
                    .apply(Tensors.of("v", vectors))
                    .get("v");
            assertThat(out.type()).isEqualTo(DataType.FP32);
            assertThat(out.toFloats()).containsExactly(0.6f, 0.8f, 0, 0);
        }

        @Test
        void doesNotOverflowOnLargeValues() {
            Tensor vectors = Tensor.of(new float[] {3e30f, 4e30f}, 1, 2);
            assertThat(make("l2-normalize", Map.of("input", "v", "output", "u"))
                            .apply(Tensors.of("v", vectors))
                            .get("u")
                            .toFloats())
                    .containsExactly(new float[] {0.6f, 0.8f}, within(1e-6f));
        }
    }

    @Nested
    class MeanPool {
        private final Tensor vectors = Tensor.of(new float[] {1, 10, 3, 30, 99, 99, 5, 50, 6, 60, 7, 70}, 2, 3, 2);

        @Test
        void leavesOutWhatTheMaskLeavesOut() {
            Tensors in = Tensors.of("h", vectors, "attention_mask", Tensor.of(new long[] {1, 1, 0, 1, 1, 1}, 2, 3));
            Tensor out = make("mean-pool", Map.of("input", "h", "output", "e"))
                    .apply(in)
                    .get("e");
            assertThat(out.toFloats()).containsExactly(2, 20, 6, 60);
            assertThat(out.shape().toArray()).containsExactly(2, 2);
        }

        @Test
        void givesZerosWhereTheMaskLeavesNothing() {
            Tensors in = Tensors.of(
                    "h", vectors, "m", Tensor.of(new boolean[] {false, false, false, true, false, false}, 2, 3));
            assertThat(make("mean-pool", Map.of("input", "h", "mask", "m"))
                            .apply(in)
                            .get("h")
                            .toFloats())
                    .containsExactly(0, 0, 5, 50);
        }

        @Test
        void refusesAMaskOfAnotherShape() {
            Tensors in = Tensors.of("h", vectors, "m", Tensor.of(new long[] {1, 1}, 2, 1));
            assertRefused(
                            ErrorCode.BAD_INPUT,
                            () -> make("mean-pool", Map.of("input", "h", "mask", "m"))
                                    .apply(in))
                    .hasMessageContaining("[2, 1]")
                    .hasMessageContaining("[2, 3, 2]");
        }

        @Test
        void dropsTheMiddleDimensionInItsSignature() {
            TensorSpec hidden = TensorSpec.of("h", DataType.FP32, "n", "l", 384);
            TensorSpec mask = TensorSpec.of("m", DataType.INT32, "n", "l");
            Transform pool = make("mean-pool", Map.of("input", "h", "mask", "m", "output", "e"));
            assertThat(pool.signature(available(hidden, mask)))
                    .hasToString("h FP32[n, l, 384], m INT32[n, l] -> e FP32[n, 384]");
        }

        @Test
        void refusesTensorsItCannotPool() {
            Transform pool = make("mean-pool", Map.of("input", "h", "mask", "m"));
            TensorSpec hidden = TensorSpec.of("h", DataType.FP32, "n", "l", 4);
            assertBadTransform(() -> pool.signature(available(hidden))).hasMessageContaining("'m'");
            assertBadTransform(() -> pool.signature(available(hidden, TensorSpec.of("m", DataType.INT64, "n"))))
                    .hasMessageContaining("2 dimensions");
            assertBadTransform(() -> pool.signature(available(hidden, TensorSpec.of("m", DataType.FP32, "n", "l"))))
                    .hasMessageContaining("integers");
            assertBadTransform(() -> pool.signature(available(
                            TensorSpec.of("h", DataType.FP32, 1, 2, 3, 4), TensorSpec.of("m", DataType.INT64, 1, 2))))
                    .hasMessageContaining("3 dimensions");
            assertBadTransform(() -> make("mean-pool", Map.of("input", "h", "mask", "h")))
                    .hasMessageContaining("same tensor");
        }
    }

    @Nested
    class TopK {
        private final Tensor rows = Tensor.of(new float[] {0.1f, 0.5f, 0.3f, 0.5f, 9, 7, 8, Float.NaN}, 2, 4);

        @Test
        void givesTheLargestFirstAndOfEqualsTheFirst() {
            Transform topK = make("top-k", Map.of("input", "x", "k", 3));
            TensorSpec in = TensorSpec.of("x", DataType.FP32, "n", 4);
            assertThat(topK.signature(available(in)))
                    .hasToString("x FP32[n, 4] -> indices INT64[n, 3], scores FP32[n, 3]");
            Tensors out = topK.apply(Tensors.of("x", rows));
            assertThat(out.names()).containsExactly("indices", "scores");
            assertThat(out.get("indices").toLongs()).containsExactly(1, 3, 2, 0, 2, 1);
            assertThat(out.get("scores").toFloats()).containsExactly(0.5f, 0.5f, 0.3f, 9, 8, 7);
        }

        @Test
        void countsNanAsSmallest() {
            Tensor odd = Tensor.of(new float[] {Float.NaN, -1, Float.NaN, 2}, 1, 4);
            Tensors out = make("top-k", Map.of("input", "x", "k", 4.0, "indices", "i"))
                    .apply(Tensors.of("x", odd));
            assertThat(out.get("i").toLongs()).containsExactly(3, 1, 0, 2);
        }

        @Test
        void namesThePositionsWithTheLabelsOfTheInput() {
            Transform topK = make("top-k", Map.of("input", "x", "k", 1, "labels", "species", "scores", "p"));
            TensorSpec in = TensorSpec.of("x", DataType.FP32, "n", 4).labelled(List.of("a", "b", "c", "d"));
            assertThat(topK.signature(available(in))).hasToString("x FP32[n, 4] -> species BYTES[n, 1], p FP32[n, 1]");
            Tensors out = topK.apply(Tensors.of("x", rows));
            assertThat(out.get("species").toStrings()).containsExactly("b", "a");
            assertThat(out.get("p").toFloats()).containsExactly(0.5f, 9);
        }

        @Test
        void namesThePositionsWithTheLinesOfAFile() throws IOException {
            Files.writeString(folder.resolve("labels.txt"), "rot\ngrün\nblau\ngelb\n");
            Transform topK = make("top-k", Map.of("input", "x", "k", 2, "labelsFile", "labels.txt"));
            topK.signature(available(TensorSpec.of("x", DataType.FP32, "n", "?")));
            assertThat(topK.apply(Tensors.of("x", rows)).get("labels").toStrings())
                    .containsExactly("grün", "gelb", "rot", "blau");
        }

        @ParameterizedTest
        @ValueSource(doubles = {0, -1, 1.5, 1e12})
        void refusesAnyKThatIsNoPositiveWholeNumber(double k) {
            assertBadTransform(() -> make("top-k", Map.of("input", "x", "k", k)))
                    .hasMessageContaining("'k' is no whole number");
        }

        @Test
        void refusesSettingsThatCannotBeMet() throws IOException {
            assertBadTransform(() -> make("top-k", Map.of("input", "x"))).hasMessageContaining("'k' is missing");
            assertBadTransform(() -> make("top-k", Map.of("input", "x", "k", "two")))
                    .hasMessageContaining("two");
            assertBadTransform(() -> make("top-k", Map.of("input", "x", "k", 1, "scores", "labels")))
                    .hasMessageContaining("same name");
            assertBadTransform(() -> make("top-k", Map.of("input", "x", "k", 1, "scores", "indices")))
                    .hasMessageContaining("same name");
            assertRefused(
                    ErrorCode.PACKAGE_MISSING,
                    () -> make("top-k", Map.of("input", "x", "k", 1, "labelsFile", "none.txt")));
            Files.writeString(folder.resolve("latin1.txt"), "gr\u00fcn", StandardCharsets.ISO_8859_1);
            Files.createFile(folder.resolve("empty.txt"));
            Files.createDirectory(folder.resolve("folder"));
            assertBadTransform(() -> make("top-k", Map.of("input", "x", "k", 1, "labelsFile", "latin1.txt")))
                    .hasMessageContaining("not UTF-8");
            assertBadTransform(() -> make("top-k", Map.of("input", "x", "k", 1, "labelsFile", "empty.txt")))
                    .hasMessageContaining("no labels");
            assertBadTransform(() -> make("top-k", Map.of("input", "x", "k", 1, "labelsFile", "folder")))
                    .hasMessageContaining("cannot be read");
        }

        @Test
        void refusesFewerValuesThanKAndAnotherNumberOfLabels() {
            Transform five = make("top-k", Map.of("input", "x", "k", 5));
            assertBadTransform(() -> five.signature(available(TensorSpec.of("x", DataType.FP32, "n", 4))))
                    .hasMessageContaining("'k' is 5");
            assertRefused(ErrorCode.BAD_INPUT, () -> five.apply(Tensors.of("x", rows)));
            Transform one = make("top-k", Map.of("input", "x", "k", 1));
            TensorSpec open = TensorSpec.of("x", DataType.FP32, "n", "?").labelled(List.of("a", "b"));
            assertBadTransform(() -> one.signature(
                            available(TensorSpec.of("x", DataType.FP32, "n", 4).labelled(List.of("a")))))
                    .hasMessageContaining("1 labels for 4");
            one.signature(available(open));
            assertRefused(ErrorCode.BAD_INPUT, () -> one.apply(Tensors.of("x", rows)))
                    .hasMessageContaining("2 labels");
        }
    }
}
