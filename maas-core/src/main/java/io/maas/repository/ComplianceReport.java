package io.maas.repository;

import io.maas.model.Manifest;
import io.maas.model.ModelName;
import io.maas.model.SignedBy;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Who trained, registered, approved, tested and published what of a model, under which licences, with which card and
 * signatures. Everything is as the registry says it, at one moment.
 *
 * @param model the model
 * @param at when this was put together
 * @param head the newest commit that it takes into account
 * @param policy what versions have to meet to be published
 * @param hold who put the model on hold, if it is
 * @param versions its versions, oldest first, deleted ones included
 * @param history every operation on the model, oldest first
 */
public record ComplianceReport(
        ModelName model,
        Instant at,
        LogHead head,
        Policy policy,
        Optional<Commit> hold,
        List<VersionRecord> versions,
        List<AuditEntry> history) {
    /** Copies the lists. */
    public ComplianceReport {
        versions = List.copyOf(versions);
        history = List.copyOf(history);
    }

    /**
     * One version.
     *
     * @param version the version, and who registered it when
     * @param standing where it is in its life
     * @param owner who answers for it, as its package says
     * @param provenance who or what trained it, on what and from what, as its package says
     * @param licenses its licence, and those of what it was made from and needs
     * @param card its model card
     * @param signature who signed it
     * @param probe what its engine said when it was registered
     * @param approvals the approvals that stand
     * @param publications every time that an alias was moved to it
     * @param origin where it was before, if it came from another registry with evidence of that
     * @param evidence what the gate found each time that it was published, oldest first; the latest 64 for each alias
     */
    public record VersionRecord(
            ModelVersion version,
            Standing standing,
            Optional<String> owner,
            Manifest.Provenance provenance,
            List<LicenseLink> licenses,
            CardStatus card,
            SignatureStatus signature,
            Optional<ModelDetails.Probe> probe,
            List<Commit> approvals,
            List<AliasMove> publications,
            Optional<Origin> origin,
            List<GateReport> evidence) {
        /** Copies the lists. */
        public VersionRecord {
            licenses = List.copyOf(licenses);
            approvals = List.copyOf(approvals);
            publications = List.copyOf(publications);
            evidence = List.copyOf(evidence);
        }
    }

    /** Why a licence matters to a version. */
    public enum Relation {
        /** It is the version's own. */
        OWN,
        /** It is that of a model that the version was made from. */
        BASE_MODEL,
        /** It is that of a model that the version needs. */
        DEPENDENCY
    }

    /**
     * One licence of a chain.
     *
     * @param subject whose it is: a version of this registry, or the name of a model elsewhere, as the package writes it
     * @param relation what the subject is to the one whose chain this is
     * @param spdx its SPDX expression; empty if the registry does not know it
     */
    public record LicenseLink(String subject, Relation relation, Optional<String> spdx) {}

    /**
     * What a model card has.
     *
     * @param sections its headings; none if there is no card, or the version was deleted
     * @param problem why a card that is there cannot be read
     */
    public record CardStatus(List<String> sections, Optional<String> problem) {
        /** Copies the list. */
        public CardStatus {
            sections = List.copyOf(sections);
        }
    }

    /**
     * What became of checking a signature as of the time of registration.
     *
     * @param signedBy who signed; empty if nobody did, or it does not count
     * @param problem why a signature that is there does not count, or could not be read
     */
    public record SignatureStatus(Optional<SignedBy> signedBy, Optional<String> problem) {}

    /** Returns the report as a document for people, in Markdown. */
    public String toMarkdown() {
        return new ComplianceText(this).write();
    }
}
