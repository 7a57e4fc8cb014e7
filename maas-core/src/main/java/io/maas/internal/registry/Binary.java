package io.maas.internal.registry;

import io.maas.internal.log.BlobKey;
import io.maas.model.Digest;
import io.maas.repository.Commit;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** How bases write the values that occur everywhere. */
final class Binary {
    private static final int MOST = 100_000_000;

    private Binary() {}

    /** Writes one value. */
    interface Writer<T> {
        void write(DataOutputStream out, T value) throws IOException;
    }

    /** Reads one value. */
    interface Reader<T> {
        T read(DataInputStream in) throws IOException;
    }

    static <T> void all(DataOutputStream out, Collection<T> values, Writer<? super T> each) throws IOException {
        out.writeInt(values.size());
        for (T value : values) {
            each.write(out, value);
        }
    }

    static <T> List<T> all(DataInputStream in, Reader<T> each) throws IOException {
        int count = in.readInt();
        if (count < 0 || count > MOST) {
            throw new IOException("an impossible count, " + count);
        }
        List<T> values = new ArrayList<>(Math.min(count, 1 << 16));
        for (int i = 0; i < count; i++) {
            values.add(each.read(in));
        }
        return values;
    }

    static <T> void optional(DataOutputStream out, Optional<T> value, Writer<? super T> one) throws IOException {
        out.writeBoolean(value.isPresent());
        if (value.isPresent()) {
            one.write(out, value.get());
        }
    }

    static <T> Optional<T> optional(DataInputStream in, Reader<T> one) throws IOException {
        return in.readBoolean() ? Optional.of(one.read(in)) : Optional.empty();
    }

    /** Reads a version label, of which a registry has few different ones and very many. */
    static String label(DataInputStream in) throws IOException {
        return in.readUTF().intern();
    }

    /** Reads what {@link DataOutputStream#writeUTF} wrote. */
    static String string(DataInputStream in) throws IOException {
        return in.readUTF();
    }

    static void digest(DataOutputStream out, Digest digest) throws IOException {
        out.write(digest.toBytes());
    }

    static Digest digest(DataInputStream in) throws IOException {
        byte[] bytes = new byte[32];
        in.readFully(bytes);
        return Digest.ofBytes(bytes);
    }

    static void blob(DataOutputStream out, BlobKey blob) throws IOException {
        digest(out, blob.digest());
        out.writeLong(blob.head());
        out.writeLong(blob.unique());
    }

    static BlobKey blob(DataInputStream in) throws IOException {
        Digest digest = digest(in);
        long head = in.readLong();
        if (head < 0) {
            throw new IOException("an impossible blob, of commit " + head);
        }
        return new BlobKey(digest, head, in.readLong());
    }

    static void instant(DataOutputStream out, Instant instant) throws IOException {
        out.writeLong(instant.getEpochSecond());
        out.writeInt(instant.getNano());
    }

    static Instant instant(DataInputStream in) throws IOException {
        return Instant.ofEpochSecond(in.readLong(), in.readInt());
    }

    static void commit(DataOutputStream out, Commit commit) throws IOException {
        out.writeLong(commit.number());
        out.writeInt(commit.index());
        instant(out, commit.time());
        out.writeUTF(commit.actor());
        optional(out, commit.reason(), DataOutputStream::writeUTF);
    }

    static Commit commit(DataInputStream in) throws IOException {
        return new Commit(
                in.readLong(), in.readInt(), instant(in), in.readUTF().intern(), optional(in, Binary::string));
    }
}
