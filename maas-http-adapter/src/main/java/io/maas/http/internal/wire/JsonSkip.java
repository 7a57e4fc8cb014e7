package io.maas.http.internal.wire;

import java.nio.ByteBuffer;

/**
 * Finds where a JSON array ends without looking at what is in it: several times faster than a parser, which whoever wants the elements
 * pays for once more. What this passes over may be malformed; whoever reads it with a parser notices.
 */
public final class JsonSkip {
    private static final int NOT_FOUND = -1;
    private static final long QUOTES = 0x2222222222222222L;
    private static final long LOW_BITS = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    /** Brackets and braces have this bit; digits, signs, points, commas and white space do not. */
    private static final long BRACKET_BITS = 0x4040404040404040L;

    private JsonSkip() {}

    /**
     * Returns the index behind the bracket that closes the array at {@code from}; -1 if none does.
     *
     * @param from where the opening bracket is
     */
    public static int endOfArray(ByteBuffer json, int from) {
        int depth = 0;
        int at = from;
        int end = json.limit();
        while (at < end) {
            if (at <= end - Long.BYTES && hasNoneOfInterest(json.getLong(at))) {
                at += Long.BYTES;
                continue;
            }
            switch (json.get(at)) {
                case '[', '{' -> depth++;
                case ']', '}' -> {
                    depth--;
                    if (depth == 0) {
                        return at + 1;
                    }
                }
                case '"' -> {
                    at = endOfString(json, at);
                    if (at == NOT_FOUND) {
                        return NOT_FOUND;
                    }
                    continue;
                }
                default -> {}
            }
            at++;
        }
        return NOT_FOUND;
    }

    /** Eight bytes at a time: the bit trick for a zero byte, of what quotes leave zero. */
    private static boolean hasNoneOfInterest(long eight) {
        long quotes = eight ^ QUOTES;
        return (eight & BRACKET_BITS) == 0 && ((quotes - LOW_BITS) & ~quotes & HIGH_BITS) == 0;
    }

    private static int endOfString(ByteBuffer json, int from) {
        for (int at = from + 1; at < json.limit(); at++) {
            byte b = json.get(at);
            if (b == '"') {
                return at + 1;
            }
            if (b == '\\') {
                at++;
            }
        }
        return NOT_FOUND;
    }
}
