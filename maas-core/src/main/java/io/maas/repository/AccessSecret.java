package io.maas.repository;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Digest;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the bearer of an {@link AccessKey} keeps to himself: 256 random bits. It is written as {@code maas_<id>_<64 hexadecimal
 * digits>}, which scanners for leaked secrets recognize. The registry keeps only its SHA-256: of so many random bits, that is
 * enough. Immutable.
 */
public final class AccessSecret {
    private static final Pattern TEXT = Pattern.compile("maas_([a-z0-9]{4,32})_([0-9a-f]{64})");
    private static final int ID_BYTES = 8;
    private static final int SECRET_BYTES = 32;

    private final String id;
    private final byte[] secret;

    private AccessSecret(String id, byte[] secret) {
        this.id = id;
        this.secret = secret;
    }

    /** Makes a new one, with a new id. */
    public static AccessSecret random(SecureRandom random) {
        byte[] id = new byte[ID_BYTES];
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(id);
        random.nextBytes(secret);
        return new AccessSecret(HexFormat.of().formatHex(id), secret);
    }

    /** Reads what {@link #text()} wrote; nothing if it is anything else. */
    public static Optional<AccessSecret> read(String text) {
        Matcher matcher = TEXT.matcher(text);
        return matcher.matches()
                ? Optional.of(new AccessSecret(matcher.group(1), HexFormat.of().parseHex(matcher.group(2))))
                : Optional.empty();
    }

    /** Returns the id of the key that it belongs to. */
    public String id() {
        return id;
    }

    /** Returns it as its bearer writes it. Show it once, to him, and keep it nowhere. */
    public String text() {
        return "maas_" + id + "_" + HexFormat.of().formatHex(secret);
    }

    /**
     * Returns a key that belongs to it, for all models and without an end.
     *
     * @throws InvalidInputException {@link ErrorCode#INVALID_NAME} or {@link ErrorCode#BAD_KEY} as {@link AccessKey} does
     */
    public AccessKey key(String label, AccessRole... roles) {
        return new AccessKey(id, label, Digest.of(secret), Set.of(roles), Optional.empty(), Optional.empty());
    }

    /** Tells whether it belongs to a key, in a time that does not depend on how much of it is right. */
    public boolean fits(AccessKey key) {
        return key.id().equals(id)
                && MessageDigest.isEqual(
                        Digest.of(secret).toBytes(), key.secret().toBytes());
    }

    /** Says whose it is, and not what it is. */
    @Override
    public String toString() {
        return "AccessSecret[" + id + "]";
    }
}
