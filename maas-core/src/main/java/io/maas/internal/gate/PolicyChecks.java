package io.maas.internal.gate;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Manifest;
import io.maas.repository.Commit;
import io.maas.repository.GateReport.Check;
import io.maas.repository.GateReport.Gate;
import io.maas.repository.Policy;
import java.util.List;
import java.util.Optional;

/** What the policy asks for beyond what every package has to be. */
final class PolicyChecks {
    private PolicyChecks() {}

    static Check approvals(Subject subject) {
        Policy policy = subject.policy();
        List<String> counted = subject.approvals().stream()
                .map(Commit::actor)
                .filter(actor -> policy.author() == Policy.Author.MAY_APPROVE
                        || !actor.equals(subject.version().registeredBy()))
                .toList();
        String finding = "approved by " + counted + ", the policy asks for " + policy.approvals();
        if (!subject.isGuarded() || policy.approvals() == 0) {
            return PublishGate.skipped(Gate.APPROVALS, finding);
        }
        return counted.size() >= policy.approvals()
                ? PublishGate.passed(Gate.APPROVALS, finding)
                : PublishGate.failed(Gate.APPROVALS, ErrorCode.POLICY_APPROVALS, finding);
    }

    static Check license(Subject subject) {
        if (!subject.isGuarded() || subject.policy().licenses().isEmpty()) {
            return PublishGate.skipped(Gate.LICENSE, "the policy accepts any licence");
        }
        Optional<String> spdx = subject.manifest().license().map(Manifest.License::spdx);
        String finding = "licensed under " + spdx.orElse("nothing stated") + ", the policy accepts "
                + subject.policy().licenses();
        return spdx.filter(subject.policy().licenses()::contains).isPresent()
                ? PublishGate.passed(Gate.LICENSE, finding)
                : PublishGate.failed(Gate.LICENSE, ErrorCode.POLICY_LICENSE, finding);
    }

    static Check card(Subject subject) {
        if (!subject.isGuarded() || subject.policy().cardSections().isEmpty()) {
            return PublishGate.skipped(Gate.CARD, "the policy asks for no model card");
        }
        List<String> missing;
        try {
            missing = Card.of(subject.content().get(), subject.manifest())
                    .missing(subject.policy().cardSections());
        } catch (InvalidInputException e) {
            return PublishGate.failed(Gate.CARD, ErrorCode.POLICY_CARD, String.valueOf(e.getMessage()));
        }
        return missing.isEmpty()
                ? PublishGate.passed(
                        Gate.CARD, "the card has " + subject.policy().cardSections())
                : PublishGate.failed(Gate.CARD, ErrorCode.POLICY_CARD, "the card lacks " + missing);
    }
}
