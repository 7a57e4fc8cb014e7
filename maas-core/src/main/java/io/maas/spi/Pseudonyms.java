package io.maas.spi;

import io.maas.error.UnavailableException;
import java.util.Optional;

/**
 * Who is behind the ids that stand in the log instead of the names of actors. The log keeps what is written to it for good;
 * what this keeps can be erased, and then nobody can tell any more who an id was.
 *
 * <p>All who change one registry have to share one mapping, or an actor who has two ids could approve his own work. Methods
 * throw {@link UnavailableException} where the mapping cannot be reached; a change that needs it is then not made.
 * Thread-safe.
 */
public interface Pseudonyms {
    /**
     * Returns the id of an actor. One who has none is given one that does not tell who he is, such as a random one, and it is
     * kept durably before this returns.
     *
     * @param actor 1 to 256 characters
     * @return 1 to 256 characters, the same each time
     */
    String idOf(String actor);

    /** Returns the id of an actor who has one. */
    Optional<String> find(String actor);

    /** Returns the actor behind an id, unless he was forgotten. */
    Optional<String> actorOf(String id);
}
