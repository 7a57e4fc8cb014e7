package io.maas.internal.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.internal.bundle.JsonPlace;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PbtxtTest {
    private static final String REALISTIC = """
            name: "densenet"  # a comment: { [ "
            max_batch_size: 8;
            input [ { name: 'x', data_type: TYPE_FP32, dims: [ 3, -1 ] } ],
            output < name: "y" dims: 1 dims: 2 >
            parameters { key: "k" value: { string_value: "a" 'b' "\\x41\\102\\n\\u00e4" } }
            rate: 1e-5 share: .5f low: -2.25 big: 123456789012345678901
            """;

    private static ObjectNode parse(String text) {
        return Pbtxt.parse(
                text.getBytes(StandardCharsets.UTF_8), JsonPlace.root(ErrorCode.BAD_DOCUMENT, "read config.pbtxt"));
    }

    private static void refused(String text) {
        assertThatThrownBy(() -> parse(text))
                .as(text)
                .isInstanceOfSatisfying(
                        InvalidInputException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_DOCUMENT));
    }

    @Test
    void readsWhatConfigurationsAreMadeOf() {
        assertThat(parse(REALISTIC).toString()).isEqualTo("""
                {"name":"densenet","max_batch_size":8,\
                "input":[{"name":"x","data_type":"TYPE_FP32","dims":[3,-1]}],\
                "output":{"name":"y","dims":[1,2]},\
                "parameters":{"key":"k","value":{"string_value":"abAB\\nä"}},\
                "rate":1.0E-5,"share":0.5,"low":-2.25,"big":1.2345678901234568E20}""");
        assertThat(parse("").isEmpty()).isTrue();
        assertThat(parse("# only a comment").isEmpty()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a: 0x1F | {\"a\":31}",
                "a: -017 | {\"a\":-15}",
                "a: - 3 | {\"a\":-3}",
                "a: true b: false | {\"a\":true,\"b\":false}",
                "a: inf b: -inf c: nan | {\"a\":\"inf\",\"b\":\"-inf\",\"c\":\"nan\"}",
                "a: [] | {\"a\":[]}",
                "a [ { } , < b: 1 > ] | {\"a\":[{},{\"b\":1}]}",
                "a: 1 a: [2, 3] a: 4 | {\"a\":[1,2,3,4]}",
                "[x.y/z.W] { a: 1 } | {\"[x.y/z.W]\":{\"a\":1}}",
                "a: 'it\\'s' \"\\\"\" | {\"a\":\"it's\\\"\"}",
                "a: 7f | {\"a\":7.0}"
            })
    void readsEveryFormOfValue(String text, String json) {
        assertThat(parse(text).toString()).isEqualTo(json);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "a:",
                "a: :",
                "a 1",
                "a: {",
                "a: }",
                "a { b: 1 >",
                "a < b: 1 }",
                "}",
                "a: [1, 2",
                "a: [1 2]",
                "a: [1,]",
                "a: [,]",
                "a: [[1]]",
                "a: 'x",
                "a: \"x",
                "a: 'x\ny'",
                "a: 'x\\",
                "a: '\\q'",
                "a: '\\x'",
                "a: '\\u12'",
                "a: '\\ud800'",
                "a: '\\U00110000'",
                "a: '\\377'",
                "a: 08",
                "a: 1.2.3",
                "a: 0x",
                "a: 1e",
                "a: 1e999",
                "a: 12ab",
                "a: --1",
                "a: -",
                "1: 2",
                "'a': 2",
                "a: $",
                "a: 1, , b: 2",
                "[a.b",
                "[]x: 1",
                "a: \u0000",
                "a: ä"
            })
    void refusesWhatIsMalformed(String text) {
        refused(text);
    }

    @Test
    void namesTheLine() {
        assertThatThrownBy(() -> parse("a: 1\nb: 2\nc: }\n"))
                .hasMessageContaining("config.pbtxt")
                .hasMessageContaining("line 3");
    }

    @Test
    void boundsDepthAndSize() {
        assertThat(parse("a{".repeat(60) + "}".repeat(60)).has("a")).isTrue();
        refused("a{".repeat(100_000));
        refused("a{".repeat(70) + "}".repeat(70));
        refused("a: [".repeat(70));
        refused("#".repeat((1 << 20) + 1));
    }

    @Test
    void refusesWhatIsNotUtf8() {
        assertThatThrownBy(() -> Pbtxt.parse(
                        new byte[] {'a', ':', ' ', '"', (byte) 0xff, '"'},
                        JsonPlace.root(ErrorCode.BAD_DOCUMENT, "read it")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("UTF-8");
    }

    /** Whatever comes in, it is read or refused: no other exception, and no end that does not come. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void readsOrRefusesAnything(long seed) {
        Random random = new Random(seed);
        String alphabet = "a1_-.:;,/[]{}<>\"'\\# \n\tx0e+fu\u00e4\u0000";
        for (int round = 0; round < 3000; round++) {
            StringBuilder text = new StringBuilder(REALISTIC);
            for (int change = 1 + random.nextInt(6); change > 0 && text.length() > 0; change--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.setCharAt(at, alphabet.charAt(random.nextInt(alphabet.length())));
                    case 1 -> text.deleteCharAt(at);
                    default -> text.setLength(at + 1);
                }
            }
            try {
                parse(text.toString());
            } catch (InvalidInputException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.BAD_DOCUMENT);
            }
        }
    }
}
