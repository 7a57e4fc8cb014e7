package io.maas.internal.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.maas.error.AmbiguousWriteException;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.NotFoundException;
import io.maas.error.UnavailableException;
import io.maas.model.Digest;
import io.maas.spi.ObjectStore;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * {@code format.json}: which layout a namespace has. Its digest is what the first commit follows on, so that a log cannot
 * be moved to another namespace unnoticed.
 *
 * @param digest the digest of the document
 */
public record Format(Digest digest) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Reads the document.
     *
     * @throws NotFoundException if there is none
     * @throws InvalidInputException {@link ErrorCode#NEWER_LAYOUT} if a newer platform wrote it
     */
    public static Format read(ObjectStore store, String namespace) {
        return find(store, namespace)
                .orElseThrow(() -> new NotFoundException(
                        ErrorCode.STORE_UNAVAILABLE,
                        "open the store",
                        "there is no registry in " + store + ", namespace '" + namespace + "'",
                        "check the address, or open it for writing to make one"));
    }

    /**
     * Reads the document, or creates it after checking that the store keeps its promises: that it creates a key once
     * only, and gives back what it took. Stores that do not exist, and common fakes would lose commits.
     *
     * @param deadline until when a write is repeated whose outcome is unknown
     */
    public static Format readOrCreate(
            ObjectStore store, String namespace, RandomGenerator random, CommitLog log, long deadline) {
        Optional<Format> there = find(store, namespace);
        if (there.isPresent()) {
            return there.get();
        }
        requireFit(store, namespace, random, log, deadline);
        byte[] id = new byte[16];
        random.nextBytes(id);
        log.create("format.json", CommitLog.source(write(HexFormat.of().formatHex(id))), deadline);
        return read(store, namespace); // that of another host, if it was faster
    }

    /**
     * Checks that a store keeps its promises: that it creates a key once only, and gives back what it took.
     *
     * @param log of {@code store} and {@code namespace}
     * @param deadline until when a write is repeated whose outcome is unknown
     * @throws UnavailableException {@link ErrorCode#STORE_UNFIT} if it does not
     */
    public static void requireFit(
            ObjectStore store, String namespace, RandomGenerator random, CommitLog log, long deadline) {
        byte[] first = new byte[32];
        random.nextBytes(first);
        byte[] second = first.clone();
        second[0] ^= 1;
        String probe = "probe/" + HexFormat.of().formatHex(first, 0, 8);
        String key = namespace + "/" + probe;
        log.create(probe, CommitLog.source(first), deadline);
        boolean twice = log.create(probe, CommitLog.source(second), deadline);
        byte[] back = store.get(key).orElse(new byte[0]);
        try {
            store.delete(key);
        } catch (AmbiguousWriteException harmless) {
            // Nobody reads a probe that stays.
        }
        if (twice) {
            throw unfit(store, "it answered a second creation of one key with success");
        }
        if (!Arrays.equals(back, first)) {
            throw unfit(store, "it gave back other bytes than it took");
        }
    }

    private static UnavailableException unfit(ObjectStore store, String why) {
        return new UnavailableException(
                ErrorCode.STORE_UNFIT,
                "use the store " + store,
                why,
                "use a store that honours conditional creation, or commits would be lost");
    }

    /** Returns the key of the document. */
    public static String key(String namespace) {
        return namespace + "/format.json";
    }

    private static byte[] write(String id) {
        try {
            return JSON.writerWithDefaultPrettyPrinter()
                    .writeValueAsBytes(JSON.createObjectNode()
                            .put("layout", CommitLog.LAYOUT)
                            .put("hash", "sha256")
                            .put("namespace", id));
        } catch (JsonProcessingException e) {
            throw new AssertionError("a tree of plain values is always JSON", e);
        }
    }

    /**
     * Reads the document, if there is one.
     *
     * @throws InvalidInputException {@link ErrorCode#NEWER_LAYOUT} if a newer platform wrote it
     */
    public static Optional<Format> find(ObjectStore store, String namespace) {
        Optional<byte[]> bytes = store.get(key(namespace));
        if (bytes.isEmpty()) {
            return Optional.empty();
        }
        try {
            JsonNode root = JSON.readTree(bytes.get());
            int layout = root.path("layout").asInt(0);
            if (layout < 1) {
                throw new IOException("no layout");
            }
            if (layout > CommitLog.LAYOUT || !root.path("hash").asText().equals("sha256")) {
                throw new InvalidInputException(
                        ErrorCode.NEWER_LAYOUT,
                        "open the store",
                        "it has layout " + layout + " with hash '"
                                + root.path("hash").asText() + "' and this platform knows layout " + CommitLog.LAYOUT
                                + " with sha256",
                        "upgrade the platform");
            }
        } catch (IOException e) {
            throw new InvalidInputException(
                    ErrorCode.BROKEN_CHAIN,
                    "open the store",
                    "format.json in " + store + " is damaged",
                    "restore it from a copy of the store",
                    e);
        }
        return Optional.of(new Format(Digest.of(bytes.get())));
    }
}
