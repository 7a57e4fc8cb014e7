package io.maas.internal.cache;

import static io.maas.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.maas.error.ErrorCode;
import io.maas.model.Digest;
import io.maas.model.Manifest;
import io.maas.model.Manifest.FileEntry;
import io.maas.model.Manifest.Role;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CachedBundleTest {
    private static final Path ROOT = Path.of("bundle");

    private static CachedBundle bundle(String... weights) {
        Manifest manifest = Manifest.builder("digits", "onnx")
                .files(Stream.of(weights)
                        .map(path -> new FileEntry(path, Role.WEIGHTS, 0, Digest.of(new byte[0])))
                        .toList())
                .build();
        return new CachedBundle(manifest, ROOT);
    }

    @Test
    void theOnlyWeightsAreLoadedWhateverTheirName() {
        assertThat(bundle("net/digits.bin").model()).isEqualTo(ROOT.resolve("net/digits.bin"));
    }

    @Test
    void ofSeveralWeightsThoseOfTheUsualNameAreLoaded() {
        assertThat(bundle("model.onnx.data", "model.onnx").model()).isEqualTo(ROOT.resolve("model.onnx"));
    }

    @Test
    void severalWeightsWithoutTheUsualNameAreRefused() {
        assertRefused(ErrorCode.PACKAGE_EMPTY, () -> bundle("a.onnx", "b.onnx").model())
                .hasMessageContaining("none is 'model.onnx', [a.onnx, b.onnx]");
    }

    @Test
    void aBundleWithoutWeightsIsRefused() {
        assertRefused(ErrorCode.PACKAGE_EMPTY, () -> bundle().model())
                .hasMessageContaining("no file has the role 'weights'");
    }
}
