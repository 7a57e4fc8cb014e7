package io.maas.http.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonSkipTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String[] TEXTS = {
        "", "]", "[[", "\\", "\"", "\\\"]", "é]", "\n}", "\u2028{", "a long text without anything of interest in it"
    };

    private static ByteBuffer bytes(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocateDirect(utf8.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(utf8)
                .flip();
    }

    /** Writes an array of anything. */
    private static void array(StringBuilder to, Random random, int depth) throws IOException {
        to.append('[');
        int count = random.nextInt(depth > 4 ? 1 : 6);
        for (int i = 0; i < count; i++) {
            to.append(i == 0 ? "" : ",").append(" ".repeat(random.nextInt(3)));
            switch (random.nextInt(6)) {
                case 0 -> array(to, random, depth + 1);
                case 1 -> to.append(JSON.writeValueAsString(TEXTS[random.nextInt(TEXTS.length)]));
                case 2 -> {
                    to.append("{\"a]\":");
                    array(to, random, depth + 1);
                    to.append('}');
                }
                case 3 -> to.append("true");
                case 4 -> to.append(random.nextDouble() * 1e-20);
                default -> to.append(random.nextInt());
            }
        }
        to.append(']');
    }

    @Test
    void theEndIsWhereAParserFindsIt() throws IOException {
        Random random = new Random(7);
        for (int i = 0; i < 5_000; i++) {
            String before = " ".repeat(random.nextInt(9));
            StringBuilder array = new StringBuilder();
            array(array, random, 0);
            JSON.readTree(array.toString()); // it is JSON
            String whole = before + array + ", \"more\": [1]}";
            int end = before.getBytes(StandardCharsets.UTF_8).length
                    + array.toString().getBytes(StandardCharsets.UTF_8).length;
            assertThat(JsonSkip.endOfArray(bytes(whole), before.length()))
                    .as(whole)
                    .isEqualTo(end);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "[[1, 2, 3]", "[\"]", "[\"\\\"]", "[\"\\", "[{]", "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10"})
    void thereMayBeNone(String text) {
        assertThat(JsonSkip.endOfArray(bytes(text), 0)).isEqualTo(-1);
    }
}
