package io.maas.model;

import static io.maas.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.maas.error.ErrorCode;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelNameTest {
    private static Stream<String> names() {
        return Stream.of("a", "7", "digits", "all-MiniLM-L6-v2", "a.b_c-d", "x".repeat(128));
    }

    @ParameterizedTest
    @MethodSource("names")
    void aNameIsALetterOrDigitAndThenAFewSignsMore(String name) {
        assertThat(ModelName.of(name).value()).isEqualTo(name);
        assertThat(ModelName.of(name)).hasToString(name);
        assertThat(Names.alias(name)).isEqualTo(name);
    }

    private static Stream<String> others() {
        return Stream.of("", ".", "-a", "_a", "a b", "a/b", "a:b", "a@b", "ä", "a\n", "x".repeat(129));
    }

    @ParameterizedTest
    @MethodSource("others")
    void anythingElseIsRefused(String name) {
        assertRefused(ErrorCode.INVALID_NAME, () -> ModelName.of(name)).hasMessageStartingWith("Cannot name a model");
        assertRefused(ErrorCode.INVALID_NAME, () -> Names.alias(name)).hasMessageStartingWith("Cannot name an alias");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "v1.2.3", "_", "-", ".hidden"})
    void theLabelOfAVersionMayStartWithAnySign(String label) {
        assertThat(Names.version(label)).isEqualTo(label);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "a b", "1:2", "a@b", "65-signs-are-one-too-many-65-signs-are-one-too-many-65-signs-are-on"})
    void otherLabelsAreRefused(String label) {
        assertRefused(ErrorCode.INVALID_NAME, () -> Names.version(label)).hasMessageContaining("label a version");
    }

    @Test
    void aMessageShowsNeitherControlCharactersNorEndlessNames() {
        assertThat(Names.shown("a\nb\u001b[31m")).isEqualTo("a?b?[31m");
        assertThat(Names.shown("x".repeat(80))).hasSize(80);
        assertThat(Names.shown("x".repeat(1000))).hasSize(81).endsWith("…");
    }

    @Test
    void namesAreOrderedAsTexts() {
        assertThat(Stream.of("b", "a", "B").map(ModelName::of).sorted().map(ModelName::value))
                .containsExactly("B", "a", "b");
    }
}
