package io.maas.http.internal.exchange;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Packs answers and unpacks bodies. */
public final class Gzip {
    /** Smaller answers are not worth the time. */
    public static final int WORTH_BYTES = 1 << 10;

    private static final int COPY_BYTES = 8 << 10;
    private static final int GROWTH = 4;

    private Gzip() {}

    /** Tells whether a client takes gzip, going by its {@code Accept-Encoding}. */
    public static boolean accepted(Headers headers) {
        for (String value : headers.all("Accept-Encoding")) {
            for (String coding : value.split(",", -1)) {
                if (isGzip(coding.strip().toLowerCase(Locale.ROOT))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isGzip(String coding) {
        int semicolon = coding.indexOf(';');
        String name = semicolon < 0 ? coding : coding.substring(0, semicolon).strip();
        return name.equals("gzip") && (semicolon < 0 || !isZero(coding.substring(semicolon + 1)));
    }

    private static boolean isZero(String parameter) {
        String weight = parameter.strip();
        return weight.startsWith("q=0") && weight.substring(3).chars().allMatch(c -> c == '.' || c == '0');
    }

    /** Tells whether bodies of a media type become smaller. */
    public static boolean compressible(String contentType) {
        return contentType.startsWith("application/json")
                || contentType.startsWith("application/problem+json")
                || (contentType.startsWith("text/") && !contentType.startsWith("text/event-stream"))
                || contentType.startsWith("application/javascript")
                || contentType.startsWith("application/openmetrics-text")
                || contentType.startsWith("image/svg+xml");
    }

    /** Packs buffers into one. */
    public static byte[] compress(List<ByteBuffer> body) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream(1 << 10);
        try (GZIPOutputStream out = fast(packed)) {
            byte[] some = new byte[COPY_BYTES];
            for (ByteBuffer part : body) {
                ByteBuffer rest = part.duplicate();
                while (rest.hasRemaining()) {
                    int count = Math.min(some.length, rest.remaining());
                    rest.get(some, 0, count);
                    out.write(some, 0, count);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write to memory", e);
        }
        return packed.toByteArray();
    }

    /** Packs what is written; flushing passes on all that was. */
    public static GZIPOutputStream fast(OutputStream target) throws IOException {
        return new GZIPOutputStream(target, COPY_BYTES, true) {
            {
                def.setLevel(Deflater.BEST_SPEED);
            }
        };
    }

    /**
     * Unpacks a body.
     *
     * @param packed from its position to its limit
     * @param limit of the result, in bytes
     * @throws HttpProblem 413 if the result is larger, 400 if this is not gzip, 503 if there is no memory
     */
    public static BodyBuffers.Lease inflate(ByteBuffer packed, int limit, BodyBuffers buffers) {
        BodyBuffers.Lease lease = buffers.lease(Math.max(1, Math.min(limit, packed.remaining() * 2)));
        try (GZIPInputStream in = new GZIPInputStream(new BufferStream(packed), COPY_BYTES)) {
            byte[] some = new byte[COPY_BYTES];
            for (int count = in.read(some); count >= 0; count = in.read(some)) {
                if (lease.buffer().position() + count > limit) {
                    throw Refusals.tooLarge(limit);
                }
                if (lease.buffer().remaining() < count) {
                    lease = grown(lease, limit, buffers);
                }
                lease.buffer().put(some, 0, count);
            }
            lease.buffer().flip();
            return lease;
        } catch (IOException e) {
            lease.close();
            throw Refusals.badGzip();
        } catch (HttpProblem e) {
            lease.close();
            throw e;
        }
    }

    private static BodyBuffers.Lease grown(BodyBuffers.Lease small, int limit, BodyBuffers buffers) {
        long wanted = Math.max(
                (long) small.buffer().capacity() * GROWTH, small.buffer().position() + (long) COPY_BYTES);
        BodyBuffers.Lease large = buffers.lease(
                (int) Math.max(Math.min(wanted, limit), small.buffer().position() + COPY_BYTES));
        large.buffer().put(small.buffer().flip());
        small.close();
        return large;
    }
}
