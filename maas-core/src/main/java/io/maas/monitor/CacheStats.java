package io.maas.monitor;

/**
 * How often an answer was there already.
 *
 * @param hits calls that were answered from the cache
 * @param joined calls that waited for the run of another one with the same inputs
 * @param misses calls that were run
 * @param entries answers that are kept now
 * @param bytes the memory that they take, about
 */
public record CacheStats(long hits, long joined, long misses, long entries, long bytes) {
    /** Nothing is cached. */
    public static CacheStats none() {
        return new CacheStats(0, 0, 0, 0, 0);
    }
}
