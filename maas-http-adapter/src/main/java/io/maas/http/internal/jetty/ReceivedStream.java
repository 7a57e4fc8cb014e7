package io.maas.http.internal.jetty;

import io.maas.http.internal.exchange.ContentEncoding;
import io.maas.http.internal.exchange.HttpProblem;
import io.maas.http.internal.exchange.LimitedStream;
import io.maas.http.internal.exchange.Refusals;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/** A body that is read as it comes, by one thread that may wait. */
final class ReceivedStream extends InputStream {
    private static final int UNPACK_BYTES = 32 << 10;
    /** Models are packed to a fifth at best; of zeros gzip makes a thousandth, so that 64 MB would fill 64 GB of disk. */
    private static final long MOST_RATIO = 200;

    private static final long RATIO_COUNTS_FROM = 16 << 20;

    private final JettyExchange exchange;
    private final InputStream source;
    private final ContentEncoding encoding;
    private final long limit;
    private final Pace pace;
    private long came;

    ReceivedStream(JettyExchange exchange, Request request, ContentEncoding encoding, long limit) {
        this.exchange = exchange;
        this.source = Content.Source.asInputStream(request);
        this.encoding = encoding;
        this.limit = limit;
        this.pace = exchange.pace();
    }

    /** Unpacks and counts what comes. Reads already. */
    InputStream open() throws IOException {
        InputStream counted = new LimitedStream(this, limit);
        return encoding == ContentEncoding.GZIP ? new LimitedStream(unpacked(counted), limit) : counted;
    }

    private InputStream unpacked(InputStream packed) throws IOException {
        try {
            return new UnpackedStream(packed);
        } catch (EOFException | ZipException e) {
            throw Refusals.badGzip();
        }
    }

    /** Tells damage from a connection that fails. */
    private final class UnpackedStream extends GZIPInputStream {
        private long unpacked;

        UnpackedStream(InputStream packed) throws IOException {
            super(packed, UNPACK_BYTES);
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            try {
                int count = super.read(target, offset, length);
                unpacked += Math.max(0, count);
                if (unpacked > RATIO_COUNTS_FROM && unpacked / MOST_RATIO > came) {
                    HttpProblem refusal = Refusals.unpacksTooFar(MOST_RATIO);
                    throw new IOException(refusal.getMessage(), refusal);
                }
                return count;
            } catch (EOFException | ZipException e) {
                throw new IOException(e.getMessage(), Refusals.badGzip());
            }
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        pace.waits(System.nanoTime());
        try {
            int count = source.read(target, offset, length);
            if (count < 0) {
                exchange.bodyIsRead();
            } else {
                pace.came(count);
                came += count;
            }
            return count;
        } catch (IOException e) {
            throw new IOException(e.getMessage(), refusal(e));
        } finally {
            pace.goesOn(System.nanoTime());
        }
    }

    private Throwable refusal(IOException failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        if (cause instanceof TimeoutException) {
            return exchange.tooSlow();
        }
        return cause instanceof IOException ? Refusals.cutShort() : cause;
    }
}
