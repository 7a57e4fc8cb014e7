package io.maas.http.internal.wire;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;

/**
 * Reads decimal numbers as most are written, several times faster than what reads all of them: where digits and power of ten are exact
 * as doubles, one operation gives the nearest double (W. D. Clinger, How to read floating point numbers accurately, 1990). The rest is
 * left to the parser.
 */
final class Decimals {
    private static final long MOST_EXACT = 1L << 53;
    private static final int MOST_DIGITS = 18;
    private static final double[] TENS = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22
    };
    /** The bits of a double that a float has not. */
    private static final long BEYOND_FLOAT = 0x1fffffffL;

    private static final long HALF = 0x10000000L;

    private Decimals() {}

    /** Returns the float that is nearest to the number at which the parser is. */
    static float floatValue(JsonParser json) throws IOException {
        double value = read(json.getTextCharacters(), json.getTextOffset(), json.getTextLength());
        return isSafe(value) ? (float) value : json.getFloatValue();
    }

    /** Returns the double that is nearest to the number at which the parser is. */
    static double doubleValue(JsonParser json) throws IOException {
        double value = read(json.getTextCharacters(), json.getTextOffset(), json.getTextLength());
        return Double.isNaN(value) ? json.getDoubleValue() : value;
    }

    /** What is rounded twice may differ if it lay just beside the middle of two floats, which the first time made the middle of it. */
    private static boolean isSafe(double value) {
        double size = Math.abs(value);
        return (size >= Float.MIN_NORMAL || size == 0) && (Double.doubleToRawLongBits(value) & BEYOND_FLOAT) != HALF;
    }

    /**
     * Reads a number of JSON, whose form was checked.
     *
     * @return NaN if it is none of those that are easy
     */
    static double read(char[] text, int from, int length) {
        int end = from + length;
        int at = from;
        boolean negative = text[at] == '-';
        at += negative ? 1 : 0;
        long digits = 0;
        int count = 0;
        int point = -1;
        for (; at < end; at++) {
            char c = text[at];
            if (c >= '0' && c <= '9') {
                digits = digits * 10 + (c - '0');
                count += digits == 0 ? 0 : 1;
            } else if (c == '.') {
                point = at;
            } else {
                break;
            }
            if (count > MOST_DIGITS) {
                return Double.NaN;
            }
        }
        int power = point < 0 ? 0 : point + 1 - at;
        if (at < end) {
            power += exponent(text, at + 1, end);
        }
        if (digits > MOST_EXACT || power >= TENS.length || power <= -TENS.length) {
            return Double.NaN;
        }
        double size = power < 0 ? digits / TENS[-power] : digits * TENS[power];
        return negative ? -size : size;
    }

    private static int exponent(char[] text, int from, int end) {
        int at = from;
        boolean negative = text[at] == '-';
        at += negative || text[at] == '+' ? 1 : 0;
        int value = 0;
        for (; at < end && value < 10_000; at++) {
            value = value * 10 + (text[at] - '0');
        }
        return negative ? -value : value;
    }
}
