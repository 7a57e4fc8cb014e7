package io.maas.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.Maas;
import io.maas.Packages;
import io.maas.Signers;
import io.maas.error.ErrorCode;
import io.maas.model.Manifest;
import io.maas.model.Manifest.Dependency;
import io.maas.model.Manifest.Role;
import io.maas.model.TrustKey;
import io.maas.repository.ChangeOptions;
import io.maas.repository.Commit;
import io.maas.repository.GateReport;
import io.maas.repository.GateReport.Gate;
import io.maas.repository.GateReport.Outcome;
import io.maas.repository.Governance;
import io.maas.repository.Lifecycle;
import io.maas.repository.ModelRepository;
import io.maas.repository.ModelVersion;
import io.maas.repository.PackageSource;
import io.maas.repository.Policy;
import io.maas.repository.PublishOptions;
import io.maas.repository.RegisterOptions;
import io.maas.repository.Release;
import io.maas.repository.RollbackOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.zip.ZipFile;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Who may do what: holds, lifecycles, approvals, policies and the gate. */
abstract class GovernanceContract extends AliasContract {
    private Governance governance() {
        return repository.governance();
    }

    // ---- holds

    @Test
    void aModelOnHoldChangesOnlyByWhoMay() {
        publish(register("digits", 1));
        publish(register("digits", 2));
        ModelVersion three = register("digits", 3);
        governance().setPolicy(Policy.open().heldBy("grace"), ChangeOptions.defaults());
        governance().hold(DIGITS, by("linus").reason("audit week"));

        List<ThrowingCallable> changes = List.of(
                () -> publish(three),
                () -> repository.rollback("digits"),
                () -> repository.unpublish(DIGITS, "production", ChangeOptions.defaults()),
                () -> repository.release(Release.of().publish(three, "canary")),
                () -> repository.deprecate(three, ChangeOptions.defaults()),
                () -> repository.yank(three, ChangeOptions.defaults()),
                () -> repository.delete(three, ChangeOptions.defaults()),
                () -> governance().unhold(DIGITS, by("ada")),
                // saying so is not enough for who may not, nor being one who may for who does not say so
                () -> repository.publish(three, PublishOptions.toProduction().despiteHold()),
                () -> repository.publish(three, PublishOptions.toProduction().actor("grace")));
        for (ThrowingCallable change : changes) {
            refused(ErrorCode.ON_HOLD, change).hasMessageContaining("linus").hasMessageContaining("audit week");
        }
        assertThat(repository.hold(DIGITS)).map(Commit::actor).contains("linus");

        repository.publish(three, PublishOptions.toProduction().actor("grace").despiteHold());
        repository.rollback(
                DIGITS, RollbackOptions.ofProduction().actor("linus").despiteHold());
        register("digits", 4); // and registering was never in question
        governance().unhold(DIGITS, by("linus"));
        publish(three);
        refused(ErrorCode.STALE, () -> governance().unhold(DIGITS, by("linus")));
    }

    @Test
    void aHoldIsSetOnceAndSurvivesForEveryHost() {
        register("digits", 1);
        Commit held = governance().hold(DIGITS, ChangeOptions.because("freeze"));
        assertThat(governance().hold(DIGITS, by("grace"))).isEqualTo(held);
        assertThat(platform().repository().hold(DIGITS)).contains(held);
        refused(ErrorCode.UNKNOWN_MODEL, () -> governance().hold(IRIS, ChangeOptions.defaults()));
    }

    // ---- lifecycles

    @Test
    void aDeprecatedVersionWorksAndSaysSo() {
        ModelVersion one = register("digits", 1);
        Commit why = repository.deprecate(one, ChangeOptions.because("2 is better"));
        assertThat(repository.details(one).standing().lifecycle()).isEqualTo(Lifecycle.DEPRECATED);
        assertThat(repository.details(one).standing().since()).contains(why);
        publish(one);
        assertThat(production("digits")).isEqualTo("1");
        assertThat(repository.deprecate(one, ChangeOptions.defaults())).isEqualTo(why);
        repository.reinstate(one, ChangeOptions.defaults());
        assertThat(repository.details(one).standing().lifecycle()).isEqualTo(Lifecycle.ACTIVE);
    }

    @Test
    void aYankedVersionIsFoundByItsDigestOnly() {
        ModelVersion one = register("digits", 1);
        repository.yank(one, ChangeOptions.because("wrong labels"));
        refused(ErrorCode.YANKED, () -> repository.resolve("digits:1")).hasMessageContaining("wrong labels");
        refused(ErrorCode.YANKED, () -> publish(one)).hasMessageContaining("wrong labels");
        assertThat(repository.resolve("digits@" + one.digest())).isEqualTo(one);
        refused(ErrorCode.YANKED, () -> register("digits", 1));
        repository.reinstate(one, ChangeOptions.defaults());
        assertThat(repository.resolve("digits:1")).isEqualTo(one);
    }

    @Test
    void whatIsUsedIsNeitherYankedNorDeleted() {
        ModelVersion one = register("digits", 1);
        publish(one);
        repository.publish(one, PublishOptions.to("canary"));
        refused(ErrorCode.IN_USE, () -> repository.yank(one, ChangeOptions.defaults()))
                .hasMessageContaining("digits@canary, digits@production");
        refused(ErrorCode.IN_USE, () -> repository.delete(one, ChangeOptions.defaults()));

        repository.unpublish(DIGITS, "canary", ChangeOptions.defaults());
        repository.unpublish(DIGITS, "production", ChangeOptions.defaults());
        ModelVersion user = register(
                Manifest.builder("iris", ScriptedBackend.FORMAT)
                        .dependsOn(new Dependency(DIGITS, one.digest()))
                        .build(),
                2);
        assertThat(repository.dependents(one)).containsExactly(user);
        refused(ErrorCode.IN_USE, () -> repository.delete(one, ChangeOptions.defaults()))
                .hasMessageContaining("iris:1");
        repository.delete(user, ChangeOptions.defaults());
        repository.delete(one, ChangeOptions.defaults());
    }

    @Test
    void aDeletedVersionLeavesATombstone() {
        ModelVersion one = register("digits", 1);
        ModelVersion two = register("digits", 2);
        repository.delete(one, ChangeOptions.because("trained on the wrong data"));

        assertThat(repository.versions(DIGITS)).containsExactly(two);
        refused(ErrorCode.YANKED, () -> repository.resolve("digits:1"))
                .hasMessageContaining("trained on the wrong data");
        refused(ErrorCode.UNKNOWN_DIGEST, () -> repository.resolve("digits@" + one.digest()));
        refused(ErrorCode.YANKED, () -> publish(one));
        refused(ErrorCode.YANKED, () -> repository.exportZip(one, folder.resolve("one.zip")));
        refused(ErrorCode.STALE, () -> repository.reinstate(one, ChangeOptions.defaults()));
        assertThat(repository.details(one).standing().lifecycle()).isEqualTo(Lifecycle.DELETED);
        assertThat(repository.details(one).manifest().name()).isEqualTo(DIGITS);
        refused(
                ErrorCode.DUPLICATE_VERSION,
                () -> repository.register(
                        ScriptedBackend.model("digits", "scale 9"),
                        RegisterOptions.defaults().version("1")));
        assertThat(register("digits", 1).version()).isEqualTo("3");

        repository.delete(two, ChangeOptions.defaults());
        repository.delete(repository.resolve("digits:3"), ChangeOptions.defaults());
        assertThat(repository.models()).isEmpty();
        refused(ErrorCode.UNKNOWN_MODEL, () -> repository.versions(DIGITS));
    }

    @Test
    void aRollbackPassesOverWhatIsGone() {
        ModelVersion one = register("digits", 1);
        ModelVersion two = register("digits", 2);
        publish(one);
        publish(two);
        publish(register("digits", 3));
        repository.yank(two, ChangeOptions.defaults());
        refused(
                        ErrorCode.NOTHING_TO_ROLL_BACK,
                        () -> repository.rollback(
                                DIGITS, RollbackOptions.ofProduction().toVersion("2")))
                .hasMessageContaining("2 (yanked)");
        repository.rollback("digits");
        assertThat(production("digits")).isEqualTo("1");
    }

    // ---- approvals and policies

    @Test
    void aVersionNeedsTheApprovalsThatThePolicyAsksFor() {
        governance().setPolicy(Policy.open().approvals(2), ChangeOptions.defaults());
        ModelVersion one = register("digits", 1); // by ada
        refused(ErrorCode.OWN_APPROVAL, () -> governance().approve(one, by("ada")));
        refused(ErrorCode.POLICY_APPROVALS, () -> publish(one));
        Commit grace = governance().approve(one, by("grace"));
        assertThat(governance().approve(one, by("grace"))).isEqualTo(grace);
        refused(ErrorCode.POLICY_APPROVALS, () -> publish(one)).hasMessageContaining("[grace]");
        governance().approve(one, by("linus"));
        governance().withdrawApproval(one, by("linus"));
        refused(ErrorCode.POLICY_APPROVALS, () -> publish(one));
        refused(ErrorCode.UNKNOWN_RECORD, () -> governance().withdrawApproval(one, by("linus")));
        governance().approve(one, by("linus"));
        publish(one);
        assertThat(repository.details(one).approvals())
                .extracting(Commit::actor)
                .containsExactly("grace", "linus");
    }

    @Test
    void authorsMayApproveWhereThePolicyLetsThem() {
        governance().setPolicy(Policy.open().approvals(1).authorMayApprove(), ChangeOptions.defaults());
        ModelVersion one = register("digits", 1);
        governance().approve(one, by("ada"));
        publish(one);
        // and no longer counts when the policy changes
        governance().setPolicy(Policy.open().approvals(1).guarding("canary"), ChangeOptions.defaults());
        refused(ErrorCode.POLICY_APPROVALS, () -> repository.publish(one, PublishOptions.to("canary")));
    }

    @Test
    void aPolicyGuardsTheAliasesThatItNames() {
        governance().setPolicy(Policy.open().approvals(1).guarding("production", "canary"), ChangeOptions.defaults());
        ModelVersion one = register("digits", 1);
        repository.publish(one, PublishOptions.to("staging"));
        refused(ErrorCode.POLICY_APPROVALS, () -> repository.publish(one, PublishOptions.to("canary")));
    }

    @Test
    void aModelCanHaveAPolicyOfItsOwn() {
        governance().setPolicy(Policy.open().approvals(1), ChangeOptions.defaults());
        governance().setPolicy(IRIS, Policy.open(), ChangeOptions.defaults());
        publish(register("iris", 1));
        ModelVersion digits = register("digits", 1);
        refused(ErrorCode.POLICY_APPROVALS, () -> publish(digits));
        assertThat(repository.policy(IRIS).approvals()).isZero();
        assertThat(platform().repository().policy(DIGITS).approvals()).isEqualTo(1);
        governance().removePolicy(IRIS, ChangeOptions.defaults());
        ModelVersion iris = register("iris", 2);
        refused(ErrorCode.POLICY_APPROVALS, () -> publish(iris));
        refused(ErrorCode.UNKNOWN_RECORD, () -> governance().removePolicy(IRIS, ChangeOptions.defaults()));
    }

    @Test
    void licencesAndCardsAreHeldAgainstThePolicy() {
        governance()
                .setPolicy(
                        Policy.open().licensedUnder("Apache-2.0").cardWith("Intended use", "Limits"),
                        ChangeOptions.defaults());
        ModelVersion bare = register("digits", 1);
        refused(ErrorCode.POLICY_LICENSE, () -> publish(bare)).hasMessageContaining("nothing stated");
        ModelVersion closed = register(
                Manifest.builder("digits", ScriptedBackend.FORMAT)
                        .license("LicenseRef-ours")
                        .build(),
                2);
        refused(ErrorCode.POLICY_LICENSE, () -> publish(closed)).hasMessageContaining("LicenseRef-ours");

        ModelVersion half = carded("# digits\n\n## Intended use\n\nDigits.\n");
        refused(ErrorCode.POLICY_CARD, () -> publish(half)).hasMessageContaining("[Limits]");
        publish(carded("# digits\n\n## Intended Use\n\nDigits.\n\nLimits\n------\n\nNo letters.\n"));
    }

    private ModelVersion carded(String card) {
        Manifest manifest = Manifest.builder("digits", ScriptedBackend.FORMAT)
                .license("Apache-2.0")
                .card("README.md")
                .build();
        return repository.register(PackageSource.builder(manifest)
                .file("model.scripted", Role.WEIGHTS, "scale 3".getBytes(StandardCharsets.UTF_8))
                .file("README.md", Role.DOC, card.getBytes(StandardCharsets.UTF_8))
                .build());
    }

    // ---- signatures

    @Test
    void aPolicyCanAskForASigner() throws GeneralSecurityException {
        KeyPair ours = keys();
        KeyPair theirs = keys();
        TrustKey release = TrustKey.of("release team", ours.getPublic());
        TrustKey partner = TrustKey.of("partner", theirs.getPublic());
        governance().setPolicy(Policy.open().signedBy(release.id()), ChangeOptions.defaults());

        ModelVersion unsigned = register("digits", 1);
        refused(ErrorCode.POLICY_SIGNER, () -> publish(unsigned));
        ModelVersion signed = registerSigned(2, ours);
        refused(ErrorCode.SIGNER_UNTRUSTED, () -> publish(signed));
        governance().trust(release, ChangeOptions.defaults());
        governance().trust(partner, ChangeOptions.defaults());
        ModelVersion foreign = registerSigned(3, theirs);
        refused(ErrorCode.POLICY_SIGNER, () -> publish(foreign)).hasMessageContaining(partner.id());
        publish(signed);
        assertThat(outcome(repository.evidence(signed, "production").orElseThrow(), Gate.SIGNER))
                .isEqualTo(Outcome.PASSED);

        assertThat(platform().repository().trustedKeys()).containsExactlyInAnyOrder(release, partner);
        refused(ErrorCode.STALE, () -> governance().trust(release, ChangeOptions.defaults()));
        governance().distrust(release.id(), ChangeOptions.defaults());
        refused(ErrorCode.UNKNOWN_RECORD, () -> governance().distrust(release.id(), ChangeOptions.defaults()));
        ModelVersion late = registerSigned(4, ours);
        refused(ErrorCode.SIGNER_UNTRUSTED, () -> publish(late));
    }

    @Test
    void trustThatHasEndedDoesNotCount() throws GeneralSecurityException {
        KeyPair ours = keys();
        TrustKey release = TrustKey.of("release team", ours.getPublic())
                .trustedUntil(clock.instant().plus(Duration.ofDays(1)));
        governance().trust(release, ChangeOptions.defaults());
        governance().setPolicy(Policy.open().signedBy(release.id()), ChangeOptions.defaults());
        ModelVersion first = registerSigned(1, ours);
        ModelVersion second = registerSigned(2, ours);
        publish(first);
        clock.advance(Duration.ofDays(2));
        refused(ErrorCode.SIGNER_UNTRUSTED, () -> publish(second));
    }

    @Test
    void aSignatureOverOtherFilesDoesNotPassWhateverThePolicy() throws GeneralSecurityException {
        KeyPair ours = keys();
        governance().trust(TrustKey.of("release team", ours.getPublic()), ChangeOptions.defaults());
        byte[] other = signature(signedZip(1, ours));
        Manifest manifest = Manifest.builder("digits", ScriptedBackend.FORMAT).build();
        ModelVersion forged = repository.register(PackageSource.builder(manifest)
                .file("model.scripted", Role.WEIGHTS, "scale 2".getBytes(StandardCharsets.UTF_8))
                .file("model.sig", Role.DOC, other)
                .build());
        refused(ErrorCode.SIGNATURE_MISMATCH, () -> publish(forged));
        refused(ErrorCode.SIGNATURE_MISMATCH, () -> repository.publish(forged, PublishOptions.to("staging")));
    }

    static KeyPair keys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    ModelVersion registerSigned(int scale, KeyPair keys) {
        return repository.register(PackageSource.zip(signedZip(scale, keys)));
    }

    private Path signedZip(int scale, KeyPair keys) {
        Path zip = folder.resolve("signed-" + scale + ".zip");
        Packages.signZip(ScriptedBackend.model("digits", "scale " + scale), zip, Signers.of(keys));
        return zip;
    }

    private static byte[] signature(Path zip) {
        try (ZipFile file = new ZipFile(zip.toFile());
                InputStream in = file.getInputStream(file.getEntry("model.sig"))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- the gate

    @Test
    void whatTheGateFoundIsKeptWithTheVersion() {
        ModelVersion one = register("digits", 1);
        ModelVersion two = register("digits", 2);
        publish(one);
        publish(two);
        GateReport report = platform().repository().evidence(two, "production").orElseThrow();
        assertThat(report.version()).isEqualTo(two);
        assertThat(report.replaces()).contains("1");
        assertThat(report.passed()).isTrue();
        assertThat(report.checks()).extracting(GateReport.Check::gate).containsExactly(Gate.values());
        assertThat(report.compatibility()).isPresent();
        assertThat(repository.evidence(two, "canary")).isEmpty();
    }

    @Test
    void lookingDoesNotPublish() {
        governance().setPolicy(Policy.open().approvals(1), ChangeOptions.defaults());
        ModelVersion one = register("digits", 1);
        long head = repository.head();
        GateReport report = repository.check(one, PublishOptions.toProduction());
        assertThat(report.failures()).extracting(GateReport.Check::gate).containsExactly(Gate.APPROVALS);
        assertThat(repository.head()).isEqualTo(head);
        assertThat(repository.aliases(DIGITS)).isEmpty();
        assertThat(repository.evidence(one, "production")).isEmpty();
    }

    @Test
    void whoForcesSaysWhyAndIsRemembered() {
        governance().setPolicy(Policy.open().approvals(1), ChangeOptions.defaults());
        ModelVersion one = register("digits", 1);
        repository.publish(one, PublishOptions.toProduction().force("the old one is down"));
        GateReport report = repository.evidence(one, "production").orElseThrow();
        assertThat(report.forced()).contains("the old one is down");
        assertThat(report.failures()).extracting(GateReport.Check::gate).containsExactly(Gate.APPROVALS);
    }

    @Test
    void aFileThatRottedDoesNotPassTheGate() {
        FaultyStore rotten = new FaultyStore(store);
        ModelVersion one = register("digits", 1);
        Maas other = keep(builder(rotten));
        rotten.flipBits("default/blobs/");
        ModelRepository there = other.repository();
        refused(ErrorCode.CORRUPT_BLOB, () -> there.check(one, PublishOptions.toProduction()));
        rotten.heal();
        there.details(one); // the manifest is known from now on, the weights are not
        rotten.flipBits("default/blobs/");
        GateReport report = there.check(one, PublishOptions.toProduction());
        assertThat(outcome(report, Gate.DIGEST)).isEqualTo(Outcome.FAILED);
        assertThat(outcome(report, Gate.SELF_TEST)).isEqualTo(Outcome.SKIPPED);
        refused(ErrorCode.CORRUPT_BLOB, () -> there.publish(one, PublishOptions.toProduction()));
    }

    private static Outcome outcome(GateReport report, Gate gate) {
        return report.checks().stream()
                .filter(check -> check.gate() == gate)
                .findFirst()
                .orElseThrow()
                .outcome();
    }

    @Test
    void whatAVersionDependsOnHasToBeThere() {
        ModelVersion one = register("digits", 1);
        ModelVersion user = register(
                Manifest.builder("iris", ScriptedBackend.FORMAT)
                        .dependsOn(new Dependency(DIGITS, register("digits", 2).digest()))
                        .build(),
                1);
        publish(user);
        ModelVersion lost = register(
                Manifest.builder("iris", ScriptedBackend.FORMAT)
                        .dependsOn(new Dependency(IRIS, one.digest()))
                        .build(),
                2);
        refused(ErrorCode.PACKAGE_REQUIRES, () -> publish(lost)).hasMessageContaining("iris@" + one.digest());
    }

    // ---- tokens, reading only, other hosts

    @Test
    void everyKindOfChangeCanBeRepeated() {
        ModelVersion one = register("digits", 1);
        ModelVersion two = register("digits", 2);
        ChangeOptions base = ChangeOptions.defaults();
        List<Function<ChangeOptions, Commit>> changes = List.of(
                options -> governance().setPolicy(Policy.open().approvals(0), options),
                options -> governance().hold(DIGITS, options),
                options -> governance().unhold(DIGITS, options),
                options -> governance().approve(one, options.actor("grace")),
                options -> governance().withdrawApproval(one, options.actor("grace")),
                options -> repository.deprecate(two, options),
                options -> repository.yank(two, options),
                options -> repository.reinstate(two, options),
                options -> repository.delete(two, options),
                options ->
                        repository.release(Release.of().publish(one, "canary").options(options)),
                options -> repository.unpublish(DIGITS, "canary", options));
        for (int i = 0; i < changes.size(); i++) {
            ChangeOptions options = base.token("token-" + i);
            Commit first = changes.get(i).apply(options);
            assertThat(changes.get(i).apply(options)).as("change " + i).isEqualTo(first);
            assertThat(repository.head()).as("head after change " + i).isEqualTo(first.number());
            int next = (i + 1) % changes.size();
            refused(ErrorCode.TOKEN_REUSED, () -> changes.get(next).apply(options));
        }
    }

    @Test
    void whoOnlyReadsChangesNothing() {
        ModelVersion one = register("digits", 1);
        ModelRepository reader = keep(builder(store).readOnly()).repository();
        List<Consumer<ModelRepository>> changes = List.of(
                it -> it.publish(one, PublishOptions.toProduction()),
                it -> it.rollback("digits"),
                it -> it.unpublish(DIGITS, "production", ChangeOptions.defaults()),
                it -> it.yank(one, ChangeOptions.defaults()),
                it -> it.delete(one, ChangeOptions.defaults()),
                it -> it.governance().hold(DIGITS, ChangeOptions.defaults()),
                it -> it.governance().approve(one, ChangeOptions.defaults()),
                it -> it.governance().setPolicy(Policy.open(), ChangeOptions.defaults()));
        for (Consumer<ModelRepository> change : changes) {
            refused(ErrorCode.READ_ONLY, () -> change.accept(reader));
        }
        assertThat(reader.check(one, PublishOptions.toProduction()).passed()).isTrue();
    }

    @Test
    void whatABaseSaysIsWhatTheLogSays() {
        ModelVersion one = register("digits", 1);
        governance().setPolicy(Policy.open().approvals(1).cardWith("Limits").keepUnpublished(3), by("grace"));
        governance().setPolicy(IRIS, Policy.open().licensedUnder("MIT").heldBy("x", "y"), by("grace"));
        governance().approve(one, by("grace").reason("looks right"));
        repository.publish(one, PublishOptions.toProduction().force("no card"));
        ModelVersion two = register("digits", 2);
        repository.deprecate(two, ChangeOptions.because("old"));
        governance().hold(DIGITS, by("linus"));
        ModelVersion gone = register("iris", 1);
        repository.delete(gone, ChangeOptions.defaults());
        String fromLog = described(platform().repository(), one, two, gone);
        for (int i = 0; i < 300; i++) { // enough for a segment and a base
            register("filler", i);
        }
        maas.close();
        assertThat(store.list("default/base/", "", 10)).isNotEmpty();
        repository = platform().repository();
        assertThat(described(repository, one, two, gone)).isEqualTo(fromLog);
    }

    private static String described(ModelRepository repository, ModelVersion... versions) {
        StringBuilder text = new StringBuilder();
        for (ModelVersion version : versions) {
            text.append(repository.details(version)).append('\n');
            text.append(repository.evidence(version, "production")).append('\n');
        }
        return text.append(repository.policy())
                .append(repository.policy(IRIS))
                .append(repository.hold(DIGITS))
                .append(repository.history(DIGITS))
                .append(repository.aliases(DIGITS))
                .toString();
    }
}
