package io.maas.model;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A SHA-256 digest. Held as four numbers, since a registry of many models keeps very many of them. Immutable. */
public final class Digest implements Comparable<Digest> {
    private static final String PREFIX = "sha256:";
    private static final int BYTES = 32;

    private final long a;
    private final long b;
    private final long c;
    private final long d;

    private Digest(ByteBuffer bytes) {
        a = bytes.getLong();
        b = bytes.getLong();
        c = bytes.getLong();
        d = bytes.getLong();
    }

    /**
     * Returns the digest with these bytes.
     *
     * @param bytes 32 bytes
     * @throws InvalidInputException {@link ErrorCode#INVALID_NAME} if there are more or fewer
     */
    public static Digest ofBytes(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw refused(bytes.length + " bytes");
        }
        return new Digest(ByteBuffer.wrap(bytes));
    }

    /**
     * Returns the digest written as 64 hexadecimal digits, with or without {@code sha256:} before them.
     *
     * @throws InvalidInputException {@link ErrorCode#INVALID_NAME} if it is written otherwise
     */
    public static Digest parse(String text) {
        String hex = text.startsWith(PREFIX) ? text.substring(PREFIX.length()) : text;
        try {
            if (hex.length() == 2 * BYTES) {
                return ofBytes(HexFormat.of().parseHex(hex));
            }
        } catch (IllegalArgumentException e) {
            throw refused(Names.shown(text));
        }
        throw refused(Names.shown(text));
    }

    /** Computes the digest of {@code content}. */
    public static Digest of(byte[] content) {
        return ofBytes(sha256().digest(content));
    }

    /** Returns a new SHA-256, which every JDK has. */
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    private static InvalidInputException refused(String value) {
        return new InvalidInputException(
                ErrorCode.INVALID_NAME,
                "read a digest",
                "it is not a SHA-256 digest, '" + value + "'",
                "give 64 hexadecimal digits, with or without '" + PREFIX + "' before them");
    }

    /** Returns the 32 bytes as a new array. */
    public byte[] toBytes() {
        return ByteBuffer.allocate(BYTES)
                .putLong(a)
                .putLong(b)
                .putLong(c)
                .putLong(d)
                .array();
    }

    /** Returns the 64 hexadecimal digits, lower case. */
    public String hex() {
        return HexFormat.of().formatHex(toBytes());
    }

    /** Returns the first 12 hexadecimal digits, for people. */
    public String abbreviated() {
        return hex().substring(0, 12);
    }

    @Override
    public int compareTo(Digest other) {
        int order = Long.compareUnsigned(a, other.a);
        order = order != 0 ? order : Long.compareUnsigned(b, other.b);
        order = order != 0 ? order : Long.compareUnsigned(c, other.c);
        return order != 0 ? order : Long.compareUnsigned(d, other.d);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Digest that && a == that.a && b == that.b && c == that.c && d == that.d;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(a); // the bits of a digest are as good as random
    }

    /** Returns {@code sha256:} and the 64 hexadecimal digits. */
    @Override
    public String toString() {
        return PREFIX + hex();
    }
}
