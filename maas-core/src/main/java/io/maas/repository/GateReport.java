package io.maas.repository;

import io.maas.error.ErrorCode;
import io.maas.model.SchemaDiff;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the gate found when a version was to be published. The report of every publish is kept with the version, so that it
 * can be shown later why it was let through.
 *
 * @param version the version
 * @param alias the alias that it was to be published under
 * @param replaces the version that the alias pointed at
 * @param at when
 * @param checks what was looked at, in order
 * @param compatibility what changes for callers; empty if nothing was published before or a signature is not known
 * @param dependents the versions of other models that need the version that is replaced, and keep it
 * @param forced why it was published whatever the gate found; empty if it was not
 */
public record GateReport(
        ModelVersion version,
        String alias,
        Optional<String> replaces,
        Instant at,
        List<Check> checks,
        Optional<SchemaDiff> compatibility,
        List<String> dependents,
        Optional<String> forced) {
    /** Copies the lists. */
    public GateReport {
        checks = List.copyOf(checks);
        dependents = List.copyOf(dependents);
    }

    /** What is looked at. */
    public enum Gate {
        /** Every stored file has the bytes that its digest promises, and nothing is missing. */
        DIGEST,
        /** No file is something that packages may not have. */
        CONTENT,
        /** The signature, if there is one, is sound and covers exactly these files. */
        SIGNATURE,
        /** What the package requires is there: the platform's version, transforms, the models that it depends on. */
        REQUIREMENTS,
        /** The engine loads the model, and its self-tests give the promised answers in the promised time. */
        SELF_TEST,
        /** Callers of the version published now are not broken, where the policy asks for that. */
        COMPATIBILITY,
        /** Enough actors approved. */
        APPROVALS,
        /** A key that the policy names signed the package. */
        SIGNER,
        /** The licence is one that the policy accepts. */
        LICENSE,
        /** The model card has the headings that the policy asks for. */
        CARD
    }

    /** What came of it. */
    public enum Outcome {
        /** It is as it should be. */
        PASSED,
        /** It is not, and the version is not published unless it is forced. */
        FAILED,
        /** Nothing asks for it, or it cannot be told because an earlier check failed. */
        SKIPPED
    }

    /**
     * One thing that was looked at.
     *
     * @param gate what
     * @param outcome what came of it
     * @param code why it failed; empty if it did not
     * @param finding what was found, for people
     */
    public record Check(Gate gate, Outcome outcome, Optional<ErrorCode> code, String finding) {}

    /** Returns the checks that failed. */
    public List<Check> failures() {
        return checks.stream()
                .filter(check -> check.outcome() == Outcome.FAILED)
                .toList();
    }

    /** Tells whether nothing failed. */
    public boolean passed() {
        return failures().isEmpty();
    }
}
