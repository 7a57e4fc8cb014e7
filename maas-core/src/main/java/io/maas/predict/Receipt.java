package io.maas.predict;

import io.maas.model.Digest;
import io.maas.model.ModelName;
import io.maas.model.ModelRef;
import java.time.Duration;
import java.util.Optional;

/**
 * Which model answered a call, and how long it took.
 *
 * @param model the model
 * @param version the label of the version
 * @param digest the identity of its bundle
 * @param route the reference that was followed
 * @param choice why it was this version
 * @param id what the caller called the call
 * @param together the requests that ran together with this one, itself included; 1 if it ran alone or its answer was there already
 * @param queued how long it waited to be run
 * @param computed how long it ran, the transforms included
 */
public record Receipt(
        ModelName model,
        String version,
        Digest digest,
        ModelRef route,
        ArmChoice choice,
        Optional<String> id,
        int together,
        Duration queued,
        Duration computed) {}
