package io.maas.internal.bundle;

import io.maas.spi.ObjectStore.Source;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/** Tells whether a file is a Python pickle, by its content: bare, compressed as joblib does, or inside a NumPy array. */
final class PickleScan {
    private static final byte[] NUMPY = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    /** Enough for any program to show itself, and little enough for a bomb to do no harm. */
    private static final int MAX_INFLATED = 16 << 20;

    private PickleScan() {}

    /**
     * Scans a file.
     *
     * @param head its first bytes
     */
    static boolean isPickle(Source content, byte[] head) throws IOException {
        return isNumPyObjects(head) || walk(content) || walkInflated(content, head);
    }

    private static boolean walk(Source content) throws IOException {
        try (InputStream in = content.open()) {
            return new PickleWalk(in, content.length()).isPickle();
        }
    }

    private static boolean walkInflated(Source content, byte[] head) throws IOException {
        boolean gzip = head.length > 2 && (head[0] & 0xff) == 0x1f && (head[1] & 0xff) == 0x8b;
        boolean zlib =
                head.length > 2 && (head[0] & 0x0f) == 8 && (((head[0] & 0xff) << 8) | (head[1] & 0xff)) % 31 == 0;
        if (!gzip && !zlib) {
            return false;
        }
        try (InputStream in = content.open();
                InputStream inflated = gzip ? new GZIPInputStream(in) : new InflaterInputStream(in)) {
            byte[] start = inflated.readNBytes(MAX_INFLATED);
            return new PickleWalk(new ByteArrayInputStream(start), start.length).isPickle();
        } catch (ZipException | EOFException e) {
            return false; // the two bytes were chance: not compressed, or not to the end
        }
    }

    /** An array of Python objects is a header followed by a pickle. */
    private static boolean isNumPyObjects(byte[] head) {
        for (int i = 0; i < NUMPY.length; i++) {
            if (head.length <= i || head[i] != NUMPY[i]) {
                return false;
            }
        }
        String header = new String(head, StandardCharsets.ISO_8859_1);
        return header.matches("(?s).{0,12}\\{[^}]*'[|<>=]?O[0-9]*'.*");
    }
}
