package io.maas.internal.serving;

import static io.maas.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.maas.error.ErrorCode;
import io.maas.model.Manifest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequirementsTest {
    private static final Transforms TRANSFORMS =
            new Transforms(List.of(FakeTransform.of("softmax", List.of(), List.of())));

    private static Manifest requiring(String maas, String engine, List<String> functions) {
        return Manifest.builder("digits", "onnx")
                .requires(new Manifest.Requirements(
                        Optional.of(maas).filter(text -> !text.isEmpty()),
                        Optional.of(engine).filter(text -> !text.isEmpty()),
                        OptionalInt.empty(),
                        functions))
                .build();
    }

    @Test
    void thePlatformIsOfTheVersionThatIsBuilt() throws Exception {
        Matcher version = Pattern.compile("<artifactId>maas-parent</artifactId>\\s*<version>([^<]+)</version>")
                .matcher(Files.readString(Path.of("../pom.xml")));
        assertThat(version.find()).isTrue();
        assertThat(Requirements.PLATFORM).isEqualTo(version.group(1).replace("-SNAPSHOT", ""));
    }

    @Test
    void nothingIsRequiredByDefault() {
        assertThatCode(() -> {
                    Manifest manifest = Manifest.builder("digits", "onnx").build();
                    Requirements.check(manifest, TRANSFORMS);
                    Requirements.checkEngine(manifest, "onnxruntime 1.29.0");
                })
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.1.0", ">=0.1.0", ">= 0.1", "0", "0.0.9", "0.1.0-rc1"})
    void anOlderOrThisVersionOfThePlatformWillDo(String version) {
        assertThatCode(() -> Requirements.check(requiring(version, "", List.of()), TRANSFORMS))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"999", ">=999.0.1", ">= 999"})
    void aNewerVersionOfThePlatformIsNotThere(String version) {
        assertRefused(
                        ErrorCode.PACKAGE_REQUIRES,
                        () -> Requirements.check(requiring(version, "", List.of()), TRANSFORMS))
                .hasMessageContaining(version)
                .hasMessageContaining(Requirements.PLATFORM);
    }

    @Test
    void everyFunctionMustBeThere() {
        assertThatCode(() -> Requirements.check(requiring("", "", List.of("softmax")), TRANSFORMS))
                .doesNotThrowAnyException();
        assertRefused(
                        ErrorCode.PACKAGE_REQUIRES,
                        () -> Requirements.check(requiring("", "", List.of("softmax", "tokenize")), TRANSFORMS))
                .hasMessageContaining("'tokenize'");
    }

    @ParameterizedTest
    @CsvSource({
        "onnxruntime, onnxruntime 1.29.0, true",
        "OnnxRuntime, onnxruntime 1.29.0, true",
        "onnxruntime>=1.17, onnxruntime 1.29.0, true",
        "onnxruntime >= 1.29, onnxruntime 1.29.0, true",
        "onnxruntime>=1.29.0, onnxruntime 1.29.0, true",
        "onnxruntime>=1.29.1, onnxruntime 1.29.0, false",
        "onnxruntime>=1.100, onnxruntime 1.29.0, false",
        "onnxruntime>=2, onnxruntime 1.29.0, false",
        "pytorch, onnxruntime 1.29.0, false",
        "pytorch>=1, onnxruntime 1.29.0, false",
        "onnxruntime>=1, onnxruntime, false",
        "onnxruntime, onnxruntime, true",
        "onnxruntime==1.29.0, onnxruntime 1.29.0, false"
    })
    void theEngineMustBeTheOneAskedForAndNotOlder(String wanted, String present, boolean enough) {
        Manifest manifest = requiring("", wanted, List.of());
        if (enough) {
            assertThatCode(() -> Requirements.checkEngine(manifest, present)).doesNotThrowAnyException();
        } else {
            assertRefused(ErrorCode.PACKAGE_REQUIRES, () -> Requirements.checkEngine(manifest, present))
                    .hasMessageContaining(wanted)
                    .hasMessageContaining(present);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1.0.0, 0",
        "1.2, 1.10, -1",
        "2, 1.99.99, 1",
        "1.0-SNAPSHOT, 1.0, 0",
        "1.2.3.4, 1.2.3.5, -1",
        "1.9999999999, 1.0, 0"
    })
    void versionsAreComparedPartByPartAsNumbers(String a, String b, int order) {
        assertThat(Integer.signum(Requirements.compare(a, b))).isEqualTo(order);
        assertThat(Integer.signum(Requirements.compare(b, a))).isEqualTo(-order);
    }
}
