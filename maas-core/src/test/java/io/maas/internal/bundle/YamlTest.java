package io.maas.internal.bundle;

import static io.maas.internal.bundle.Samples.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class YamlTest {
    private static final JsonPlace ROOT = JsonPlace.root(ErrorCode.BAD_DOCUMENT, "read it");

    private static JsonNode parse(String yaml) {
        return Yaml.parse(yaml.getBytes(StandardCharsets.UTF_8), ROOT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a: 1 | {\"a\":1}",
                "a: -12345678901 | {\"a\":-12345678901}",
                "a: 1.5e3 | {\"a\":1500.0}",
                "a: 1.16.0 | {\"a\":\"1.16.0\"}",
                "a: 0x10 | {\"a\":\"0x10\"}",
                "a: .nan | {\"a\":\".nan\"}",
                "a: 1e999 | {\"a\":\"1e999\"}",
                "a: 'true' | {\"a\":\"true\"}",
                "a: True | {\"a\":true}",
                "a: no | {\"a\":\"no\"}",
                "a: ~ | {\"a\":null}",
                "a: | {\"a\":null}",
                "a: !!str 1 | {\"a\":\"1\"}",
                "a: 2024-01-01 | {\"a\":\"2024-01-01\"}",
                "1: a | {\"1\":\"a\"}",
                "[a, {b: [c]}] | [\"a\",{\"b\":[\"c\"]}]",
                "a: &x [1] b: | !",
                "{a: &x [1], b: *x} | {\"a\":[1],\"b\":[1]}"
            })
    void readsYaml12(String yaml, String json) {
        if (json.equals("!")) {
            assertRefused(() -> parse(yaml), ErrorCode.BAD_DOCUMENT);
        } else {
            assertThat(parse(yaml).toString()).isEqualTo(json);
        }
    }

    @Test
    void anEmptyDocumentIsNothing() {
        assertThat(parse("").isMissingNode()).isTrue();
        assertThat(parse("# nothing\n").isMissingNode()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a: [",
                "a: b: c",
                "a: 1\na: 2",
                "{1: a, '1': b}",
                "[a]: b",
                "{a: b}: c",
                "a: 1\n---\nb: 2",
                "a: !!java.io.File [x]",
                "a: !!python/object/apply:os.system [ls]",
                "a: !custom x",
                "a: !!set {x}",
                "a: !!binary aGk=",
                "a: *nowhere",
                "&a [*a]",
                "a: &a {b: *a}",
                "\tx: 1",
                "a: \u0001"
            })
    void refusesWhatIsMalformedOrMakesObjects(String yaml) {
        assertRefused(() -> parse(yaml), ErrorCode.BAD_DOCUMENT);
    }

    @Test
    void boundsDepthSizeAndWhatAliasesAddUpTo() {
        assertThat(parse("[".repeat(60) + "]".repeat(60)).isArray()).isTrue();
        assertRefused(() -> parse("[".repeat(100_000)), ErrorCode.BAD_DOCUMENT);
        assertRefused(() -> parse("- ".repeat(100_000)), ErrorCode.BAD_DOCUMENT);
        assertRefused(() -> parse("x".repeat((1 << 20) + 1)), ErrorCode.BAD_DOCUMENT);
        StringBuilder bomb = new StringBuilder("a0: &a0 [x]\n");
        for (int i = 1; i < 40; i++) {
            bomb.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
        }
        assertRefused(() -> parse(bomb.toString()), ErrorCode.BAD_DOCUMENT);
        assertThat(parse("a: " + "9".repeat(500_000)).path("a").isTextual()).isTrue();
    }

    @Test
    void refusesWhatIsNotUtf8() {
        assertRefused(() -> Yaml.parse(new byte[] {'a', ':', ' ', (byte) 0xff}, ROOT), ErrorCode.BAD_DOCUMENT);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14})
    void readsOrRefusesAnything(long seed) {
        Random random = new Random(seed);
        String alphabet = "ab1:-?,[]{}&*!|>'\"%@` \n\t#.~\u00e4";
        for (int round = 0; round < 5000; round++) {
            StringBuilder yaml = new StringBuilder();
            for (int length = random.nextInt(40); length > 0; length--) {
                yaml.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                parse(yaml.toString());
            } catch (InvalidInputException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.BAD_DOCUMENT);
            }
        }
    }
}
