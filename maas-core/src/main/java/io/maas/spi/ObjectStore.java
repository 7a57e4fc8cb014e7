package io.maas.spi;

import io.maas.error.AmbiguousWriteException;
import io.maas.error.UnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Bytes by key, shared by any number of processes. The platform asks for one atomic operation only: {@link
 * #createIfAbsent}.
 *
 * <p>Keys are one to eight parts of {@code [A-Za-z0-9._-]{1,200}} joined by slashes; no part is {@code .} or {@code ..},
 * and none starts with a dot. Keys order by their bytes.
 *
 * <p>Every method may throw {@link UnavailableException}; a method that writes then has written nothing, unless it is an
 * {@link AmbiguousWriteException}. Implementations retry what is safe to retry by themselves, and never log contents or
 * credentials. Thread-safe.
 */
public interface ObjectStore extends AutoCloseable {
    /** Content of a known length that can be read more than once. */
    interface Source {
        /** Returns the length in bytes. */
        long length();

        /** Opens the content from its start. Whoever calls this closes it. */
        InputStream open() throws IOException;
    }

    /**
     * Creates an object unless the key has one. Of any number of calls with the same key, by any processes and whatever
     * fails, at most one returns true.
     *
     * <p>When this returns true, the object survives a crash of the machine, and whoever reads the key from then on gets
     * all of its bytes: nobody ever sees a part. When it returns false, the object that is there is as durable.
     *
     * @throws AmbiguousWriteException if the object may have been created, or may be later. The caller repeats the call
     *     with the same bytes until the answer is definite
     * @throws UnavailableException if nothing was created
     */
    boolean createIfAbsent(String key, Source content);

    /**
     * Overwrites an object, with no guarantee but that a reader sees an old or a new one whole. For hints, which may be
     * lost.
     */
    void put(String key, byte[] content);

    /** Returns an object whole, if there is one. For small ones. */
    Optional<byte[]> get(String key);

    /**
     * Opens an object from {@code offset} to its end, if there is one. Whoever calls this closes it.
     *
     * @param offset 0 to the object's length
     */
    Optional<InputStream> open(String key, long offset);

    /**
     * Returns keys that start with {@code prefix} and come after {@code after}, in order. A key whose creation completed
     * before this was called is in the result.
     *
     * @param after a key, or the empty string for the start
     * @param limit the most keys to return, 1 or more
     */
    List<String> list(String prefix, String after, int limit);

    /** Deletes an object, if there is one. */
    void delete(String key);

    /**
     * Returns a local file that holds exactly the object, if the store keeps such files. The caller may read and
     * hard-link it, and must not change it.
     */
    default Optional<Path> localFile(String key) {
        return Optional.empty();
    }

    /**
     * Returns the time by the clock of the server that keeps the objects, to about a second, if there is such a server:
     * hosts whose own clocks differ can tell by it.
     */
    default Optional<Instant> time() {
        return Optional.empty();
    }

    /**
     * Finds what writers left behind that were killed: what is no object, and never will be. It is described in a few words
     * for people, with nothing secret.
     *
     * @param before when something was last written, or begun where that is not known, for it to count as left behind
     */
    default List<String> leftovers(Instant before) {
        return List.of();
    }

    /**
     * Removes what {@link #leftovers} finds, and returns what of it is gone. What cannot be removed stays, and is logged. Several
     * processes may do so at once; some then leave it to others. A writer that is alive after all fails, and has written
     * nothing.
     */
    default List<String> removeLeftovers(Instant before) {
        return List.of();
    }

    /** Returns what this is, for people, without credentials: the address it was opened with. */
    @Override
    String toString();

    /** Closes the store. Closing twice is harmless. */
    @Override
    void close();
}
