package io.maas.internal.bundle;

import static io.maas.internal.bundle.Samples.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.maas.error.ErrorCode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelCardTest {
    @Test
    void hasFieldsInFrontAndSections() {
        ModelCard card = ModelCard.parse("""
                ---
                license: mit
                tags: [a, b]
                empty:
                ---
                # Title #

                Intended uses
                -------------
                Text.

                ```python
                # no heading
                ```
                ~~~
                ## nor this
                ~~~
                ## Limitations
                #hashtag
                | a | b |
                ---------
                - item
                ---
                   ###   Bias, risks   ###
                Second title
                ===
                """);
        assertThat(card.frontMatter()).isEqualTo(Map.of("license", "mit", "tags", List.of("a", "b")));
        assertThat(card.sections())
                .containsExactly("Title", "Intended uses", "Limitations", "Bias, risks", "Second title");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "# Only a heading", "text\n---\nlicense: mit\n---\n", "---\n---\n"})
    void needsNothingInFront(String markdown) {
        assertThat(ModelCard.parse(markdown).frontMatter()).isEmpty();
    }

    @Test
    void readsWhatWindowsEditorsWrite() {
        ModelCard card = ModelCard.parse("\ufeff---\r\nlicense: mit\r\n---\r\n# Title\r\n");
        assertThat(card.frontMatter()).isEqualTo(Map.of("license", "mit"));
        assertThat(card.sections()).containsExactly("Title");
    }

    @ParameterizedTest
    @ValueSource(strings = {"---\na: 1", "---\n- a\n---\n", "---\ntext\n---\n", "---\na: [\n---\n"})
    void refusesFrontMatterThatIsNone(String markdown) {
        assertRefused(() -> ModelCard.parse(markdown), ErrorCode.BAD_DOCUMENT);
    }

    @Test
    void isBounded() {
        assertRefused(() -> ModelCard.parse("x".repeat(ModelCard.MAX_BYTES + 1)), ErrorCode.BAD_DOCUMENT);
        assertThat(ModelCard.parse("# a\n".repeat(5000)).sections()).hasSize(1000);
        assertThat(ModelCard.parse("# " + "a".repeat(5000)).sections().get(0)).hasSizeLessThan(100);
    }
}
