package io.maas.internal.registry;

import io.maas.model.ModelName;
import io.maas.repository.ChangeOptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Versions that come from another registry in one commit, and what is to be done with them.
 *
 * @param doing what is done, continuing "Cannot "
 * @param kind why they come
 * @param intent what tells it from another delivery
 * @param arrivals the versions, each after those that it needs
 * @param stacks the publish stacks to make, by alias, in the labels of the arrivals; for one model
 * @param options who brings them, and why
 * @param force why the stacks are made whatever the gate finds; empty if they are not
 */
record Delivery(
        String doing,
        Kind kind,
        List<String> intent,
        List<Arrival> arrivals,
        Map<String, List<String>> stacks,
        ChangeOptions options,
        Optional<String> force) {
    /** Why versions come. */
    enum Kind {
        /** Some are wanted here, to be used. */
        PROMOTION,
        /** A model is to be here as it was elsewhere. */
        IMPORT
    }

    /** The model whose stacks are made. */
    ModelName model() {
        return arrivals.get(0).name();
    }

    Delivery with(ChangeOptions other) {
        return new Delivery(doing, kind, intent, arrivals, stacks, other, force);
    }
}
