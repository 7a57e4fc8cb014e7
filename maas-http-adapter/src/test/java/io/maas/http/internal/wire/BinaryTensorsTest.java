package io.maas.http.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Bytes of a tensor that are made in parts are the same, and need little memory of their own. */
class BinaryTensorsTest {
    static Stream<Tensor> tensors() {
        float[] floats = new float[300_000];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = i;
        }
        long[] longs = IntStream.range(0, 32_769).asLongStream().toArray();
        String[] texts = IntStream.range(0, 20_000).mapToObj(i -> "text " + i).toArray(String[]::new);
        return Stream.of(
                Tensor.of(floats, 3, 100_000),
                Tensor.of(longs, 32_769),
                Tensor.of(texts, 20_000),
                Tensor.of(new byte[200_000], 200_000),
                Tensor.of(new float[] {1, 2}, 2),
                Tensor.scalar(7L));
    }

    @ParameterizedTest
    @MethodSource("tensors")
    void thePartsTogetherAreTheBytes(Tensor tensor) {
        ByteArrayOutputStream together = new ByteArrayOutputStream();
        Iterator<ByteBuffer> parts = BinaryTensors.parts(tensor);
        while (parts.hasNext()) {
            ByteBuffer part = parts.next();
            byte[] some = new byte[part.remaining()];
            assertThat(parts.hasNext()).isEqualTo(parts.hasNext()); // which changes nothing
            part.get(some);
            together.writeBytes(some);
        }
        assertThat(together.toByteArray()).isEqualTo(BinaryTensors.write(tensor).array());
        assertThat(BinaryTensors.size(tensor)).isEqualTo(together.size());
    }

    @Test
    void partsTakeThePlaceOfTheOneBefore() {
        Iterator<ByteBuffer> parts = BinaryTensors.parts(Tensor.of(new float[1_000_000], 1_000_000));
        byte[] memory = parts.next().array();
        assertThat(memory).hasSize(128 << 10);
        assertThat(parts.next().array()).isSameAs(memory);
    }
}
