package io.maas.tensor;

/**
 * Conversions of the two 16-bit floating-point formats, rounding to nearest even. {@code Float.float16ToFloat} exists
 * from Java 20 on only.
 */
final class Half {
    private static final int FP16_INFINITY = 0x7c00;

    private Half() {}

    static float fromFp16(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = (bits >> 10) & 0x1f;
        int mantissa = bits & 0x3ff;
        if (exponent == 0x1f) {
            return Float.intBitsToFloat(sign | 0x7f800000 | (mantissa << 13));
        }
        if (exponent == 0) {
            // zero and subnormals: mantissa * 2^-24, which single precision holds exactly
            float magnitude = mantissa * 0x1p-24f;
            return sign == 0 ? magnitude : -magnitude;
        }
        return Float.intBitsToFloat(sign | ((exponent + 112) << 23) | (mantissa << 13));
    }

    static short toFp16(double value) {
        return toFp16(toOdd(value));
    }

    static short toBf16(double value) {
        return toBf16(toOdd(value));
    }

    /**
     * Rounds to a single so that rounding that again gives what rounding the double once would: what is not exact becomes
     * the neighbour with an odd last bit, which is never in the middle of two shorter numbers (Boldo and Melquiond,
     * "Emulation of FMA and correctly rounded sums", 2008).
     */
    private static float toOdd(double value) {
        float nearest = (float) value;
        if (nearest == value || Double.isNaN(value)) {
            return nearest;
        }
        int bits = Float.floatToRawIntBits(nearest);
        int towardsZero = Math.abs(nearest) > Math.abs(value) ? bits - 1 : bits;
        return Float.intBitsToFloat(towardsZero | 1);
    }

    private static short toFp16(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = (bits >>> 16) & 0x8000;
        if (Float.isNaN(value)) {
            return (short) (sign | FP16_INFINITY | 0x200);
        }
        float magnitude = Math.abs(value);
        if (magnitude >= 65520f) { // half-way between the largest finite half and the next step
            return (short) (sign | FP16_INFINITY);
        }
        if (magnitude < 0x1p-14f) {
            // subnormal: units of 2^-24; rint rounds to nearest even, and 1024 units carry into the first normal
            return (short) (sign | (int) Math.rint(magnitude * 0x1p24));
        }
        int rounded = (bits & 0x7fffffff) + 0xfff + ((bits >>> 13) & 1);
        return (short) (sign | ((rounded >>> 13) - (112 << 10)));
    }

    static float fromBf16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    private static short toBf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) ((bits >>> 16) | 0x40);
        }
        return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
    }
}
