package io.maas.internal.serving;

import static io.maas.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.maas.error.ErrorCode;
import io.maas.model.Manifest;
import io.maas.model.Manifest.TransformStep;
import io.maas.model.Signature;
import io.maas.spi.ModelFiles;
import io.maas.spi.Transform;
import io.maas.spi.TransformProvider;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransformsTest {
    private static final ModelFiles FILES =
            new Bundles(Manifest.builder("digits", "onnx").build());

    private final FakeTransform third =
            new FakeTransform("third", 3, new Signature(List.of(), List.of()), inputs -> inputs);
    private final Transforms transforms = new Transforms(List.of(third));

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void everyVersionUpToTheNewestIsMade(int version) {
        transforms.create(new TransformStep("third", version, Map.of("a", 1)), FILES);
        assertThat(third.events).containsExactly("create " + version + " {a=1}");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 4})
    void otherVersionsAreRefused(int version) {
        assertRefused(
                        ErrorCode.BAD_TRANSFORM,
                        () -> transforms.create(new TransformStep("third", version, Map.of()), FILES))
                .hasMessageContaining("prepare digits")
                .hasMessageContaining("'third' has no version " + version)
                .hasMessageContaining("from 1 to 3");
        assertThat(third.events).isEmpty();
    }

    @Test
    void anUnknownNameIsRefusedWithThoseThatAreKnown() {
        assertThat(transforms.has("third")).isTrue();
        assertThat(transforms.has("thrid")).isFalse();
        assertRefused(ErrorCode.BAD_TRANSFORM, () -> transforms.create(new TransformStep("thrid", 1, Map.of()), FILES))
                .hasMessageContaining("'thrid'")
                .hasMessageContaining("[third]")
                .hasMessageContaining("io.maas:maas-backend-djl");
    }

    private static final class Other implements TransformProvider {
        @Override
        public String name() {
            return "third";
        }

        @Override
        public int version() {
            return 1;
        }

        @Override
        public Transform create(TransformStep step, ModelFiles files) {
            throw new AssertionError("nobody should make one");
        }
    }

    @Test
    void twoOfOneNameAreRefusedUnlessTheyAreTheSame() {
        assertRefused(ErrorCode.BAD_TRANSFORM, () -> new Transforms(List.of(third, new Other())))
                .hasMessageContaining("two are called 'third'")
                .hasMessageContaining(FakeTransform.class.getName())
                .hasMessageContaining(Other.class.getName());
        // a class path may name one jar twice
        assertThatCode(() -> new Transforms(List.of(new Other(), new Other()))).doesNotThrowAnyException();
    }

    @Test
    void thoseOfThePlatformAreDiscovered() {
        Transforms discovered = Transforms.discovered();
        assertThat(List.of("mean-pool", "l2-normalize", "softmax", "top-k")).allMatch(discovered::has);
    }
}
