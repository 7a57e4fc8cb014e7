package io.maas.internal.registry;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tokens of the latest changes, so that a repeated change is recognised. Guarded by the registry's lock. */
final class Tokens {
    static final int KEPT = 65_536;

    /**
     * What a token stands for.
     *
     * @param commit the commit that carries the change
     * @param intent what was asked for
     */
    record Use(long commit, String intent) {}

    private final Map<String, Use> uses = new LinkedHashMap<>();

    void add(String token, Use use) {
        uses.put(token, use);
        if (uses.size() > KEPT) {
            uses.remove(uses.keySet().iterator().next());
        }
    }

    @Nullable
    Use find(String token) {
        return uses.get(token);
    }

    Map<String, Use> all() {
        return new LinkedHashMap<>(uses);
    }
}
