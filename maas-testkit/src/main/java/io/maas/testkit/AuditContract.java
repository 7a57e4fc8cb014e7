package io.maas.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.maas.Attestations;
import io.maas.Signers;
import io.maas.error.ErrorCode;
import io.maas.model.Manifest;
import io.maas.model.Manifest.Role;
import io.maas.model.ModelName;
import io.maas.model.TrustKey;
import io.maas.repository.AuditEntry;
import io.maas.repository.AuditFormat;
import io.maas.repository.AuditLog;
import io.maas.repository.AuditPage;
import io.maas.repository.AuditQuery;
import io.maas.repository.ChangeOptions;
import io.maas.repository.Commit;
import io.maas.repository.ComplianceReport;
import io.maas.repository.ComplianceReport.LicenseLink;
import io.maas.repository.ComplianceReport.Relation;
import io.maas.repository.ComplianceReport.VersionRecord;
import io.maas.repository.LogHead;
import io.maas.repository.LogVerification;
import io.maas.repository.ModelVersion;
import io.maas.repository.PackageSource;
import io.maas.repository.Policy;
import io.maas.repository.PublishOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the log tells afterwards. */
abstract class AuditContract extends TrafficContract {
    private AuditLog audit() {
        return repository.audit();
    }

    private List<AuditEntry> all(AuditQuery query) {
        return audit().entries(query, 10_000).entries();
    }

    /** Some changes of two models by two actors, an hour apart. Returns the second version of digits. */
    private ModelVersion history() {
        ModelVersion first = register("digits", 1);
        clock.advance(Duration.ofHours(1));
        ModelVersion second = register("digits", 2);
        ModelVersion iris = register("iris", 3);
        clock.advance(Duration.ofHours(1));
        repository.publish(first, PublishOptions.toProduction().actor("grace").reason("first"));
        repository.publish(iris, PublishOptions.toProduction());
        clock.advance(Duration.ofHours(1));
        repository.publish(second, PublishOptions.toProduction().reason("better, on \"7s\"\n=1+1"));
        return second;
    }

    @Test
    void theLogIsAskedByModelActorTimeAndKind() {
        Instant start = clock.instant();
        history();
        assertThat(all(AuditQuery.everything().ofModel(IRIS)))
                .extracting(AuditEntry::kind)
                .containsExactly("register", "attach", "attach", "alias");
        assertThat(all(AuditQuery.everything().by("grace")))
                .extracting(AuditEntry::subject)
                .containsExactly("digits:1", "digits@production");
        assertThat(all(AuditQuery.everything().kinds("alias")))
                .extracting(AuditEntry::subject)
                .containsExactly("digits@production", "iris@production", "digits@production");
        assertThat(all(AuditQuery.everything().kinds("alias").ofModel(DIGITS).by("ada")))
                .extracting(entry -> entry.commit().reason().orElseThrow())
                .containsExactly("better, on \"7s\"\n=1+1");
        Instant second = start.plus(Duration.ofHours(1));
        assertThat(all(AuditQuery.everything().kinds("register").from(second).until(second.plusMillis(1))))
                .extracting(AuditEntry::subject)
                .containsExactly("digits:2", "iris:1");
        assertThat(all(AuditQuery.everything().until(start))).isEmpty();
        assertThat(all(AuditQuery.everything().from(clock.instant().plusMillis(1))))
                .isEmpty();
        assertThat(all(AuditQuery.everything().ofModel(ModelName.of("nobody")))).isEmpty();
        refused(ErrorCode.BAD_SETTING, () -> audit().entries(AuditQuery.everything(), 0));
        refused(ErrorCode.BAD_SETTING, () -> AuditQuery.everything().fromCommit(-1));
    }

    @Test
    void pagesTogetherAreTheWholeLog() {
        history();
        AuditQuery query = AuditQuery.everything().ofModel(DIGITS);
        List<AuditEntry> paged = new ArrayList<>();
        AuditPage page = audit().entries(query, 1);
        paged.addAll(page.entries());
        while (page.next().isPresent()) {
            page = audit().entries(query.fromCommit(page.next().getAsLong()), 1);
            paged.addAll(page.entries());
        }
        assertThat(paged).isEqualTo(all(query)).isNotEmpty();
        assertThat(all(AuditQuery.everything()))
                .isEqualTo(platform()
                        .repository()
                        .audit()
                        .entries(AuditQuery.everything(), 10_000)
                        .entries());
    }

    @Test
    void theLogIsExportedAsJsonLines() throws IOException {
        history();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        long written = audit().export(AuditQuery.everything().kinds("alias"), AuditFormat.JSON_LINES, out);
        String[] lines = out.toString(StandardCharsets.UTF_8).split("\n");
        assertThat(lines).hasSize(3);
        assertThat(written).isEqualTo(3);
        assertThat(lines[2])
                .isEqualTo(("{'commit':" + repository.head() + ",'index':0,'time':'" + clock.instant()
                                + "','actor':'ada','reason':'better, on ''7s''|n=1+1','kind':'alias',"
                                + "'subject':'digits@production','details':{'model':'digits','alias':'production',"
                                + "'move':'publish','version':'2','expect':'1'}}")
                        .replace("''", "\\\"")
                        .replace('\'', '"')
                        .replace("|", "\\"));
        assertThat(lines[1]).doesNotContain("reason");
    }

    @Test
    void theLogIsExportedForSpreadsheetsWhichComputeNothingOfIt() throws IOException {
        ModelVersion version = history();
        repository.deprecate(version, ChangeOptions.because("=HYPERLINK(\"http://evil\")"));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        audit().export(AuditQuery.everything().kinds("alias", "lifecycle").ofModel(DIGITS), AuditFormat.CSV, out);
        assertThat(out.toString(StandardCharsets.UTF_8))
                .startsWith("commit,index,time,actor,reason,kind,subject,details\r\n")
                .contains(",ada,\"better, on \"\"7s\"\"\n=1+1\",alias,digits@production,")
                .contains(",\"'=HYPERLINK(\"\"http://evil\"\")\",lifecycle,digits:2,");
    }

    @Test
    void aSoundLogIsVerified() {
        ModelVersion version = history();
        repository.yank(register("digits", 9), ChangeOptions.defaults());
        repository.governance().approve(version, by("grace"));
        LogVerification verification = audit().verify();
        assertThat(verification.findings()).isEmpty();
        assertThat(verification.isIntact()).isTrue();
        assertThat(verification.firstBadCommit()).isEmpty();
        assertThat(verification.verified()).isEqualTo(audit().head());
        assertThat(verification.verified().commit()).isEqualTo(repository.head());
        assertThat(platform().repository().audit().head()).isEqualTo(audit().head());
    }

    @Test
    void anAttestedHeadIsFoundAgainInALogThatGrew() throws GeneralSecurityException {
        KeyPair auditor = keys();
        List<TrustKey> trusted = List.of(TrustKey.of("auditor", auditor.getPublic()));
        String empty = Attestations.attest(audit().head(), Signers.of(auditor));
        history();
        LogHead then = audit().head();
        String attestation = Attestations.attest(then, Signers.of(auditor));
        register("digits", 7);
        AuditLog elsewhere = platform().repository().audit();
        assertThat(elsewhere.verify(attestation, trusted, clock.instant()).head())
                .isEqualTo(then);
        assertThat(elsewhere.verify(empty, trusted, clock.instant()).head().commit())
                .isEqualTo(-1);
        assertThat(Attestations.read(attestation, trusted, clock.instant())
                        .signedBy()
                        .trusted())
                .isEqualTo(trusted.get(0));
        refused(
                ErrorCode.SIGNER_UNTRUSTED,
                () -> audit().verify(attestation, List.of(TrustKey.of("other", keys().getPublic())), clock.instant()));
        refused(
                ErrorCode.SIGNATURE_MALFORMED,
                () -> audit().verify(attestation.substring(9), trusted, clock.instant()));
    }

    // ---- compliance

    @Test
    void aComplianceReportSaysWhoDidWhatToAModel() throws GeneralSecurityException {
        KeyPair ours = keys();
        TrustKey release = TrustKey.of("release team", ours.getPublic());
        repository.governance().trust(release, ChangeOptions.defaults());
        repository.governance().setPolicy(Policy.open().approvals(1).signedBy(release.id()), ChangeOptions.defaults());
        ModelVersion version = registerSigned(4, ours);
        repository.governance().approve(version, by("grace").reason("looks right"));
        Commit published =
                repository.publish(version, PublishOptions.toProduction().actor("linus"));
        ModelVersion other = register("digits", 5);
        repository.publish(other, PublishOptions.toProduction().force("the other one burns"));
        repository.delete(register("digits", 6), ChangeOptions.because("a mistake"));

        ComplianceReport report = audit().complianceReport(DIGITS);
        assertThat(report.head()).isEqualTo(audit().head());
        assertThat(report.policy().approvals()).isEqualTo(1);
        assertThat(report.versions()).hasSize(3);
        VersionRecord first = report.versions().get(0);
        assertThat(first.version()).isEqualTo(version);
        assertThat(first.signature().signedBy().orElseThrow().trusted()).isEqualTo(release);
        assertThat(first.approvals()).extracting(Commit::actor).containsExactly("grace");
        assertThat(first.publications()).extracting(move -> move.commit()).containsExactly(published);
        assertThat(first.evidence()).hasSize(1);
        assertThat(first.evidence().get(0).passed()).isTrue();
        VersionRecord second = report.versions().get(1);
        assertThat(second.evidence().get(0).forced()).contains("the other one burns");
        assertThat(second.signature().signedBy()).isEmpty();
        assertThat(report.history())
                .extracting(AuditEntry::kind)
                .contains("register", "approve", "alias", "lifecycle")
                .doesNotContain("trust-key");
        assertThat(report.toMarkdown())
                .contains("release team")
                .contains("by grace")
                .contains("looks right")
                .contains("the other one burns")
                .contains("a mistake")
                .contains("deleted");
        refused(ErrorCode.UNKNOWN_MODEL, () -> audit().complianceReport(ModelName.of("nobody")));
    }

    @Test
    void aComplianceReportIsMadeWhateverACardLooksLike() {
        Manifest manifest = Manifest.builder("digits", ScriptedBackend.FORMAT)
                .card("README.md")
                .build();
        repository.register(PackageSource.builder(manifest)
                .file("model.scripted", Role.WEIGHTS, "scale 1".getBytes(StandardCharsets.UTF_8))
                .file("README.md", Role.DOC, "---\nlicense: [mit\n---\n# Digits".getBytes(StandardCharsets.UTF_8))
                .build());
        repository.register(PackageSource.builder(manifest)
                .file("model.scripted", Role.WEIGHTS, "scale 2".getBytes(StandardCharsets.UTF_8))
                .file("README.md", Role.DOC, "# Digits\n## Limits".getBytes(StandardCharsets.UTF_8))
                .build());
        List<VersionRecord> versions = audit().complianceReport(DIGITS).versions();
        assertThat(versions.get(0).card().problem()).isPresent();
        assertThat(versions.get(1).card().sections()).containsExactly("Digits", "Limits");
    }

    @Test
    void aComplianceReportFollowsLicencesToWhatAModelWasMadeFrom() {
        ModelVersion base = register(
                Manifest.builder("base", ScriptedBackend.FORMAT)
                        .license("Apache-2.0")
                        .build(),
                1);
        ModelVersion part = register(
                Manifest.builder("part", ScriptedBackend.FORMAT)
                        .license("MIT")
                        .provenance(made("base:1", "mnist", "ada's cluster"))
                        .build(),
                2);
        register(
                Manifest.builder("digits", ScriptedBackend.FORMAT)
                        .provenance(made("meta-llama/Llama-3", "mnist", "CI, run 7 | <b>"))
                        .dependsOn(new Manifest.Dependency(part.name(), part.digest()))
                        .build(),
                3);
        ComplianceReport report = audit().complianceReport(DIGITS);
        assertThat(report.versions().get(0).licenses())
                .extracting(
                        LicenseLink::subject,
                        LicenseLink::relation,
                        link -> link.spdx().orElse("?"))
                .containsExactly(
                        tuple("digits:1", Relation.OWN, "?"),
                        tuple("meta-llama/Llama-3", Relation.BASE_MODEL, "?"),
                        tuple(part.toString(), Relation.DEPENDENCY, "MIT"),
                        tuple(base.toString(), Relation.BASE_MODEL, "Apache-2.0"));
        assertThat(report.toMarkdown()).contains("Trained by: CI, run 7 \\| \\<b\\>");
        assertThat(report.versions().get(0).provenance().datasets()).containsExactly("mnist");
    }

    private static Manifest.Provenance made(String from, String on, String by) {
        return new Manifest.Provenance(List.of(from), List.of(on), Optional.empty(), Optional.of(by), Optional.empty());
    }
}
