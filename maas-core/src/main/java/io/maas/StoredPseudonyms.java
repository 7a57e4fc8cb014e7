package io.maas;

import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.internal.log.CommitLog;
import io.maas.internal.store.Stores;
import io.maas.internal.store.Stores.Access;
import io.maas.model.Digest;
import io.maas.spi.ObjectStore;
import io.maas.spi.Pseudonyms;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Pseudonyms kept in a store, which should be another one than the registry's: whoever can read both knows everybody. An id
 * is {@code p-} and 128 random bits. There is one object for each actor, which {@link #forget} deletes.
 *
 * <pre>{@code
 * StoredPseudonyms actors = StoredPseudonyms.open(Path.of("actors").toUri());
 * Maas maas = Maas.builder().store(Path.of("models")).pseudonyms(actors).actor("ada").open();
 * actors.actorOf(maas.repository().audit().entries(AuditQuery.everything(), 1).entries().get(0).commit().actor());
 * }</pre>
 *
 * <p>Every call asks the store, so that what was forgotten is forgotten everywhere. Thread-safe.
 */
public final class StoredPseudonyms implements Pseudonyms, AutoCloseable {
    private static final String PREFIX = "actors/";
    private static final int PAGE = 1000;
    private static final int ID = 34;

    private final ObjectStore store;
    private final RandomGenerator random;

    private StoredPseudonyms(ObjectStore store, RandomGenerator random) {
        this.store = store;
        this.random = random;
    }

    /**
     * Opens the mapping at an address, which is made if there is none.
     *
     * @param where as for {@link MaasBuilder#store(URI)}
     */
    public static StoredPseudonyms open(URI where) {
        return in(Stores.open(where, Access.WRITE));
    }

    /** Keeps the mapping in a store that is open. Closing this closes the store. */
    public static StoredPseudonyms in(ObjectStore store) {
        return new StoredPseudonyms(store, new SecureRandom());
    }

    private static String key(String actor) {
        return PREFIX + Digest.of(actor.getBytes(StandardCharsets.UTF_8)).hex();
    }

    @Override
    public String idOf(String actor) {
        Optional<String> known = find(actor);
        if (known.isPresent()) {
            return known.get();
        }
        byte[] unique = new byte[16];
        synchronized (random) {
            random.nextBytes(unique);
        }
        String entry = "p-" + HexFormat.of().formatHex(unique) + "\n" + actor;
        store.createIfAbsent(key(actor), CommitLog.source(entry.getBytes(StandardCharsets.UTF_8)));
        return find(actor) // another process may have been faster, and then it is his
                .orElseThrow(() -> new UnavailableException(
                        ErrorCode.STORE_UNAVAILABLE,
                        "give an actor an id",
                        "it is gone as soon as it was kept in " + store,
                        "see who else forgets actors there, and try again"));
    }

    @Override
    public Optional<String> find(String actor) {
        return entry(key(actor)).map(entry -> entry.substring(0, ID));
    }

    @Override
    public Optional<String> actorOf(String id) {
        String after = "";
        List<String> page;
        do {
            page = store.list(PREFIX, after, PAGE);
            for (String key : page) {
                Optional<String> entry = entry(key).filter(found -> found.startsWith(id + "\n"));
                if (entry.isPresent()) {
                    return entry.map(found -> found.substring(ID + 1));
                }
                after = key;
            }
        } while (page.size() == PAGE);
        return Optional.empty();
    }

    private Optional<String> entry(String key) {
        Optional<String> entry = store.get(key).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
        entry.filter(text -> text.length() <= ID || text.charAt(ID) != '\n').ifPresent(text -> {
            throw new UnavailableException(
                    ErrorCode.CORRUPT_BLOB,
                    "read who an actor is",
                    "the object " + key + " in " + store + " is damaged",
                    "restore it from a copy, or delete it to forget the actor");
        });
        return entry;
    }

    /**
     * Erases who an actor was. The log keeps the id, and nobody can tell any more whose it was. If the actor comes back, it is
     * under another id. Nothing happens if the actor is not known.
     */
    public void forget(String actor) {
        store.delete(key(actor));
    }

    /** Closes the store. Closing twice is harmless. */
    @Override
    public void close() {
        store.close();
    }
}
