package io.maas.http.internal.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * JSON to be sent, in the pieces that it was written in: joining those of a large answer would hold it twice. A small one is one piece.
 *
 * @param pieces in their order
 */
public record JsonPieces(List<ByteBuffer> pieces) {
    /** Copies the list. */
    public JsonPieces {
        pieces = List.copyOf(pieces);
    }

    /** Returns what a writer writes, in UTF-8. */
    public static JsonPieces of(JsonBytes.Writer writer) {
        Pieces out = new Pieces();
        try (JsonGenerator json = Json.FACTORY.createGenerator(out)) {
            writer.write(json);
            json.flush();
            return new JsonPieces(out.all());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write to memory", e);
        }
    }

    /** Returns how long it is, in bytes. */
    public int length() {
        int length = 0;
        for (ByteBuffer piece : pieces) {
            length = Math.addExact(length, piece.remaining());
        }
        return length;
    }

    /** Jackson gathers some kilobytes before it writes, so what is small comes at once and gets a piece that just holds it. */
    private static final class Pieces extends OutputStream {
        private static final int LARGEST = 128 << 10;

        private final List<ByteBuffer> filled = new ArrayList<>(4);
        private ByteBuffer last = ByteBuffer.allocate(0);
        private long written;

        @Override
        public void write(int value) {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] source, int offset, int length) {
            int first = Math.min(length, last.remaining());
            last.put(source, offset, first);
            if (first < length) {
                filled.add(last.flip());
                int rest = length - first;
                last = ByteBuffer.allocate((int) Math.max(rest, Math.min(written, LARGEST)));
                last.put(source, offset + first, rest);
            }
            written += length;
        }

        List<ByteBuffer> all() {
            filled.add(last.flip());
            filled.remove(0); // the empty one that it began with
            return filled.isEmpty() ? List.of(ByteBuffer.allocate(0)) : filled;
        }
    }
}
