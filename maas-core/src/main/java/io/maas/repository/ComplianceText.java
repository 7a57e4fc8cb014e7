package io.maas.repository;

import io.maas.repository.ComplianceReport.LicenseLink;
import io.maas.repository.ComplianceReport.SignatureStatus;
import io.maas.repository.ComplianceReport.VersionRecord;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** A compliance report in Markdown. Texts that others wrote stand in it as plain text, whatever is in them. */
final class ComplianceText {
    private final ComplianceReport report;
    private final StringBuilder out = new StringBuilder();

    ComplianceText(ComplianceReport report) {
        this.report = report;
    }

    String write() {
        out.append("# Compliance report: ")
                .append(plain(report.model().value()))
                .append("\n\n");
        line("Made", report.at().toString());
        line(
                "Registry",
                report.head().registry() + ", up to commit " + report.head().commit());
        line("Policy", policy(report.policy()));
        report.hold().ifPresent(hold -> line("On hold", by(hold)));
        report.versions().forEach(this::version);
        history();
        return out.toString();
    }

    private void version(VersionRecord version) {
        out.append("\n## Version ").append(plain(version.version().version())).append("\n\n");
        line("Digest", version.version().digest().toString());
        line(
                "Registered",
                version.version().registeredAt() + " by "
                        + version.version().registeredBy() + ", commit "
                        + version.version().commit());
        line("Standing", standing(version.standing()));
        version.owner().ifPresent(owner -> line("Owner", owner));
        line("Trained by", version.provenance().trainer().orElse("not stated"));
        line("Trained on", stated(version.provenance().datasets()));
        line("Made from", stated(version.provenance().baseModels()));
        line("Code", version.provenance().git().orElse("not stated"));
        version.licenses().forEach(this::license);
        line("Model card", card(version.card()));
        line("Signature", signature(version.signature()));
        line("Engine", version.probe().map(ModelDetails.Probe::engine).orElse("not run"));
        line("Approvals", version.approvals().isEmpty() ? "none" : each(version.approvals(), ComplianceText::by));
        line(
                "Published",
                version.publications().isEmpty()
                        ? "never"
                        : each(version.publications(), move -> move.alias() + " " + by(move.commit())));
        for (Optional<Origin> from = version.origin();
                from.isPresent();
                from = from.get().earlier()) {
            origin(from.get());
        }
        version.evidence().forEach(this::gate);
    }

    private void origin(Origin origin) {
        ModelVersion there = origin.version();
        line(
                "Came from",
                "registry " + origin.registry() + ", where it was " + there + ", registered " + there.registeredAt()
                        + " by " + there.registeredBy() + ", " + standing(origin.standing())
                        + (origin.approvals().isEmpty()
                                ? ""
                                : ", approved " + each(origin.approvals(), ComplianceText::by))
                        + (origin.moves().isEmpty()
                                ? ""
                                : ", moved " + each(origin.moves(), move -> move.alias() + " " + by(move.commit()))));
    }

    private void license(LicenseLink link) {
        String whose = link.relation() == ComplianceReport.Relation.OWN ? "" : " of " + link.subject();
        String what = switch (link.relation()) {
            case OWN -> "Licence";
            case BASE_MODEL -> "Licence of a base model";
            case DEPENDENCY -> "Licence of a dependency";
        };
        line(what, link.spdx().orElse("not known") + whose);
    }

    private void gate(GateReport gate) {
        line(
                "Gate for " + gate.alias(),
                gate.at() + gate.forced().map(why -> ", forced: " + why).orElse(""));
        for (GateReport.Check check : gate.checks()) {
            out.append("  - ")
                    .append(lower(check.gate()))
                    .append(" ")
                    .append(lower(check.outcome()))
                    .append(": ")
                    .append(plain(check.finding()))
                    .append('\n');
        }
    }

    private void history() {
        out.append("\n## History\n\n| commit | time | actor | what | subject | reason |\n|---|---|---|---|---|---|\n");
        for (AuditEntry entry : report.history()) {
            Commit commit = entry.commit();
            out.append("| ")
                    .append(commit.number())
                    .append(" | ")
                    .append(commit.time())
                    .append(" | ")
                    .append(plain(commit.actor()))
                    .append(" | ")
                    .append(plain(entry.kind()))
                    .append(" | ")
                    .append(plain(entry.subject()))
                    .append(" | ")
                    .append(plain(commit.reason().orElse("")))
                    .append(" |\n");
        }
    }

    private void line(String what, String value) {
        out.append("- ").append(plain(what)).append(": ").append(plain(value)).append('\n');
    }

    private static String policy(Policy policy) {
        return policy.approvals() + " approvals for " + String.join(", ", policy.aliases())
                + (policy.signers().isEmpty() ? "" : "; signed by " + policy.signers())
                + (policy.licenses().isEmpty() ? "" : "; licensed under " + policy.licenses())
                + (policy.cardSections().isEmpty() ? "" : "; card with " + policy.cardSections())
                + "; compatibility " + lower(policy.compatibility());
    }

    private static String standing(Standing standing) {
        return lower(standing.lifecycle())
                + standing.since().map(since -> " " + by(since)).orElse("");
    }

    private static String signature(SignatureStatus status) {
        Optional<String> who = status.signedBy()
                .map(by -> by.trusted().name() + ", key " + by.keyId()
                        + by.subject().map(subject -> ", " + subject).orElse(""));
        return who.or(() -> status.problem()).orElse("none");
    }

    private static String card(ComplianceReport.CardStatus card) {
        return card.problem().orElse(card.sections().isEmpty() ? "none" : String.join(", ", card.sections()));
    }

    private static String by(Commit commit) {
        return commit.time() + " by " + commit.actor() + ", commit " + commit.number()
                + commit.reason().map(why -> " (" + why + ")").orElse("");
    }

    private static String stated(List<String> all) {
        return all.isEmpty() ? "not stated" : String.join(", ", all);
    }

    private static <T> String each(List<T> all, java.util.function.Function<T, String> text) {
        return all.stream().map(text).collect(Collectors.joining("; "));
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** One line, with nothing that Markdown or HTML would take for more than text. */
    private static String plain(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            // line separators, and what turns the order of letters around
            boolean invisible = Character.getType(c) == Character.FORMAT || c == 0x2028 || c == 0x2029;
            if (Character.isISOControl(c) || invisible) {
                plain.append(' ');
            } else {
                if ("\\`*_{}[]<>|#!&~@".indexOf(c) >= 0) {
                    plain.append('\\');
                }
                plain.appendCodePoint(c);
            }
        });
        return plain.toString().replace("://", "\\://").replace("www.", "www\\.");
    }
}
