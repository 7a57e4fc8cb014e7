package io.maas.internal.log;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Digest;
import io.maas.model.Names;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the bytes of a digest lie. Every upload has a key of its own, so that collecting a dead blob never races with
 * somebody storing the same bytes again.
 *
 * @param digest the digest of the bytes
 * @param suffix the log's head when the upload began, a hyphen, and something random
 */
public record BlobKey(Digest digest, String suffix) {
    /**
     * So often content is read before the store is blamed for it: what lies between may change bytes too, and only what is
     * wrong again and again is wrong there.
     */
    public static final int READS = 3;

    private static final Pattern SUFFIX = Pattern.compile("\\d{1,12}-[0-9a-f]{8,32}");
    private static final Pattern KEY =
            Pattern.compile("blobs/sha256/([0-9a-f]{2})/(\\1[0-9a-f]{62})\\.(\\d{1,12}-[0-9a-f]{8,32})");

    /** Checks the suffix, which becomes part of a key. */
    public BlobKey {
        if (!SUFFIX.matcher(suffix).matches()) {
            throw unreadable(suffix);
        }
    }

    /** Returns the log's head when the upload began. */
    public long head() {
        return Long.parseLong(suffix.substring(0, suffix.indexOf('-')));
    }

    /** Returns the key in the store. */
    public String key() {
        String hex = digest.hex();
        return "blobs/sha256/" + hex.substring(0, 2) + "/" + hex + "." + suffix;
    }

    /** Returns the blob with a key in the store; empty if it is the key of none. */
    public static Optional<BlobKey> ofKey(String key) {
        Matcher matcher = KEY.matcher(key);
        return matcher.matches()
                ? Optional.of(new BlobKey(Digest.parse(matcher.group(2)), matcher.group(3)))
                : Optional.empty();
    }

    /** Returns the key in short, as it stands in commits. */
    @Override
    public String toString() {
        return digest.hex() + "." + suffix;
    }

    /** Reads what {@link #toString} wrote. */
    public static BlobKey parse(String text) {
        int dot = text.indexOf('.');
        if (dot < 0) {
            throw unreadable(text);
        }
        return new BlobKey(Digest.parse(text.substring(0, dot)), text.substring(dot + 1));
    }

    private static InvalidInputException unreadable(String text) {
        return new InvalidInputException(
                ErrorCode.BROKEN_CHAIN,
                "read a blob key",
                "it has another form, '" + Names.shown(text) + "'",
                "restore the log from a copy");
    }
}
