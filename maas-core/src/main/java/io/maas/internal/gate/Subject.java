package io.maas.internal.gate;

import io.maas.internal.bundle.Bundle;
import io.maas.model.Manifest;
import io.maas.model.Signature;
import io.maas.model.TrustKey;
import io.maas.repository.Commit;
import io.maas.repository.ModelVersion;
import io.maas.repository.Policy;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What is to be published, and what it is held against: everything that the gate's answer depends on, read from one state
 * of the registry.
 *
 * @param version the version
 * @param alias the alias that it is to be published under
 * @param manifest what its package says
 * @param content its files, in the store; asking for them reads some
 * @param signature what callers give and get, if its engine told
 * @param approvals the approvals that stand
 * @param published what the alias points at now, if anything
 * @param dependents the versions that need what is published now
 * @param missing the models that it depends on and that are not there
 * @param policy what the policy asks for
 * @param keys the trusted keys
 * @param at the time
 */
public record Subject(
        ModelVersion version,
        String alias,
        Manifest manifest,
        Supplier<Bundle> content,
        Optional<Signature> signature,
        List<Commit> approvals,
        Optional<Published> published,
        List<String> dependents,
        List<String> missing,
        Policy policy,
        List<TrustKey> keys,
        Instant at) {
    /** Copies the lists. */
    public Subject {
        approvals = List.copyOf(approvals);
        dependents = List.copyOf(dependents);
        missing = List.copyOf(missing);
        keys = List.copyOf(keys);
    }

    /**
     * What an alias points at.
     *
     * @param version the label
     * @param signature what callers give and get, if its engine told
     */
    public record Published(String version, Optional<Signature> signature) {}

    /** Whether the policy asks for anything of this alias. */
    boolean isGuarded() {
        return policy.aliases().contains(alias);
    }
}
