package io.maas.http.internal.route;

import java.util.Set;

/**
 * Who makes a request.
 *
 * @param id becomes the actor of what he changes
 * @param permissions what he may do
 */
public record Caller(String id, Set<Permission> permissions) {
    /** Whoever uses a server that asks nobody who he is. */
    public static final Caller ANYBODY = new Caller("anonymous", Set.of(Permission.values()));

    /** Copies the set. */
    public Caller {
        permissions = Set.copyOf(permissions);
    }
}
