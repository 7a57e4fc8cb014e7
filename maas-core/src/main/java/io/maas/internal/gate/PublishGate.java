package io.maas.internal.gate;

import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.internal.bundle.Bundle;
import io.maas.internal.bundle.BundleReader;
import io.maas.internal.log.BlobKey;
import io.maas.model.SchemaDiff;
import io.maas.repository.GateReport;
import io.maas.repository.GateReport.Check;
import io.maas.repository.GateReport.Gate;
import io.maas.repository.GateReport.Outcome;
import io.maas.repository.PackageLimits;
import io.maas.repository.Policy.Compatibility;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Looks at a version that is to be published. The order is from what makes the rest meaningless if it is wrong, to what
 * people decided: a model whose files are not whole is not run. What cannot be told, because the store or the engine is
 * not there, is not an answer but an error.
 */
public final class PublishGate {
    private static final String NOT_SOUND = "the package is not sound";

    private final BundleReader reader;

    /** Creates a gate that lets through what the limits allow. */
    public PublishGate(PackageLimits limits) {
        this.reader = new BundleReader(limits);
    }

    /** Runs a version's self-tests on its engine. */
    public interface Trial {
        /**
         * Loads the model and runs its self-tests.
         *
         * @return what was done, for people
         * @throws MaasException if it cannot be loaded or does not answer as it promises
         */
        String run();
    }

    /** The codes of an engine that cannot be had here, or a model that cannot be used with it: the model's fault. */
    private static final Set<ErrorCode> BLAMED = EnumSet.of(
            ErrorCode.CORRUPT_BLOB,
            ErrorCode.NO_BACKEND,
            ErrorCode.NO_NATIVE,
            ErrorCode.INFERENCE_FAILED,
            ErrorCode.MODEL_UNAVAILABLE);

    /**
     * What the content of a version and its engine showed. It does not change, however often the rest is looked at.
     *
     * @param digest whether the files are whole
     * @param content whether they follow the rules
     * @param selfTest whether the model answers as it promises
     */
    public record Examined(Check digest, Check content, Check selfTest) {
        boolean isSound() {
            return digest.outcome() == Outcome.PASSED && content.outcome() == Outcome.PASSED;
        }
    }

    /**
     * Reads every file of a version, and runs it if they are sound.
     *
     * @throws UnavailableException if the store or the engine is not there
     */
    public Examined examine(Subject subject, Trial trial) {
        List<Check> read = content(subject);
        boolean sound = read.stream().noneMatch(check -> check.outcome() == Outcome.FAILED);
        Check selfTest = sound ? attempt(Gate.SELF_TEST, trial::run) : skipped(Gate.SELF_TEST, NOT_SOUND);
        return new Examined(read.get(0), read.get(1), selfTest);
    }

    /**
     * Holds a version that was examined against the policy, the keys and what is published.
     *
     * @throws UnavailableException if the store is not there
     */
    public GateReport judge(Subject subject, Examined examined) {
        boolean sound = examined.isSound();
        List<Check> signature = sound
                ? PackageSignature.checks(subject)
                : List.of(skipped(Gate.SIGNATURE, NOT_SOUND), skipped(Gate.SIGNER, NOT_SOUND));
        Optional<SchemaDiff> diff = diff(subject);
        List<Check> checks = List.of(
                examined.digest(),
                examined.content(),
                signature.get(0),
                requirements(subject),
                examined.selfTest(),
                compatibility(subject, diff),
                PolicyChecks.approvals(subject),
                signature.get(1),
                PolicyChecks.license(subject),
                sound ? PolicyChecks.card(subject) : skipped(Gate.CARD, NOT_SOUND));
        return new GateReport(
                subject.version(),
                subject.alias(),
                subject.published().map(Subject.Published::version),
                subject.at(),
                checks,
                diff,
                subject.dependents(),
                Optional.empty());
    }

    /** Reads every file, which tells about digests and about content. */
    private List<Check> content(Subject subject) {
        Check read = read(subject);
        for (int reads = 1; isRotten(read) && reads < BlobKey.READS; reads++) {
            read = read(subject);
        }
        return isRotten(read)
                ? List.of(
                        new Check(Gate.DIGEST, Outcome.FAILED, read.code(), read.finding()),
                        skipped(Gate.CONTENT, "the files are not whole"))
                : List.of(
                        passed(
                                Gate.DIGEST,
                                "every file has the bytes that "
                                        + subject.version().digest() + " promises"),
                        read);
    }

    private Check read(Subject subject) {
        return attempt(Gate.CONTENT, () -> {
            Bundle bundle = subject.content().get();
            reader.verify(bundle);
            return bundle.files().size() + " files follow the rules for packages";
        });
    }

    private static boolean isRotten(Check read) {
        return read.code()
                .filter(code -> code == ErrorCode.CORRUPT_BLOB || code == ErrorCode.PACKAGE_DIGEST)
                .isPresent();
    }

    private static Check requirements(Subject subject) {
        if (subject.missing().isEmpty()) {
            return passed(
                    Gate.REQUIREMENTS,
                    "the models that it depends on are there, "
                            + subject.manifest().dependsOn().size() + " of them");
        }
        return failed(
                Gate.REQUIREMENTS,
                ErrorCode.PACKAGE_REQUIRES,
                "it depends on " + String.join(", ", subject.missing()) + ", which are not here");
    }

    private static Optional<SchemaDiff> diff(Subject subject) {
        return subject.published()
                .flatMap(Subject.Published::signature)
                .flatMap(before -> subject.signature().map(after -> SchemaDiff.between(before, after)));
    }

    private static Check compatibility(Subject subject, Optional<SchemaDiff> diff) {
        if (diff.isEmpty()) {
            return subject.published().isEmpty()
                    ? skipped(Gate.COMPATIBILITY, "nothing is published now")
                    : skipped(Gate.COMPATIBILITY, "a signature is not known");
        }
        String dependents =
                subject.dependents().isEmpty() ? "" : "; what it replaces is needed by " + subject.dependents();
        boolean forbidden = subject.isGuarded() && subject.policy().compatibility() == Compatibility.COMPATIBLE;
        return diff.get().isCompatible() || !forbidden
                ? passed(Gate.COMPATIBILITY, diff.get() + dependents)
                : failed(Gate.COMPATIBILITY, ErrorCode.POLICY_COMPATIBILITY, diff.get() + dependents);
    }

    /** Does what may show a fault of the package; a store that is away is not one. */
    private static Check attempt(Gate gate, Supplier<String> look) {
        try {
            return passed(gate, look.get());
        } catch (UnavailableException e) {
            if (BLAMED.contains(e.code())) {
                return failed(gate, e.code(), String.valueOf(e.getMessage()));
            }
            throw e;
        } catch (MaasException e) {
            return failed(gate, e.code(), String.valueOf(e.getMessage()));
        }
    }

    static Check passed(Gate gate, String finding) {
        return new Check(gate, Outcome.PASSED, Optional.empty(), finding);
    }

    static Check skipped(Gate gate, String why) {
        return new Check(gate, Outcome.SKIPPED, Optional.empty(), why);
    }

    static Check failed(Gate gate, ErrorCode code, String finding) {
        return new Check(gate, Outcome.FAILED, Optional.of(code), finding);
    }
}
