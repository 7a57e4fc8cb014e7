package io.maas.internal.serving;

/**
 * Where a key lies among the weights of an alias. This must give the same on every host, JVM and version of the platform, since
 * calls of one key are to be answered by one version wherever they are made:
 *
 * <ol>
 *   <li>FNV-1a with 64 bits over the UTF-16 code units of the key, of each the low byte first
 *       (<a href="http://www.isthe.com/chongo/tech/comp/fnv/">Fowler, Noll, Vo</a>),
 *   <li>mixed by the finalizer of MurmurHash3, {@code fmix64}, since FNV's high bits hardly depend on the last letters,
 *   <li>of which the highest 31 bits, as a fraction of 2^31, are that part of the total weight, rounded down.
 * </ol>
 *
 * <p>The shares follow each other in their order. So where the last of them grows at the cost of the one before it and the
 * total stays, keys move to it and none away from it.
 */
final class StickyHash {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private StickyHash() {}

    /** Returns a number from 0 to less than {@code total}. */
    static int position(String key, int total) {
        return (int) (((hash(key) >>> 33) * total) >>> 31);
    }

    private static long hash(String key) {
        long hash = FNV_OFFSET;
        for (int i = 0; i < key.length(); i++) {
            char unit = key.charAt(i);
            hash = (hash ^ (unit & 0xff)) * FNV_PRIME;
            hash = (hash ^ (unit >>> 8)) * FNV_PRIME;
        }
        hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return hash ^ (hash >>> 33);
    }
}
