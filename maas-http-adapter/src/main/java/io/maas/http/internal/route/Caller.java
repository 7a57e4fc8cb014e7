package io.maas.http.internal.route;

import io.maas.model.ModelName;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Who makes a request.
 *
 * @param id becomes the actor of what he changes
 * @param credential what he proved who he is with, by a name that nobody else has: requests are limited by it
 * @param permissions what he may do
 * @param models which models he is for; empty if for all
 * @param stillCounts tells whether what he proved himself with counts at this moment; it may have been revoked since, or have expired
 */
public record Caller(
        String id,
        String credential,
        Set<Permission> permissions,
        Optional<Set<ModelName>> models,
        BooleanSupplier stillCounts) {
    /** Whoever uses a server that asks nobody who he is. */
    public static final Caller ANYBODY =
            new Caller("anonymous", "anonymous", Set.of(Permission.values()), Optional.empty(), () -> true);

    /** Whoever uses what is open to all. */
    static final Caller NOBODY = new Caller("nobody", "nobody", Set.of(), Optional.of(Set.of()), () -> true);

    /** Copies the sets. */
    public Caller {
        permissions = Set.copyOf(permissions);
        models = models.map(Set::copyOf);
    }

    /** Tells whether he may do what a permission is for. */
    public boolean may(Permission permission) {
        return permission == Permission.NONE || permissions.contains(permission);
    }

    /** Tells whether he would still be let in: what goes on for long asks now and then. */
    public boolean isStillIn() {
        return stillCounts.getAsBoolean();
    }

    /** Tells whether he is for some models only. */
    public boolean isBounded() {
        return models.isPresent();
    }

    /** Tells whether he is for a model; if not, it is as if it was not there. */
    public boolean isFor(ModelName model) {
        return models.isEmpty() || models.get().contains(model);
    }

    /**
     * Makes sure that he is for a model that a request names elsewhere than in its path.
     *
     * @throws io.maas.http.internal.exchange.HttpProblem 404 if he is not
     */
    public void require(ModelName model) {
        if (!isFor(model)) {
            throw Bounds.unknownModel();
        }
    }

    /**
     * Makes sure that he may do more than the route asks for.
     *
     * @throws io.maas.http.internal.exchange.HttpProblem 403 if he may not
     */
    public void require(Permission permission) {
        if (!may(permission)) {
            throw Bounds.forbidden("it takes " + permission + ", and this caller may " + permissions);
        }
    }
}
