package io.maas.http.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written comes in pieces that together are it: a small one alone, and large ones without much room to spare. */
class JsonPiecesTest {
    private static JsonPieces numbers(int count) {
        return JsonPieces.of(json -> {
            json.writeStartArray();
            for (int i = 0; i < count; i++) {
                json.writeNumber(i % 10);
            }
            json.writeEndArray();
        });
    }

    private static String text(JsonPieces json) {
        return json.pieces().stream()
                .map(piece -> StandardCharsets.UTF_8.decode(piece.duplicate()).toString())
                .collect(Collectors.joining());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1_000, 3_999, 4_000, 4_001, 8_000, 100_000, 1_000_000})
    void thePiecesTogetherAreTheJson(int count) {
        JsonPieces json = numbers(count);
        String expected = new String(
                JsonBytes.of(out -> {
                    out.writeStartArray();
                    for (int i = 0; i < count; i++) {
                        out.writeNumber(i % 10);
                    }
                    out.writeEndArray();
                }),
                StandardCharsets.UTF_8);
        assertThat(text(json)).isEqualTo(expected);
        assertThat(json.length()).isEqualTo(expected.length());
    }

    @Test
    void aSmallAnswerIsOnePieceThatJustHoldsIt() {
        JsonPieces json = numbers(100);
        assertThat(json.pieces()).hasSize(1);
        assertThat(json.pieces().get(0).capacity()).isEqualTo(json.length());
    }

    @Test
    void aLargeAnswerTakesLittleMoreThanItIs() {
        JsonPieces json = numbers(1_000_000);
        int memory = json.pieces().stream().mapToInt(ByteBuffer::capacity).sum();
        assertThat(memory).isBetween(json.length(), json.length() + (128 << 10));
    }

    @Test
    void nothingIsAnEmptyPiece() {
        assertThat(JsonPieces.of(json -> {}).pieces()).containsExactly(ByteBuffer.allocate(0));
    }
}
