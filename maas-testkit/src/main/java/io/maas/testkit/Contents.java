package io.maas.testkit;

import io.maas.spi.ObjectStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Contents to store, honest ones and others. */
public final class Contents {
    private Contents() {}

    /** Opens a stream; may fail. */
    @FunctionalInterface
    public interface Opener {
        /** Opens it. */
        InputStream open() throws IOException;
    }

    /** What happens between the halves of a content. */
    @FunctionalInterface
    public interface Interlude {
        /** Happens. */
        void run() throws IOException;
    }

    /** Returns content of these bytes, which must not be changed later. */
    public static ObjectStore.Source of(byte[] bytes) {
        return claiming(bytes.length, () -> new ByteArrayInputStream(bytes));
    }

    /** Returns content of this text in UTF-8. */
    public static ObjectStore.Source of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns content that says that it is {@code length} bytes long, whatever the stream has. */
    public static ObjectStore.Source claiming(long length, Opener opener) {
        return new ObjectStore.Source() {
            @Override
            public long length() {
                return length;
            }

            @Override
            public InputStream open() throws IOException {
                return opener.open();
            }
        };
    }

    /** Returns content whose stream fails with an {@link IOException} after half of its bytes. */
    public static ObjectStore.Source failingHalfway(byte[] bytes) {
        return halfway(bytes, () -> {
            throw new IOException("the content broke off, as it was told to");
        });
    }

    /** Returns content whose stream runs {@code interlude} between the halves of its bytes. */
    public static ObjectStore.Source halfway(byte[] bytes, Interlude interlude) {
        int half = bytes.length / 2;
        InputStream nothing = new InputStream() {
            @Override
            public int read() throws IOException {
                interlude.run();
                return -1;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return read();
            }
        };
        return claiming(
                bytes.length,
                () -> new SequenceInputStream(
                        new SequenceInputStream(new ByteArrayInputStream(bytes, 0, half), nothing),
                        new ByteArrayInputStream(bytes, half, bytes.length - half)));
    }

    /** Returns {@code length} bytes that do not repeat, the same for each seed. */
    public static byte[] random(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
