package io.maas.internal.serving;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Dim;
import io.maas.model.Manifest;
import io.maas.model.Signature;
import io.maas.model.TensorSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * What a manifest declares against what the engine tells. The engine is right; the manifest may add names, labels and
 * meaning, and may narrow what is free. Where they disagree the package is refused.
 */
final class DeclaredSignature {
    private DeclaredSignature() {}

    static Signature merge(Manifest manifest, Signature engine) {
        return new Signature(
                merge(manifest, "input", manifest.inputs(), engine.inputs()),
                merge(manifest, "output", manifest.outputs(), engine.outputs()));
    }

    private static List<TensorSpec> merge(
            Manifest manifest, String side, List<TensorSpec> declared, List<TensorSpec> told) {
        if (declared.isEmpty()) {
            return told;
        }
        List<TensorSpec> merged = new ArrayList<>();
        for (TensorSpec spec : told) {
            TensorSpec own = declared.stream()
                    .filter(candidate -> candidate.name().equals(spec.name()))
                    .findFirst()
                    .orElseThrow(() -> refused(
                            manifest, "the engine has the " + side + " " + spec + " and maas.json does not list it"));
            merged.add(merge(manifest, side, own, spec));
        }
        for (TensorSpec own : declared) {
            if (told.stream().noneMatch(spec -> spec.name().equals(own.name()))) {
                throw refused(
                        manifest,
                        "maas.json lists the " + side + " '" + own.name() + "' and the engine has only " + told);
            }
        }
        return merged;
    }

    private static TensorSpec merge(Manifest manifest, String side, TensorSpec own, TensorSpec told) {
        if (own.type() != told.type() || own.rank() != told.rank()) {
            throw refused(manifest, "maas.json says that the " + side + " is " + own + " and the engine " + told);
        }
        List<Dim> dims = new ArrayList<>();
        for (int d = 0; d < told.rank(); d++) {
            Dim declared = own.dims().get(d);
            Dim real = told.dims().get(d);
            if (real instanceof Dim.Fixed && !real.equals(declared)) {
                throw refused(
                        manifest,
                        "dimension " + d + " of the " + side + " '" + own.name() + "' is " + declared
                                + " in maas.json and " + real + " in the engine");
            }
            dims.add(declared.equals(Dim.ANY) ? real : declared);
        }
        return new TensorSpec(
                told.name(),
                told.type(),
                dims,
                own.labels().isEmpty() ? told.labels() : own.labels(),
                own.semantic().or(told::semantic));
    }

    private static InvalidInputException refused(Manifest manifest, String why) {
        return new InvalidInputException(
                ErrorCode.MODEL_SIGNATURE,
                "use the model of " + manifest.name(),
                why,
                "correct maas.json, or leave inputs and outputs out of it");
    }
}
