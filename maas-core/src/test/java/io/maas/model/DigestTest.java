package io.maas.model;

import static io.maas.Refusals.assertRefused;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.maas.error.ErrorCode;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DigestTest {
    /** From the examples of FIPS 180-2. */
    private static final String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @Test
    void itIsTheSha256OfTheContent() {
        Digest digest = Digest.of("abc".getBytes(UTF_8));
        assertThat(digest.hex()).isEqualTo(ABC);
        assertThat(digest).hasToString("sha256:" + ABC);
        assertThat(digest.abbreviated()).isEqualTo("ba7816bf8f01");
        assertThat(digest.toBytes()).isEqualTo(HexFormat.of().parseHex(ABC));
        assertThat(Digest.ofBytes(Digest.sha256().digest("abc".getBytes(UTF_8))))
                .isEqualTo(digest);
    }

    @Test
    void itIsReadInEitherCaseWithOrWithoutItsKind() {
        Digest digest = Digest.of("abc".getBytes(UTF_8));
        assertThat(List.of(ABC, "sha256:" + ABC, ABC.toUpperCase(java.util.Locale.ROOT)))
                .allSatisfy(text -> assertThat(Digest.parse(text)).isEqualTo(digest));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "sha256:",
                "abc",
                "md5:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                "ga7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015adff"
            })
    void otherTextsAreRefused(String text) {
        assertRefused(ErrorCode.INVALID_NAME, () -> Digest.parse(text)).hasMessageContaining("64 hexadecimal digits");
    }

    @Test
    void itHas32Bytes() {
        assertRefused(ErrorCode.INVALID_NAME, () -> Digest.ofBytes(new byte[31]))
                .hasMessageContaining("31 bytes");
        assertRefused(ErrorCode.INVALID_NAME, () -> Digest.ofBytes(new byte[33]));
    }

    @Test
    void digestsAreOrderedAsTheirTexts() {
        Random random = new Random(1);
        List<Digest> digests = IntStream.range(0, 200)
                .mapToObj(i -> {
                    byte[] bytes = new byte[32];
                    // few values, so that the first parts are often equal
                    Arrays.fill(bytes, 0, i % 32, (byte) 0x80);
                    bytes[i % 32] = (byte) (random.nextBoolean() ? 0x7f : 0xff);
                    return Digest.ofBytes(bytes);
                })
                .toList();
        assertThat(digests.stream().sorted())
                .containsExactlyElementsOf(digests.stream()
                        .sorted(Comparator.comparing(Digest::hex))
                        .toList());
    }

    @Test
    void oneOtherBitMakesAnotherDigest() {
        byte[] bytes = new byte[32];
        Digest digest = Digest.ofBytes(bytes);
        assertThat(digest).isEqualTo(Digest.ofBytes(bytes)).hasSameHashCodeAs(Digest.ofBytes(new byte[32]));
        for (int i = 0; i < bytes.length; i++) {
            byte[] other = new byte[32];
            other[i] = 1;
            assertThat(Digest.ofBytes(other)).isNotEqualTo(digest).isGreaterThan(digest);
        }
        assertThat(digest.equals((Object) digest.hex())).isFalse();
    }
}
