package io.maas.internal.registry;

import io.maas.internal.log.BlobKey;
import io.maas.model.Digest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the bytes of each digest lie: a hash table with open addressing and linear probing. A map of the JDK has an entry for
 * each of the millions of blobs that a large registry has, which takes as much memory as the blobs' own keys. Asked when
 * packages are registered, so a lock is no burden. Thread-safe.
 */
final class BlobIndex {
    private static final int SMALLEST = 16;

    private @Nullable BlobKey[] table = new @Nullable BlobKey[SMALLEST];
    private int size;

    synchronized Optional<BlobKey> find(Digest digest) {
        return Optional.ofNullable(table[slot(digest)]);
    }

    /** Adds a blob, unless there is one of the same digest. */
    synchronized void addIfAbsent(BlobKey blob) {
        int slot = slot(blob.digest());
        if (table[slot] != null) {
            return;
        }
        table[slot] = blob;
        size++;
        if (slots(size) > table.length) {
            resize(slots(size + size / 2));
        }
    }

    /** Removes a blob, and not another one of the same digest. */
    synchronized void remove(BlobKey blob) {
        int slot = slot(blob.digest());
        if (!blob.equals(table[slot])) {
            return;
        }
        table[slot] = null;
        size--;
        // what stands behind a gap would not be found: it moves up, unless it would then stand before its place
        int gap = slot;
        for (int next = after(slot); ; next = after(next)) {
            BlobKey moved = table[next];
            if (moved == null) {
                return;
            }
            int place = place(moved.digest());
            boolean reachable = gap <= next ? gap < place && place <= next : gap < place || place <= next;
            if (!reachable) {
                table[gap] = moved;
                table[next] = null;
                gap = next;
            }
        }
    }

    /** The slot that has the digest, or the free one where it belongs. */
    private int slot(Digest digest) {
        int slot = place(digest);
        BlobKey there = table[slot];
        while (there != null && !there.digest().equals(digest)) {
            slot = after(slot);
            there = table[slot];
        }
        return slot;
    }

    /** Hashes of digests are as good as random, so the higher ones go higher up, whatever the size of the table. */
    private int place(Digest digest) {
        return (int) (((digest.hashCode() & 0xffff_ffffL) * table.length) >>> 32);
    }

    private int after(int slot) {
        return slot + 1 == table.length ? 0 : slot + 1;
    }

    /** Makes room for so many in all, so that adding them moves none. */
    synchronized void makeRoom(int most) {
        if (slots(most) > table.length) {
            resize(slots(most));
        }
    }

    private static int slots(int blobs) {
        return (int) Math.min(Integer.MAX_VALUE - 8, blobs / 3L * 4 + SMALLEST);
    }

    private void resize(int slots) {
        @Nullable BlobKey[] full = table;
        table = new @Nullable BlobKey[slots];
        for (BlobKey blob : full) {
            if (blob != null) {
                table[slot(blob.digest())] = blob;
            }
        }
    }
}
