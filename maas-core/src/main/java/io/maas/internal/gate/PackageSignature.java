package io.maas.internal.gate;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.internal.bundle.Bundle;
import io.maas.internal.signing.SignatureVerifier;
import io.maas.model.SignedBy;
import io.maas.repository.GateReport.Check;
import io.maas.repository.GateReport.Gate;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The signature of a package, as the gate looks at it. A signature that is there has to hold. One by a stranger, or one that
 * has run out, cannot be held against anything, which only matters where the policy asks for a signer.
 */
final class PackageSignature {
    private static final Set<ErrorCode> STRANGER =
            EnumSet.of(ErrorCode.SIGNER_UNTRUSTED, ErrorCode.CERTIFICATE_EXPIRED, ErrorCode.SIGNATURE_UNSUPPORTED);

    private PackageSignature() {}

    /** Adds what the signature is, and whether it is the one that the policy asks for. */
    static List<Check> checks(Subject subject) {
        Set<String> wanted = subject.isGuarded() ? subject.policy().signers() : Set.of();
        Bundle bundle = subject.content().get();
        boolean signed = bundle.files().stream().anyMatch(file -> file.path().equals(Bundle.SIGNATURE));
        if (!signed) {
            return List.of(PublishGate.skipped(Gate.SIGNATURE, "the package is not signed"), signer(wanted, null));
        }
        try {
            SignedBy who = SignatureVerifier.verify(bundle, subject.keys(), subject.at());
            String name = "signed by '" + who.trusted().name() + "', key " + who.keyId()
                    + who.subject().map(subjectName -> ", " + subjectName).orElse("");
            return List.of(PublishGate.passed(Gate.SIGNATURE, name), signer(wanted, who));
        } catch (InvalidInputException e) {
            String finding = String.valueOf(e.getMessage());
            boolean harmless = STRANGER.contains(e.code()) && wanted.isEmpty();
            Check check = harmless
                    ? PublishGate.skipped(Gate.SIGNATURE, finding)
                    : PublishGate.failed(Gate.SIGNATURE, e.code(), finding);
            return List.of(check, signer(wanted, null));
        }
    }

    private static Check signer(Set<String> wanted, @Nullable SignedBy who) {
        if (wanted.isEmpty()) {
            return PublishGate.skipped(Gate.SIGNER, "the policy asks for no signature");
        }
        String finding = "signed by "
                + (who == null ? "nobody who is trusted" : who.trusted().id()) + ", the policy asks for one of "
                + wanted;
        return who != null && wanted.contains(who.trusted().id())
                ? PublishGate.passed(Gate.SIGNER, finding)
                : PublishGate.failed(Gate.SIGNER, ErrorCode.POLICY_SIGNER, finding);
    }
}
