package io.maas.store.s3;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32;

/**
 * The body of a request, checked as a strict server does: unpacked if it is aws-chunked, held against its lengths, its
 * SHA-256 and its CRC.
 *
 * @param bytes the content
 * @param crc32 the checksum that came with it, in Base64
 */
record Payload(byte[] bytes, Optional<String> crc32) {
    static Payload of(Exchange request, byte[] wire) throws S3Error.Refusal {
        String sha256 = request.header("x-amz-content-sha256").orElse("");
        Map<String, String> trailers = new TreeMap<>(request.headers);
        byte[] bytes = wire;
        if (sha256.startsWith("STREAMING-")) {
            bytes = unpack(wire, trailers);
            if (!request.header("x-amz-decoded-content-length").equals(Optional.of(Integer.toString(bytes.length)))) {
                throw new S3Error.Refusal(400, "IncompleteBody");
            }
        } else if (!sha256.equals("UNSIGNED-PAYLOAD") && !sha256.equals(SignatureV4.sha256(wire))) {
            throw new S3Error.Refusal(400, "XAmzContentSHA256Mismatch");
        }
        Optional<String> crc32 = Optional.ofNullable(trailers.get("x-amz-checksum-crc32"));
        if (crc32.isPresent() && !crc32.get().equals(crc32(bytes))) {
            throw new S3Error.Refusal(400, "BadDigest");
        }
        return new Payload(bytes, crc32);
    }

    private static byte[] unpack(byte[] wire, Map<String, String> trailers) throws S3Error.Refusal {
        ByteArrayOutputStream content = new ByteArrayOutputStream(wire.length);
        int position = 0;
        while (true) {
            int end = endOfLine(wire, position);
            String head = new String(wire, position, end - position, US_ASCII);
            int size = Integer.parseInt(head.replaceAll(";.*", ""), 16);
            position = end + 2;
            if (size == 0) {
                break;
            }
            content.write(wire, position, size);
            position += size + 2;
        }
        while (position < wire.length) {
            int end = endOfLine(wire, position);
            String line = new String(wire, position, end - position, ISO_8859_1);
            int colon = line.indexOf(':');
            if (colon > 0) {
                trailers.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).trim());
            }
            position = end + 2;
        }
        return content.toByteArray();
    }

    private static int endOfLine(byte[] wire, int from) throws S3Error.Refusal {
        for (int i = from; i + 1 < wire.length; i++) {
            if (wire[i] == '\r' && wire[i + 1] == '\n') {
                return i;
            }
        }
        throw new S3Error.Refusal(400, "IncompleteBody");
    }

    static String crc32(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return Base64.getEncoder()
                .encodeToString(
                        ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    }
}
