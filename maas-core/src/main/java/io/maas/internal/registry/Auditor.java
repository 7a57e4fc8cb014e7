package io.maas.internal.registry;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.internal.log.BlobKey;
import io.maas.internal.log.CommitLog;
import io.maas.internal.log.Format;
import io.maas.internal.log.LogScan;
import io.maas.internal.signing.HeadAttestation;
import io.maas.model.ModelName;
import io.maas.model.TrustKey;
import io.maas.repository.AttestedHead;
import io.maas.repository.AuditEntry;
import io.maas.repository.AuditFormat;
import io.maas.repository.AuditLog;
import io.maas.repository.AuditPage;
import io.maas.repository.AuditQuery;
import io.maas.repository.ComplianceReport;
import io.maas.repository.LogHead;
import io.maas.repository.LogVerification;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;

/** Reads the log for those who have to know what happened. */
final class Auditor implements AuditLog {
    private final Ledger ledger;
    private final Contents contents;
    private final RegistrySettings settings;

    Auditor(Ledger ledger, Contents contents, RegistrySettings settings) {
        this.ledger = ledger;
        this.contents = contents;
        this.settings = settings;
    }

    @Override
    public AuditPage entries(AuditQuery query, int limit) {
        if (limit < 1) {
            throw new InvalidInputException(
                    ErrorCode.BAD_SETTING, "read the audit log", "the limit is " + limit, "ask for at least one");
        }
        AuditScan scan = new AuditScan(ledger, sought(query), ledger.state().head());
        List<AuditEntry> entries = new ArrayList<>();
        while (!scan.atEnd() && entries.size() < limit) {
            entries.addAll(scan.next());
        }
        return new AuditPage(entries, scan.atEnd() ? OptionalLong.empty() : OptionalLong.of(scan.position()));
    }

    @Override
    public long export(AuditQuery query, AuditFormat format, OutputStream out) throws IOException {
        AuditWriter writer = new AuditWriter(format, out);
        writer.start();
        AuditScan scan = new AuditScan(ledger, sought(query), ledger.state().head());
        long written = 0;
        while (!scan.atEnd()) {
            for (AuditEntry entry : scan.next()) {
                writer.write(entry);
                written++;
            }
        }
        return written;
    }

    private AuditQuery sought(AuditQuery query) {
        return query.actor().map(name -> query.by(settings.sought(name))).orElse(query);
    }

    @Override
    public LogHead head() {
        return head(ledger.state().head());
    }

    private LogHead head(RegistryState.Head head) {
        return new LogHead(ledger.format().digest(), head.number(), head.digest(), head.time());
    }

    @Override
    public LogVerification verify() {
        RegistryState.Head known = ledger.state().head();
        LogVerification log = new LogVerifier(ledger.log(), ledger.readers(), ledger.format()).verify(known);
        return Format.find(settings.store(), settings.namespace())
                        .filter(ledger.format()::equals)
                        .isPresent()
                ? log
                : withoutFormat(log);
    }

    private static LogVerification withoutFormat(LogVerification log) {
        List<LogVerification.Finding> findings = new ArrayList<>(log.findings());
        findings.add(new LogVerification.Finding(
                LogVerification.Part.FORMAT, -1, "format.json is missing, or another one than when this was opened"));
        return new LogVerification(log.verified(), findings);
    }

    @Override
    public AttestedHead verify(String attestation, Collection<TrustKey> trusted, Instant at) {
        AttestedHead attested = HeadAttestation.verify(attestation, trusted, at);
        LogHead then = attested.head();
        if (!then.registry().equals(ledger.format().digest())) {
            throw cut("it was made of another registry, " + then.registry());
        }
        refresh(then);
        RegistryState.Head head = ledger.state().head();
        if (then.commit() > head.number()) {
            throw cut("the log ends at commit " + head.number() + ", and commit " + then.commit() + " was attested");
        }
        if (then.commit() >= 0) {
            requireThere(then);
            // the commits themselves, since segments are copies; up to the one that this process has seen
            new LogScan(ledger.log(), ledger.readers(), LogScan.From.COMMITS)
                    .read(
                            new LogScan.Point(then.commit(), then.digest()),
                            new LogScan.Point(head.number(), head.digest()),
                            (record, bytes) -> {});
            requireSame(then, head);
        }
        return attested;
    }

    /** Looks for commits that this process does not know yet; one that is broken shows below, by its number. */
    private void refresh(LogHead then) {
        try {
            if (then.commit() > ledger.head()) {
                ledger.refresh();
            }
        } catch (InvalidInputException e) {
            throw cut("the log cannot be followed to commit " + then.commit() + ": " + e.getMessage());
        }
    }

    private void requireThere(LogHead then) {
        for (int reads = 0; reads < BlobKey.READS; reads++) {
            if (ledger.commitDigest(then.commit()).equals(then.digest())) {
                return;
            }
        }
        throw cut("commit " + then.commit() + " is another one than the one that was attested");
    }

    private void requireSame(LogHead then, RegistryState.Head head) {
        if (head.number() == then.commit() && !head.digest().equals(then.digest())) {
            throw cut("commit " + head.number() + " is another one than the one that this process has seen");
        }
    }

    private InvalidInputException cut(String why) {
        CommitLog log = ledger.log();
        return new InvalidInputException(
                ErrorCode.BROKEN_CHAIN,
                "verify the attestation against " + log,
                why,
                "find out who could write to the store, and restore the log from a copy");
    }

    @Override
    public ComplianceReport complianceReport(ModelName name) {
        Compliance compliance = new Compliance(ledger.state(), contents, name);
        RegistryState.Head head = compliance.head();
        List<AuditEntry> history = new ArrayList<>();
        AuditScan scan = new AuditScan(ledger, AuditQuery.everything().ofModel(name), head);
        while (!scan.atEnd()) {
            history.addAll(scan.next());
        }
        return compliance.report(head(head), settings.clock().instant(), history);
    }
}
