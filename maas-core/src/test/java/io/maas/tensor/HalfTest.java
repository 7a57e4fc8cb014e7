package io.maas.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Every bit pattern of the 16-bit formats, against what their definition says. */
class HalfTest {
    /** A format by its definition: a sign, an exponent and a fraction. */
    private enum Format {
        FP16(10, 15) {
            @Override
            float decode(int bits) {
                return Half.fromFp16((short) bits);
            }

            @Override
            int encode(double value) {
                return Half.toFp16(value) & 0xffff;
            }
        },
        BF16(7, 127) {
            @Override
            float decode(int bits) {
                return Half.fromBf16((short) bits);
            }

            @Override
            int encode(double value) {
                return Half.toBf16(value) & 0xffff;
            }
        };

        private final int fractionBits;
        private final int bias;

        Format(int fractionBits, int bias) {
            this.fractionBits = fractionBits;
            this.bias = bias;
        }

        abstract float decode(int bits);

        abstract int encode(double value);

        /** The pattern of infinity: all bits of the exponent. */
        int infinity() {
            return 0x7fff >> fractionBits << fractionBits;
        }

        boolean isNaN(int bits) {
            return (bits & 0x7fff) > infinity();
        }

        /** The magnitude of a pattern without sign; of infinity, the step after the largest finite number. */
        double magnitude(int bits) {
            int exponent = bits >> fractionBits;
            int fraction = bits & ((1 << fractionBits) - 1);
            return exponent == 0
                    ? Math.scalb((double) fraction, 1 - bias - fractionBits)
                    : Math.scalb((double) (fraction + (1 << fractionBits)), exponent - bias - fractionBits);
        }
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void everyPatternIsTheNumberThatTheFormatDefines(Format format) {
        for (int bits = 0; bits <= 0xffff; bits++) {
            int sign = bits > 0x7fff ? -1 : 1;
            float value = format.decode(bits);
            if (format.isNaN(bits)) {
                assertThat(value).as("%x", bits).isNaN();
            } else {
                double magnitude = (bits & 0x7fff) == format.infinity()
                        ? Double.POSITIVE_INFINITY
                        : format.magnitude(bits & 0x7fff);
                // compares bits, so that -0 is not 0
                assertThat((Object) (double) value).as("%x", bits).isEqualTo(sign * magnitude);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void everyPatternIsFoundAgain(Format format) {
        for (int bits = 0; bits <= 0xffff; bits++) {
            int again = format.encode(format.decode(bits));
            if (format.isNaN(bits)) {
                assertThat(format.isNaN(again)).as("%x", bits).isTrue();
            } else {
                assertThat(again).as("%x", bits).isEqualTo(bits);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void whatLiesBetweenTwoNumbersBecomesTheNearer(Format format) {
        for (int low = 0; low < format.infinity(); low++) {
            double middle = (format.magnitude(low) + format.magnitude(low + 1)) / 2;
            int even = low % 2 == 0 ? low : low + 1;
            rounds(format, middle, even);
            rounds(format, Math.nextDown(middle), low);
            rounds(format, Math.nextUp(middle), low + 1);
            float single = (float) middle;
            assertThat((double) single).as("the middle is a single").isEqualTo(middle);
            rounds(format, Math.nextDown(single), low);
            rounds(format, Math.nextUp(single), low + 1);
        }
    }

    private static void rounds(Format format, double magnitude, int expected) {
        assertThat(format.encode(magnitude)).as("%a", magnitude).isEqualTo(expected);
        assertThat(format.encode(-magnitude)).as("%a", -magnitude).isEqualTo(expected | 0x8000);
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void whatIsTooLargeBecomesInfinityAndWhatIsTooSmallZero(Format format) {
        for (double large : new double[] {0x1p128, 1e300, Double.MAX_VALUE, Double.POSITIVE_INFINITY}) {
            rounds(format, large, format.infinity());
        }
        for (double small : new double[] {0, Double.MIN_VALUE, 1e-300, Float.MIN_VALUE / 2}) {
            rounds(format, small, 0);
        }
        assertThat(format.isNaN(format.encode(Double.NaN))).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void aNaNWhosePayloadIsCutOffStaysOne(Format format) {
        assertThat(format.isNaN(format.encode(Float.intBitsToFloat(0x7f800001))))
                .isTrue();
        assertThat(format.isNaN(format.encode(Float.intBitsToFloat(0xff800001))))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "0x1p0, 3c00",
        "-0x1p1, c000",
        "65504, 7bff",
        "65519.996, 7bff",
        "65520, 7c00",
        "0x1p-14, 400",
        "0x1p-24, 1",
        "0x1p-25, 0",
        "0x1.8p-25, 1",
        "0x1.ff8p-15, 3ff",
        "0x1.ffcp-15, 400",
        "-0.0, 8000",
        "0.1, 2e66"
    })
    void wellKnownNumbersOfIeeeHalfPrecision(double value, String bits) {
        assertThat(Half.toFp16(value) & 0xffff).isEqualTo(Integer.parseInt(bits, 16));
    }

    @ParameterizedTest
    @CsvSource({"1, 3f80", "-2, c000", "3.140625, 4049", "3.3895314e38, 7f7f", "0x1.fep127, 7f7f", "0x1p-133, 1"})
    void wellKnownNumbersOfBfloat16(double value, String bits) {
        assertThat(Half.toBf16(value) & 0xffff).isEqualTo(Integer.parseInt(bits, 16));
    }
}
