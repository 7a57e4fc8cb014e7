package io.maas.http.internal.jetty;

import java.nio.ByteBuffer;
import java.util.Iterator;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/**
 * Writes buffers one after the other, without copying them together. Buffers on the heap go in slices: the JDK copies all that is
 * left of one into direct memory for each write, however little of it the network takes.
 */
final class PartsWriter implements Callback {
    private static final int SLICE_BYTES = 128 << 10;

    /** What is written at once. */
    enum Pieces {
        /** Buffers outside of the heap as they are. */
        LARGE {
            @Override
            boolean isToBeSplit(ByteBuffer body) {
                return !body.isDirect() && body.remaining() > SLICE_BYTES;
            }
        },
        /** No more than is soon to be taken, so that it is seen when it is not; HTTP/2 has smaller frames anyway. */
        SMALL {
            @Override
            boolean isToBeSplit(ByteBuffer body) {
                return body.remaining() > SLICE_BYTES;
            }
        };

        abstract boolean isToBeSplit(ByteBuffer body);
    }

    private final Response response;
    private final Iterator<ByteBuffer> parts;
    private final Pieces pieces;
    private final StreamPace pace;
    private final Callback last;
    private ByteBuffer rest = BufferUtil.EMPTY_BUFFER.duplicate();

    /** Creates one; each part is asked for when those before it are written. */
    PartsWriter(Response response, Iterator<ByteBuffer> parts, Pieces pieces, StreamPace pace, Callback last) {
        this.response = response;
        this.parts = parts;
        this.pieces = pieces;
        this.pace = pace;
        this.last = last;
    }

    /** Writes the next piece; Jetty sees to it that this does not recurse. */
    void next() {
        ByteBuffer piece;
        boolean end;
        try {
            piece = piece();
            end = !rest.hasRemaining() && !parts.hasNext();
        } catch (RuntimeException e) { // whoever makes the parts; nobody else would tell
            last.failed(e);
            return;
        }
        pace.begins(piece.remaining());
        response.write(end, piece, end ? last : this);
    }

    private ByteBuffer piece() {
        if (!rest.hasRemaining() && parts.hasNext()) {
            rest = parts.next().duplicate();
        }
        ByteBuffer piece = rest.duplicate();
        if (pieces.isToBeSplit(piece)) {
            piece.limit(piece.position() + SLICE_BYTES);
        }
        rest.position(piece.limit());
        return piece;
    }

    @Override
    public void succeeded() {
        next();
    }

    @Override
    public void failed(Throwable cause) {
        last.failed(cause);
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }
}
