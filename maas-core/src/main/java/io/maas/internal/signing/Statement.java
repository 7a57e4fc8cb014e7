package io.maas.internal.signing;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.internal.bundle.Bundle;
import io.maas.model.Digest;
import io.maas.model.Names;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * What a signature says of a package.
 *
 * @param name the name that the signer gave it; means nothing
 * @param files the digest of every file by its path, in the order of the root digest
 * @param ignored files and folders that the signature leaves out
 */
record Statement(String name, Map<String, Digest> files, List<String> ignored) {
    Statement {
        files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
        ignored = List.copyOf(ignored);
    }

    /** The digest over the digests: the identity of a package if nothing was left out. */
    Digest rootDigest() {
        MessageDigest sha = Digest.sha256();
        files.values().forEach(digest -> sha.update(digest.toBytes()));
        return Digest.ofBytes(sha.digest());
    }

    /**
     * Refuses files that are not those that were signed. What the signer left out may be there only because the manifest
     * is signed, which lists every file with its digest: upstream leaves out {@code .gitattributes} and the like.
     */
    void requireSame(Map<String, Digest> found) {
        if (!files.containsKey(Bundle.MANIFEST)) {
            throw mismatch("the signature leaves out '" + Bundle.MANIFEST + "', which says what the package is");
        }
        files.forEach((path, signed) -> {
            Digest digest = found.get(path);
            if (digest == null || path.equals(Bundle.SIGNATURE)) {
                throw mismatch("the file " + quoted(path) + " was signed and is not there");
            } else if (!digest.equals(signed)) {
                throw mismatch("the file " + quoted(path) + " has the digest " + digest + ", signed was " + signed);
            }
        });
        for (String path : new TreeSet<>(found.keySet())) {
            if (!files.containsKey(path) && !path.equals(Bundle.SIGNATURE) && !isIgnored(path)) {
                throw mismatch("the file " + quoted(path) + " was not signed");
            }
        }
    }

    private boolean isIgnored(String path) {
        return ignored.stream().anyMatch(left -> path.equals(left) || path.startsWith(left + "/"));
    }

    private static InvalidInputException mismatch(String why) {
        return new InvalidInputException(
                ErrorCode.SIGNATURE_MISMATCH,
                "verify the signature",
                why,
                "get the package again from its source, or have it signed as it is");
    }

    private static String quoted(String path) {
        return "'" + Names.shown(path) + "'";
    }
}
