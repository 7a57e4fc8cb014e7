package io.maas.internal.log;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Digest;
import io.maas.model.Names;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the bytes of a digest lie. Every upload has a key of its own, so that collecting a dead blob never races with
 * somebody storing the same bytes again.
 *
 * @param digest the digest of the bytes
 * @param head the log's head when the upload began; 0 if there was none
 * @param unique something random
 */
public record BlobKey(Digest digest, long head, long unique) {
    /**
     * So often content is read before the store is blamed for it: what lies between may change bytes too, and only what is
     * wrong again and again is wrong there.
     */
    public static final int READS = 3;

    private static final Pattern SUFFIX = Pattern.compile("(0|[1-9]\\d{0,11})-([0-9a-f]{16})");
    private static final Pattern KEY = Pattern.compile("blobs/sha256/([0-9a-f]{2})/(\\1[0-9a-f]{62}\\.[^.]+)");

    /** Returns the key in the store. */
    public String key() {
        String hex = digest.hex();
        return "blobs/sha256/" + hex.substring(0, 2) + "/" + hex + "." + suffix();
    }

    private String suffix() {
        return head + "-" + HexFormat.of().toHexDigits(unique);
    }

    /** Returns the blob with a key in the store; empty if it is the key of none. */
    public static Optional<BlobKey> ofKey(String key) {
        Matcher matcher = KEY.matcher(key);
        return matcher.matches() ? find(matcher.group(2)) : Optional.empty();
    }

    /** Returns the key in short, as it stands in commits. */
    @Override
    public String toString() {
        return digest.hex() + "." + suffix();
    }

    /** Reads what {@link #toString} wrote. */
    public static BlobKey parse(String text) {
        return find(text).orElseThrow(() -> unreadable(text));
    }

    private static Optional<BlobKey> find(String text) {
        int dot = text.indexOf('.');
        Matcher suffix = SUFFIX.matcher(text.substring(dot + 1));
        return dot < 0 || !suffix.matches()
                ? Optional.empty()
                : Optional.of(new BlobKey(
                        Digest.parse(text.substring(0, dot)),
                        Long.parseLong(suffix.group(1)),
                        HexFormat.fromHexDigitsToLong(suffix.group(2))));
    }

    private static InvalidInputException unreadable(String text) {
        return new InvalidInputException(
                ErrorCode.BROKEN_CHAIN,
                "read a blob key",
                "it has another form, '" + Names.shown(text) + "'",
                "restore the log from a copy");
    }
}
