package io.maas.internal.registry;

import io.maas.internal.bundle.Bundle;
import io.maas.internal.bundle.Intake;
import io.maas.model.Digest;
import io.maas.model.Manifest;
import io.maas.model.ModelName;
import io.maas.repository.Lifecycle;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A version that comes from another registry.
 *
 * @param name the model
 * @param label the label that it is to have; empty for the next number
 * @param digest the identity of the bundle
 * @param lifecycle where it is to be in its life
 * @param dependsOn the bundles that have to be here for it
 * @param origin gives what the other registry knows of it, as it is attached
 * @param files opens its package, which is checked by then; whoever opens it closes it
 */
record Arrival(
        ModelName name,
        Optional<String> label,
        Digest digest,
        Lifecycle lifecycle,
        List<Manifest.Dependency> dependsOn,
        Supplier<byte[]> origin,
        Function<Intake, Bundle> files) {}
