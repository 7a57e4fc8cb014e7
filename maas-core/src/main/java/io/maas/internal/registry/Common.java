package io.maas.internal.registry;

import io.maas.internal.log.BlobKey;
import io.maas.model.ModelName;
import io.maas.model.TrustKey;
import io.maas.repository.AccessGrant;
import io.maas.repository.Policy;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the log says that is not about one model. Immutable; the registry replaces it when it changes, which is seldom.
 *
 * @param policy the policy of models that have none of their own, if one was set
 * @param policies the policies of single models
 * @param keys the trusted keys, by id
 * @param grants the access keys, by id
 * @param condemned the blobs that will be deleted, or are
 * @param collected the commit up to which condemned blobs are forgotten again; -1 if none were
 */
record Common(
        Optional<Policy> policy,
        Map<ModelName, Policy> policies,
        Map<String, TrustKey> keys,
        Map<String, AccessGrant> grants,
        Map<BlobKey, Condemned> condemned,
        long collected) {
    /**
     * When a blob was condemned.
     *
     * @param commit the commit that did
     * @param time its time
     */
    record Condemned(long commit, Instant time) {}

    static final Common EMPTY = new Common(Optional.empty(), Map.of(), Map.of(), Map.of(), Map.of(), -1);

    /** Copies the maps. */
    Common {
        policies = Map.copyOf(policies);
        keys = Map.copyOf(keys);
        grants = Map.copyOf(grants);
        condemned = Map.copyOf(condemned);
    }

    /** The policy that a model has to meet. */
    Policy policyFor(ModelName model) {
        Policy own = policies.get(model);
        return own != null ? own : policy.orElseGet(Policy::open);
    }

    Common with(Optional<ModelName> model, Optional<Policy> value) {
        if (model.isEmpty()) {
            return new Common(value, policies, keys, grants, condemned, collected);
        }
        Map<ModelName, Policy> next = new TreeMap<>(policies);
        next.remove(model.get());
        value.ifPresent(own -> next.put(model.get(), own));
        return new Common(policy, next, keys, grants, condemned, collected);
    }

    Common trusting(TrustKey key) {
        Map<String, TrustKey> next = new TreeMap<>(keys);
        next.put(key.id(), key);
        return new Common(policy, policies, next, grants, condemned, collected);
    }

    Common distrusting(String id) {
        Map<String, TrustKey> next = new TreeMap<>(keys);
        next.remove(id);
        return new Common(policy, policies, next, grants, condemned, collected);
    }

    Common granting(AccessGrant grant) {
        Map<String, AccessGrant> next = new TreeMap<>(grants);
        next.put(grant.key().id(), grant);
        return withGrants(next);
    }

    Common revoking(String id) {
        Map<String, AccessGrant> next = new TreeMap<>(grants);
        next.remove(id);
        return withGrants(next);
    }

    Common withGrants(Map<String, AccessGrant> all) {
        return new Common(policy, policies, keys, all, condemned, collected);
    }

    Common condemning(Iterable<BlobKey> blobs, Condemned when) {
        Map<BlobKey, Condemned> next = new HashMap<>(condemned);
        blobs.forEach(blob -> next.put(blob, when));
        return new Common(policy, policies, keys, grants, next, collected);
    }

    Common collectedThrough(long commit) {
        Map<BlobKey, Condemned> next = new HashMap<>(condemned);
        next.values().removeIf(when -> when.commit() <= commit);
        return new Common(policy, policies, keys, grants, next, commit);
    }
}
