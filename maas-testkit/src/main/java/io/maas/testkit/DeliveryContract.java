package io.maas.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.maas.Packages;
import io.maas.Signers;
import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.model.Manifest;
import io.maas.model.Manifest.Dependency;
import io.maas.model.ModelName;
import io.maas.repository.AliasMove;
import io.maas.repository.ChangeOptions;
import io.maas.repository.Commit;
import io.maas.repository.GateReport;
import io.maas.repository.Lifecycle;
import io.maas.repository.ModelImportOptions;
import io.maas.repository.ModelRepository;
import io.maas.repository.ModelVersion;
import io.maas.repository.Origin;
import io.maas.repository.PackageSource;
import io.maas.repository.Policy;
import io.maas.repository.PromoteOptions;
import io.maas.repository.PublishOptions;
import io.maas.repository.RegisterOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Versions and models that go into another registry, with what was known of them. */
abstract class DeliveryContract extends TransferContract {
    private static final PromoteOptions PROMOTE = PromoteOptions.defaults();
    private static final ModelImportOptions IMPORT = ModelImportOptions.defaults();

    /** Checks that a call is refused with this code and changes nothing in another registry, nor leaves anything in it. */
    private static MaasException refusedBy(ModelRepository target, ErrorCode code, ThrowingCallable call) {
        long head = target.refresh();
        MaasException error = catchThrowableOfType(MaasException.class, call);
        assertThat(error).as("an error").isNotNull();
        assertThat(error.code()).as(error.getMessage()).isEqualTo(code);
        assertThat(error).hasMessageMatching("(?s)Cannot .+: .+; .+");
        assertThat(target.refresh()).as("the head after a refusal").isEqualTo(head);
        return error;
    }

    // ---- one version

    @Test
    void aPromotedVersionIsTheSameWithItsOrigin() {
        ModelVersion one = repository.register(
                ScriptedBackend.model("digits", "scale 1"),
                RegisterOptions.defaults().actor("grace").reason("first try"));
        repository.governance().approve(one, by("linus").reason("looks fine"));
        Commit live = repository.publish(one, PublishOptions.toProduction().reason("go"));
        GateReport report = repository.evidence(one, "production").orElseThrow();
        publish(register("digits", 2));

        ModelRepository target = on(memory());
        ModelVersion there =
                repository.promote(one, target, PROMOTE.actor("release").reason("to the customer"));
        assertThat(there.version()).isEqualTo("1");
        assertThat(target.accessKeys()).as("who may do what is decided there").isEmpty();
        assertThat(there.digest()).isEqualTo(one.digest());
        assertThat(there.registeredBy()).isEqualTo("release");
        assertThat(target.details(there).probe())
                .isEqualTo(repository.details(one).probe());
        assertThat(target.details(there).approvals()).isEmpty();
        assertThat(target.aliases(DIGITS)).isEmpty();

        Origin origin = target.origin(there).orElseThrow();
        assertThat(origin.version()).isEqualTo(one);
        assertThat(origin.reason()).contains("first try");
        assertThat(origin.approvals()).extracting(Commit::actor).containsExactly("linus");
        assertThat(origin.moves()).extracting(AliasMove::kind).hasSize(2).containsOnly(AliasMove.Kind.PUBLISH);
        assertThat(origin.moves().get(0).commit()).isEqualTo(live);
        assertThat(origin.reports()).containsExactly(Map.entry("production", report));
        assertThat(origin.head()).isEqualTo(repository.head());
        assertThat(origin.earlier()).isEmpty();
        assertThat(repository.origin(one)).isEmpty();
    }

    @Test
    void promotingAgainChangesNothing() {
        ModelVersion one = register("digits", 1);
        ModelRepository target = on(memory());
        ModelVersion there = repository.promote(one, target, PROMOTE.token("t"));
        long head = target.head();
        assertThat(repository.promote(one, target, PROMOTE.token("t"))).isEqualTo(there);
        assertThat(repository.promote(one, target, PROMOTE)).isEqualTo(there);
        assertThat(repository.promote(one, target, PROMOTE.nextLabel())).isEqualTo(there);
        assertThat(target.head()).isEqualTo(head);
        ModelVersion two = register("digits", 2);
        refusedBy(target, ErrorCode.TOKEN_REUSED, () -> repository.promote(two, target, PROMOTE.token("t")));
    }

    @Test
    void aLabelThatOtherContentHasIsNotTaken() {
        ModelVersion one = register("digits", 1);
        ModelRepository target = on(memory());
        target.register(ScriptedBackend.model("digits", "scale 5"));
        refusedBy(target, ErrorCode.DUPLICATE_VERSION, () -> repository.promote(one, target, PROMOTE));
        assertThat(repository.promote(one, target, PROMOTE.nextLabel()).version())
                .isEqualTo("2");
    }

    @Test
    void thePolicyOfTheOtherRegistryDecides() {
        ModelVersion one = register("digits", 1);
        repository.governance().approve(one, by("grace"));
        ModelRepository target = on(memory());
        target.governance().setPolicy(Policy.open().approvals(1), ChangeOptions.defaults());
        PromoteOptions live = PROMOTE.thenPublish(PublishOptions.toProduction());
        MaasException denied = catchThrowableOfType(MaasException.class, () -> repository.promote(one, target, live));
        assertThat(denied.code()).isEqualTo(ErrorCode.POLICY_APPROVALS);
        ModelVersion there = target.resolve("digits:1");
        target.governance().approve(there, by("linus"));
        assertThat(repository.promote(one, target, live)).isEqualTo(there);
        assertThat(target.resolve("digits")).isEqualTo(there);
        assertThat(target.evidence(there, "production")).isPresent();
    }

    @Test
    void whatAVersionNeedsIsThereOrComesAlong() {
        ModelVersion base = register("digits", 1);
        ModelVersion middle = register(dependent("iris", base), 2);
        ModelVersion top = register(dependent("top", middle), 3);
        ModelRepository target = on(memory());
        MaasException missing =
                refusedBy(target, ErrorCode.PACKAGE_REQUIRES, () -> repository.promote(top, target, PROMOTE));
        assertThat(missing).hasMessageContaining("iris@" + middle.digest());
        assertThat(target.models()).isEmpty();

        PromoteOptions all = PROMOTE.withDependencies().token("all");
        ModelVersion there = repository.promote(top, target, all);
        assertThat(target.head()).as("one commit for all").isEqualTo(there.commit());
        assertThat(repository.promote(top, target, all)).isEqualTo(there);
        assertThat(target.models()).hasSize(3);
        assertThat(target.origin(target.resolve("digits:1"))).isPresent();
        assertThat(target.dependents(target.resolve("iris:1"))).containsExactly(there);
        target.publish(there, PublishOptions.toProduction());
    }

    private static Manifest dependent(String name, ModelVersion need) {
        return Manifest.builder(name, ScriptedBackend.FORMAT)
                .dependsOn(new Dependency(need.name(), need.digest()))
                .build();
    }

    @Test
    void whatWasYankedStaysWhereItIs() {
        ModelVersion one = register("digits", 1);
        ModelRepository target = on(memory());
        repository.yank(one, ChangeOptions.because("wrong labels"));
        MaasException here = refusedBy(target, ErrorCode.YANKED, () -> repository.promote(one, target, PROMOTE));
        assertThat(here).hasMessageContaining("wrong labels");
        repository.reinstate(one, ChangeOptions.defaults());
        target.yank(repository.promote(one, target, PROMOTE), ChangeOptions.because("not for us"));
        MaasException there = refusedBy(target, ErrorCode.YANKED, () -> repository.promote(one, target, PROMOTE));
        assertThat(there).hasMessageContaining("not for us");
    }

    @Test
    void anOriginTellsOfTheOneBefore() {
        ModelVersion one = register("digits", 1);
        ModelRepository second = on(memory());
        ModelRepository third = on(memory());
        ModelVersion there = repository.promote(one, second, PROMOTE);
        ModelVersion last = second.promote(there, third, PROMOTE);
        Origin origin = third.origin(last).orElseThrow();
        assertThat(origin.version()).isEqualTo(there);
        assertThat(origin.earlier()).isEqualTo(second.origin(there));
        assertThat(origin.earlier().orElseThrow().version()).isEqualTo(one);
    }

    @Test
    void aSignatureIsPromotedWithItsPackage() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair keys = generator.generateKeyPair();
        Path zip = folder.resolve("signed.zip");
        Packages.signZip(ScriptedBackend.model("digits", "scale 1"), zip, Signers.of(keys));
        ModelVersion signed = repository.register(PackageSource.zip(zip));
        ModelRepository target = on(memory());
        ModelVersion there = repository.promote(signed, target, PROMOTE);
        Path promoted = folder.resolve("promoted.zip");
        target.exportZip(there, promoted);
        assertThat(promoted).hasSameBinaryContentAs(zip);
    }

    @Test
    void nothingIsPromotedIntoWhatCannotBeChanged() {
        ModelVersion one = register("digits", 1);
        ModelRepository target = keep(builder(store).readOnly()).repository();
        refusedBy(target, ErrorCode.READ_ONLY, () -> repository.promote(one, target, PROMOTE));
        refusedBy(target, ErrorCode.READ_ONLY, () -> target.importModel(folder.resolve("none"), IMPORT));
    }

    // ---- one model with its history

    /** Production went 1, 2, 3 (deleted since), 4 (yanked since), 2 with a rollback; canary is at 1. */
    private Path exported() {
        ModelVersion one = repository.register(
                ScriptedBackend.model("digits", "scale 1"),
                RegisterOptions.defaults().version("v1").reason("start"));
        ModelVersion two = register("digits", 2);
        ModelVersion three = register("digits", 3);
        ModelVersion four = register("digits", 4);
        ModelVersion five = register("digits", 5);
        for (ModelVersion version : List.of(one, two, three, four, five)) {
            publish(version);
        }
        register("iris", 1);
        repository.rollback("digits");
        publish(two);
        repository.publish(one, PublishOptions.to("canary").reason("slowly"));
        repository.delete(three, ChangeOptions.because("by mistake"));
        repository.yank(four, ChangeOptions.because("wrong labels"));
        repository.deprecate(one, ChangeOptions.because("old"));
        repository.governance().approve(two, by("grace"));
        Path file = folder.resolve("digits.model");
        repository.exportModel(DIGITS, file);
        return file;
    }

    @Test
    void aModelComesBackFromItsFile() {
        Path file = exported();
        ModelRepository target = on(memory());
        List<ModelVersion> versions = target.importModel(file, IMPORT.actor("restorer"));
        assertThat(target.head()).as("one commit").isZero();
        assertThat(target.models()).containsExactly(DIGITS);
        assertThat(target.versions(DIGITS)).isEqualTo(versions);
        List<ModelVersion> originals = repository.versions(DIGITS);
        assertThat(versions).extracting(ModelVersion::version).containsExactly("v1", "1", "3", "4");
        assertThat(versions).extracting(ModelVersion::digest).isEqualTo(digests(originals));
        assertThat(versions).extracting(ModelVersion::registeredBy).containsOnly("restorer");
        assertThat(target.aliases(DIGITS))
                .as("nothing is published by importing")
                .isEmpty();
        for (int i = 0; i < versions.size(); i++) {
            ModelVersion original = originals.get(i);
            Origin origin = target.origin(versions.get(i)).orElseThrow();
            assertThat(origin.version()).isEqualTo(original);
            assertThat(origin.standing()).isEqualTo(repository.details(original).standing());
            assertThat(origin.approvals())
                    .isEqualTo(repository.details(original).approvals());
            assertThat(target.details(versions.get(i)).standing().lifecycle())
                    .isEqualTo(origin.standing().lifecycle());
        }
        assertThat(target.details(versions.get(2)).standing().lifecycle()).isEqualTo(Lifecycle.YANKED);
        assertThat(target.origin(versions.get(0)).orElseThrow().reason()).contains("start");
    }

    private static List<?> digests(List<ModelVersion> versions) {
        return versions.stream().map(ModelVersion::digest).toList();
    }

    @Test
    void aliasesComeBackWithTheirStacks() {
        Path file = exported();
        ModelRepository target = on(memory());
        target.importModel(file, IMPORT.withAliases());
        assertThat(target.head()).as("one commit").isZero();
        assertThat(labels(target)).isEqualTo(labels(repository)).hasSize(2);
        assertThat(target.evidence(target.resolve("digits"), "production")).isPresent();
        long head = target.head();
        target.importModel(file, IMPORT.withAliases());
        assertThat(target.head()).as("it is so already").isEqualTo(head);
        // what arrived yanked has passed no gate: it is not gone back to, even if it is reinstated
        target.reinstate(target.versions(DIGITS).get(2), ChangeOptions.defaults());
        target.rollback("digits");
        assertThat(labels(target)).containsExactly("canary=v1", "production=v1");
        refusedBy(target, ErrorCode.NOTHING_TO_ROLL_BACK, () -> target.rollback("digits"));
        refusedBy(target, ErrorCode.STALE, () -> target.importModel(file, IMPORT.withAliases()));
    }

    private static List<String> labels(ModelRepository repository) {
        return repository.aliases(DIGITS).entrySet().stream()
                .map(alias -> alias.getKey() + "=" + alias.getValue().version())
                .toList();
    }

    @Test
    void aliasesPassTheGateOrAreForced() {
        Path file = exported();
        ModelRepository target = on(memory());
        target.governance().setPolicy(Policy.open().approvals(1), ChangeOptions.defaults());
        refusedBy(target, ErrorCode.POLICY_APPROVALS, () -> target.importModel(file, IMPORT.withAliases()));
        assertThat(target.models()).isEmpty();
        target.importModel(file, IMPORT.withAliases().force("as it was"));
        assertThat(labels(target)).isEqualTo(labels(repository));
        assertThat(target.evidence(target.resolve("digits"), "production")
                        .orElseThrow()
                        .forced())
                .contains("as it was");
    }

    @Test
    void whatAnAliasMayGoBackToPassesTheGateToo() {
        Path file = exported();
        ModelRepository target = on(memory());
        List<ModelVersion> versions = target.importModel(file, IMPORT);
        ModelVersion one = versions.get(0);
        ModelVersion two = versions.get(1);
        target.governance().setPolicy(Policy.open().approvals(1), ChangeOptions.defaults());
        target.governance().approve(two, by("grace"));
        // canary and the lower end of production
        MaasException below =
                refusedBy(target, ErrorCode.POLICY_APPROVALS, () -> target.importModel(file, IMPORT.withAliases()));
        assertThat(below).hasMessageContaining("publish digits:v1 as production");
        assertThat(target.aliases(DIGITS)).isEmpty();

        target.governance().approve(one, by("grace"));
        target.importModel(file, IMPORT.withAliases());
        assertThat(labels(target)).isEqualTo(labels(repository));
        target.rollback("digits");
        assertThat(target.resolve("digits")).isEqualTo(one);
        for (ModelVersion version : List.of(one, two)) {
            GateReport report = target.evidence(version, "production").orElseThrow();
            assertThat(report.version()).isEqualTo(version);
            assertThat(report.passed()).isTrue();
        }
    }

    @Test
    void importingAgainKeepsWhatIsThere() {
        Path file = exported();
        ModelRepository target = on(memory());
        ModelVersion kept = target.register(
                ScriptedBackend.model("digits", "scale 1"),
                RegisterOptions.defaults().version("ours"));
        List<ModelVersion> versions = target.importModel(file, IMPORT.token("once"));
        assertThat(versions.get(0)).isEqualTo(kept);
        assertThat(target.details(kept).standing().lifecycle()).isEqualTo(Lifecycle.ACTIVE);
        long head = target.head();
        assertThat(target.importModel(file, IMPORT)).isEqualTo(versions);
        assertThat(target.importModel(file, IMPORT.token("once"))).isEqualTo(versions);
        assertThat(repository.importModel(file, IMPORT)).isEqualTo(repository.versions(DIGITS));
        assertThat(target.head()).isEqualTo(head);
    }

    @Test
    void aTakenLabelStopsTheWholeImport() {
        Path file = exported();
        ModelRepository target = on(memory());
        target.register(
                ScriptedBackend.model("digits", "scale 9"),
                RegisterOptions.defaults().version("4"));
        MaasException taken = refusedBy(target, ErrorCode.DUPLICATE_VERSION, () -> target.importModel(file, IMPORT));
        assertThat(taken).hasMessageContaining("digits:4");
        assertThat(target.versions(DIGITS)).hasSize(1);
    }

    @Test
    void theSameStateGivesTheSameFile() throws IOException {
        Path file = exported();
        Path again = folder.resolve("again.model");
        platform().repository().exportModel(DIGITS, again);
        assertThat(again).hasSameBinaryContentAs(file);
        refused(ErrorCode.TARGET_EXISTS, () -> repository.exportModel(DIGITS, file));
        refused(ErrorCode.UNKNOWN_MODEL, () -> repository.exportModel(ModelName.of("none"), folder.resolve("x")));
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(Path::toString)).noneMatch(name -> name.endsWith(".tmp"));
        }
    }
}
