package io.maas.internal.registry;

import io.maas.error.ConflictException;
import io.maas.error.DeniedException;
import io.maas.error.ErrorCode;
import io.maas.model.Manifest.Comparability;
import io.maas.model.ModelName;
import io.maas.model.SchemaDiff;
import io.maas.model.Signature;
import io.maas.repository.GateReport;
import io.maas.repository.GateReport.Gate;
import io.maas.repository.ModelDetails;
import io.maas.repository.Traffic;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Decides which versions may stand in for each other, and which may get copies of calls. */
final class Mixture {
    /** What is asked of a shadow: nobody sees its answers, so nobody has to agree to them. */
    private static final Set<Gate> OF_SHADOWS =
            EnumSet.of(Gate.DIGEST, Gate.CONTENT, Gate.SIGNATURE, Gate.REQUIREMENTS, Gate.SELF_TEST, Gate.SIGNER);

    private final Contents contents;

    Mixture(Contents contents) {
        this.contents = contents;
    }

    /**
     * Refuses versions that cannot stand in for the one that the alias points at: a caller does not know which of them
     * answers. Versions do not change, so this is not asked again before the commit.
     */
    void requireComparable(ModelState model, String primary, Traffic traffic, String doing) {
        if (traffic.shares().size() > 1) {
            for (Traffic.Share share : traffic.shares()) {
                requireMixable(model, share.version(), doing);
                requireCompatible(signature(model, primary), model.name(), share.version(), model, doing);
            }
        }
        Optional<Signature> takes = signature(model, primary).map(Mixture::inputsOf);
        traffic.shadow().ifPresent(shadow -> {
            Optional<Signature> given = signature(model, shadow.version()).map(Mixture::inputsOf);
            requireCompatible(takes, given, model.name() + ":" + shadow.version(), doing);
        });
    }

    private void requireMixable(ModelState model, String label, String doing) {
        VersionState version = model.version(label).orElseThrow(() -> Unknown.version(model, label));
        if (contents.manifest(version).comparability() == Comparability.INCOMPARABLE) {
            throw new ConflictException(
                    ErrorCode.NOT_COMPARABLE,
                    doing,
                    "the package of " + model.name() + ":" + label + " says that its outputs are not comparable with"
                            + " those of others",
                    "publish it instead, or make it the shadow");
        }
    }

    private void requireCompatible(
            Optional<Signature> before, ModelName name, String label, ModelState model, String doing) {
        requireCompatible(before, signature(model, label), name + ":" + label, doing);
    }

    private static void requireCompatible(
            Optional<Signature> before, Optional<Signature> after, String version, String doing) {
        Optional<SchemaDiff> diff = before.flatMap(was -> after.map(is -> SchemaDiff.between(was, is)));
        if (diff.filter(one -> !one.isCompatible()).isPresent()) {
            throw new ConflictException(
                    ErrorCode.NOT_COMPARABLE,
                    doing,
                    version + " cannot stand in for the version that is published, " + diff.get(),
                    "publish it instead");
        }
    }

    private Optional<Signature> signature(ModelState model, String label) {
        VersionState version = model.version(label).orElseThrow(() -> Unknown.version(model, label));
        return contents.probe(version).map(ModelDetails.Probe::signature);
    }

    private static Signature inputsOf(Signature whole) {
        return new Signature(whole.inputs(), List.of());
    }

    /** Refuses a shadow that is not whole, does not load, or is not signed as it has to be. */
    static void requireSound(String doing, Collection<Publisher.Look> looks, Optional<String> force) {
        if (force.isPresent()) {
            return;
        }
        for (Publisher.Look look : looks) {
            List<GateReport.Check> failures = look.report().failures().stream()
                    .filter(check -> OF_SHADOWS.contains(check.gate()))
                    .toList();
            if (!failures.isEmpty()) {
                throw new DeniedException(
                        failures.get(0).code().orElse(ErrorCode.STALE),
                        doing,
                        "the shadow " + look.report().version() + ": "
                                + String.join(
                                        "; ",
                                        failures.stream().map(Mixture::shown).toList()),
                        "mend what was found, or set it with force(reason)");
            }
        }
    }

    private static String shown(GateReport.Check check) {
        return check.gate().name().toLowerCase(Locale.ROOT) + ": " + check.finding();
    }
}
