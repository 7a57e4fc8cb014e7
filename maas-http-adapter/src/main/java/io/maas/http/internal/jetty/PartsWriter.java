package io.maas.http.internal.jetty;

import java.nio.ByteBuffer;
import org.eclipse.jetty.server.Response;
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
    private final ByteBuffer[] parts;
    private final Pieces pieces;
    private final StreamPace pace;
    private final Callback last;
    private int part;
    private int position;

    PartsWriter(Response response, ByteBuffer[] parts, Pieces pieces, StreamPace pace, Callback last) {
        this.response = response;
        this.parts = parts;
        this.pieces = pieces;
        this.pace = pace;
        this.last = last;
        this.position = parts.length == 0 ? 0 : parts[0].position();
    }

    /** Writes the next piece; Jetty sees to it that this does not recurse. */
    void next() {
        if (parts.length == 0) {
            response.write(true, null, last);
            return;
        }
        ByteBuffer piece = parts[part].duplicate().position(position);
        if (pieces.isToBeSplit(piece)) {
            piece.limit(position + SLICE_BYTES);
            position += SLICE_BYTES;
        } else if (part == parts.length - 1) {
            pace.begins(piece.remaining());
            response.write(true, piece, last);
            return;
        } else {
            position = parts[++part].position();
        }
        pace.begins(piece.remaining());
        response.write(false, piece, this);
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
