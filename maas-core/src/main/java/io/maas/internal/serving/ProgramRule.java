package io.maas.internal.serving;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.internal.registry.Registry;
import io.maas.internal.registry.VersionState;
import io.maas.internal.serving.ServingSettings.Programs;
import io.maas.model.Manifest;
import java.util.Set;

/**
 * A model that is a program runs only where its signer is trusted, or where the host says that any may. Looked at each time one
 * is about to be loaded, so it holds for models however they came into the registry, and on every host. Thread-safe.
 */
final class ProgramRule {
    /** Formats with control flow, attributes and operators that reach outside. */
    private static final Set<String> PROGRAMS = Set.of("torchscript");

    private final Registry registry;
    private final Programs allowed;

    ProgramRule(Registry registry, Programs allowed) {
        this.registry = registry;
        this.allowed = allowed;
    }

    /**
     * Lets a version pass.
     *
     * @throws InvalidInputException {@link ErrorCode#SIGNATURE_MISSING}, {@link ErrorCode#SIGNER_UNTRUSTED} or another code for what is
     *     wrong with its signature
     */
    void check(Manifest manifest, VersionState version) {
        if (allowed == Programs.ANY || !PROGRAMS.contains(manifest.format())) {
            return;
        }
        try {
            registry.requireSigner(version);
        } catch (InvalidInputException e) {
            throw new InvalidInputException(
                    e.code(),
                    "use the model of " + manifest.name(),
                    "a " + manifest.format() + " model is a program, which runs if somebody trusted signed it, and: "
                            + e.getMessage(),
                    "have it signed by a key that governance().trust(…) was told of, or let this host run any such program with "
                            + "Maas.builder().allowTorchScript()",
                    e);
        }
    }
}
