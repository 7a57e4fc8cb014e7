package io.maas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.model.Manifest;
import io.maas.model.ModelName;
import io.maas.repository.AliasMove;
import io.maas.repository.AuditEntry;
import io.maas.repository.AuditQuery;
import io.maas.repository.Commit;
import io.maas.repository.ModelDetails.BatchInvariance;
import io.maas.repository.ModelRepository;
import io.maas.repository.ModelVersion;
import io.maas.repository.PackageSource;
import io.maas.repository.PublishOptions;
import io.maas.repository.RegisterOptions;
import io.maas.repository.RollbackOptions;
import io.maas.testkit.ScriptedBackend;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryTest {
    private static final ModelName DIGITS = ModelName.of("digits");

    @TempDir
    Path folder;

    private Platforms platforms;
    private Maas maas;
    private ModelRepository repository;

    @BeforeEach
    void open() {
        platforms = new Platforms(folder);
        maas = platforms.open();
        repository = maas.repository();
    }

    @AfterEach
    void close() {
        maas.close();
        assertThat(platforms.backend.openModels()).isZero();
        assertThat(platforms.backend.misused()).isFalse();
    }

    private ModelVersion register(int scale) {
        return repository.register(ScriptedBackend.model("digits", "scale " + scale));
    }

    private static void refused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(MaasException.class)
                .hasMessageStartingWith("Cannot ")
                .extracting(e -> ((MaasException) e).code())
                .isEqualTo(code);
    }

    @Test
    void versionsAreNumberedInOrder() {
        assertThat(register(1).version()).isEqualTo("1");
        assertThat(register(2).version()).isEqualTo("2");
        assertThat(repository.versions(DIGITS))
                .extracting(ModelVersion::version)
                .containsExactly("1", "2");
        assertThat(repository.models()).containsExactly(DIGITS);
    }

    @Test
    void aVersionKnowsWhoRegisteredItAndInWhichCommit() {
        ModelVersion version = repository.register(
                ScriptedBackend.model("digits", "scale 1"),
                RegisterOptions.defaults().actor("ada").reason("first try"));
        assertThat(version.registeredBy()).isEqualTo("ada");
        assertThat(version.commit()).isZero();
        assertThat(version.size()).isPositive();
        assertThat(version).hasToString("digits:1");
        assertThat(repository.audit().entries(AuditQuery.everything(), 10).entries())
                .extracting(AuditEntry::kind)
                .containsExactly("register", "attach");
        assertThat(repository
                        .audit()
                        .entries(AuditQuery.everything(), 1)
                        .entries()
                        .get(0)
                        .commit()
                        .reason())
                .contains("first try");
    }

    @Test
    void theSameBundleIsNotRegisteredTwice() {
        ModelVersion first = register(1);
        assertThat(register(1)).isEqualTo(first);
        assertThat(repository.head()).isEqualTo(first.commit());
    }

    @Test
    void aLabelCanBeChosenOnce() {
        RegisterOptions asked = RegisterOptions.defaults().version("2026.1");
        repository.register(ScriptedBackend.model("digits", "scale 1"), asked);
        long head = repository.head();
        refused(
                ErrorCode.DUPLICATE_VERSION,
                () -> repository.register(ScriptedBackend.model("digits", "scale 2"), asked));
        refused(
                ErrorCode.DUPLICATE_VERSION,
                () -> repository.register(ScriptedBackend.model("digits", "scale 1"), asked));
        assertThat(repository.head()).isEqualTo(head);
        assertThat(register(3).version()).isEqualTo("1");
    }

    @Test
    void severalPackagesAreRegisteredInOneCommit() {
        List<ModelVersion> versions = repository.registerAll(
                List.of(
                        ScriptedBackend.model("digits", "scale 1"),
                        ScriptedBackend.model("digits", "scale 2"),
                        ScriptedBackend.model("iris", "scale 3")),
                RegisterOptions.defaults());
        assertThat(versions).extracting(ModelVersion::toString).containsExactly("digits:1", "digits:2", "iris:1");
        assertThat(versions).extracting(ModelVersion::commit).containsOnly(0L);
    }

    @Test
    void ofSeveralPackagesNoneIsRegisteredIfOneIsRefused() {
        refused(
                ErrorCode.MODEL_CORRUPT,
                () -> repository.registerAll(
                        List.of(ScriptedBackend.model("digits", "scale 1"), ScriptedBackend.model("iris", "corrupt")),
                        RegisterOptions.defaults()));
        assertThat(repository.models()).isEmpty();
        assertThat(repository.registerAll(List.of(), RegisterOptions.defaults()))
                .isEmpty();
        refused(
                ErrorCode.BAD_SETTING,
                () -> repository.registerAll(
                        List.of(), RegisterOptions.defaults().version("1")));
    }

    @Test
    void aRefusedModelLeavesNothingInTheStore() {
        register(1);
        List<String> before = platforms.store.list("default/", "", 1000);
        refused(ErrorCode.MODEL_CORRUPT, () -> repository.register(ScriptedBackend.model("digits", "corrupt")));
        assertThat(platforms.store.list("default/", "", 1000)).isEqualTo(before);
    }

    @Test
    void whatTheEngineSaidIsKept() {
        ModelVersion version = register(1);
        var probe = repository.details(version).probe().orElseThrow();
        assertThat(probe.engine()).isEqualTo("scripted 1.0");
        assertThat(probe.signature()).hasToString("x FP32[batch] -> y FP32[batch]");
        assertThat(probe.batchInvariance()).isEqualTo(BatchInvariance.INVARIANT);
        ModelVersion variant = repository.register(ScriptedBackend.model("digits", "variant 1"));
        assertThat(repository.details(variant).probe().orElseThrow().batchInvariance())
                .isEqualTo(BatchInvariance.VARIANT);
        ModelVersion sequence = repository.register(ScriptedBackend.model("digits", "sequence 1"));
        assertThat(repository.details(sequence).probe().orElseThrow().batchInvariance())
                .isNotEqualTo(BatchInvariance.INVARIANT);
        ModelVersion failing = repository.register(ScriptedBackend.model("digits", "failing"));
        assertThat(repository.details(failing).probe().orElseThrow().batchInvariance())
                .isEqualTo(BatchInvariance.UNKNOWN);
    }

    @Test
    void publishMovesProductionInOneCommit() {
        ModelVersion one = register(1);
        ModelVersion two = register(2);
        Commit first = repository.publish(one, PublishOptions.toProduction().reason("go"));
        Commit second = repository.publish(two, PublishOptions.toProduction().actor("grace"));
        assertThat(second.number()).isEqualTo(first.number() + 1);
        assertThat(second.actor()).isEqualTo("grace");
        assertThat(first.reason()).contains("go");
        assertThat(repository.resolve("digits")).isEqualTo(two);
    }

    @Test
    void publishingWhatIsPublishedCommitsNothing() {
        ModelVersion one = register(1);
        Commit first = repository.publish(one, PublishOptions.toProduction());
        assertThat(repository.publish(one, PublishOptions.toProduction())).isEqualTo(first);
        assertThat(repository.head()).isEqualTo(first.number());
    }

    @Test
    void everyFormOfReferenceResolves() {
        ModelVersion one = register(1);
        ModelVersion two = register(2);
        repository.publish(one, PublishOptions.toProduction());
        repository.publish(two, PublishOptions.to("staging"));
        assertThat(repository.resolve("digits")).isEqualTo(one);
        assertThat(repository.resolve("digits@production")).isEqualTo(one);
        assertThat(repository.resolve("digits@staging")).isEqualTo(two);
        assertThat(repository.resolve("digits:2")).isEqualTo(two);
        assertThat(repository.resolve("digits@" + two.digest())).isEqualTo(two);
        assertThat(repository.aliases(DIGITS)).containsOnlyKeys("production", "staging");
    }

    @Test
    void whatDoesNotExistIsNotFound() {
        refused(ErrorCode.UNKNOWN_MODEL, () -> repository.resolve("digits"));
        ModelVersion one = register(1);
        refused(ErrorCode.UNKNOWN_MODEL, () -> repository.resolve("iris"));
        refused(ErrorCode.UNKNOWN_ALIAS, () -> repository.resolve("digits"));
        refused(ErrorCode.UNKNOWN_VERSION, () -> repository.resolve("digits:7"));
        refused(ErrorCode.UNKNOWN_DIGEST, () -> repository.resolve("digits@sha256:" + "0".repeat(64)));
        refused(ErrorCode.UNKNOWN_MODEL, () -> repository.versions(ModelName.of("iris")));
        ModelVersion elsewhere =
                new ModelVersion(DIGITS, "9", one.digest(), 1, 0, one.registeredAt(), one.registeredBy());
        refused(ErrorCode.UNKNOWN_VERSION, () -> repository.publish(elsewhere, PublishOptions.toProduction()));
        refused(ErrorCode.UNKNOWN_VERSION, () -> repository.details(elsewhere));
        refused(ErrorCode.UNKNOWN_MODEL, () -> repository.rollback("iris"));
        refused(ErrorCode.UNKNOWN_ALIAS, () -> repository.rollback("digits"));
    }

    @Test
    void rollbackWalksDownThePublishStack() {
        for (int scale = 1; scale <= 3; scale++) {
            repository.publish(register(scale), PublishOptions.toProduction());
        }
        repository.rollback("digits");
        assertThat(repository.resolve("digits").version()).isEqualTo("2");
        repository.rollback("digits");
        assertThat(repository.resolve("digits").version()).isEqualTo("1");
        refused(ErrorCode.NOTHING_TO_ROLL_BACK, () -> repository.rollback("digits"));
        assertThat(repository.resolve("digits").version()).isEqualTo("1");
    }

    @Test
    void rollbackGoesToANamedVersionBelow() {
        for (int scale = 1; scale <= 3; scale++) {
            repository.publish(register(scale), PublishOptions.toProduction());
        }
        register(4);
        refused(
                ErrorCode.NOTHING_TO_ROLL_BACK,
                () -> repository.rollback(DIGITS, RollbackOptions.ofProduction().toVersion("4")));
        refused(
                ErrorCode.UNKNOWN_VERSION,
                () -> repository.rollback(DIGITS, RollbackOptions.ofProduction().toVersion("5")));
        Commit commit = repository.rollback(
                DIGITS,
                RollbackOptions.ofProduction()
                        .toVersion("1")
                        .reason("3 is wrong")
                        .actor("oncall"));
        assertThat(commit.actor()).isEqualTo("oncall");
        assertThat(repository.resolve("digits").version()).isEqualTo("1");
        refused(ErrorCode.NOTHING_TO_ROLL_BACK, () -> repository.rollback("digits"));
    }

    @Test
    void historyTellsEveryMove() {
        repository.publish(register(1), PublishOptions.toProduction());
        repository.publish(register(2), PublishOptions.toProduction());
        repository.rollback("digits");
        assertThat(repository.history(DIGITS))
                .extracting(AliasMove::kind, AliasMove::to)
                .containsExactly(
                        tuple(AliasMove.Kind.PUBLISH, Optional.of("1")),
                        tuple(AliasMove.Kind.PUBLISH, Optional.of("2")),
                        tuple(AliasMove.Kind.ROLLBACK, Optional.of("1")));
        assertThat(repository.history(DIGITS).get(2).from()).contains("2");
    }

    @Test
    void anAliasRemembersAtMost64Moves() {
        ModelVersion one = register(1);
        ModelVersion two = register(2);
        for (int i = 0; i < 50; i++) {
            repository.publish(one, PublishOptions.toProduction());
            repository.publish(two, PublishOptions.toProduction());
        }
        assertThat(repository.history(DIGITS)).hasSize(64);
        assertThat(repository.audit().entries(AuditQuery.everything(), 1000).entries())
                .filteredOn(entry -> entry.kind().equals("alias"))
                .hasSize(100);
        for (int i = 0; i < 63; i++) {
            repository.rollback("digits");
        }
        refused(ErrorCode.NOTHING_TO_ROLL_BACK, () -> repository.rollback("digits"));
    }

    @Test
    void aChangeWithAStalePreconditionIsRefused() {
        ModelVersion one = register(1);
        ModelVersion two = register(2);
        repository.publish(one, PublishOptions.toProduction());
        refused(
                ErrorCode.STALE,
                () -> repository.publish(two, PublishOptions.toProduction().expecting("2")));
        repository.publish(two, PublishOptions.toProduction().expecting("1"));
        refused(
                ErrorCode.STALE,
                () -> repository.rollback(DIGITS, RollbackOptions.ofProduction().expecting("1")));
        refused(
                ErrorCode.STALE,
                () -> repository.publish(two, PublishOptions.to("staging").expecting("1")));
    }

    @Test
    void aRepeatedTokenReturnsTheFirstOutcome() {
        RegisterOptions once = RegisterOptions.defaults().token("t1");
        ModelVersion first = repository.register(ScriptedBackend.model("digits", "scale 1"), once);
        register(2);
        assertThat(repository.register(ScriptedBackend.model("digits", "scale 1"), once))
                .isEqualTo(first);
        PublishOptions publish = PublishOptions.toProduction().token("t2");
        Commit published = repository.publish(first, publish);
        repository.publish(repository.resolve("digits:2"), PublishOptions.toProduction());
        assertThat(repository.publish(first, publish)).isEqualTo(published);
        assertThat(repository.resolve("digits").version()).isEqualTo("2");
        RollbackOptions rollback = RollbackOptions.ofProduction().token("t3");
        Commit rolledBack = repository.rollback(DIGITS, rollback);
        assertThat(repository.rollback(DIGITS, rollback)).isEqualTo(rolledBack);
    }

    @Test
    void aTokenCannotBeReusedForAnotherChange() {
        ModelVersion one = register(1);
        repository.publish(one, PublishOptions.toProduction().token("t"));
        refused(
                ErrorCode.TOKEN_REUSED,
                () -> repository.publish(one, PublishOptions.to("staging").token("t")));
        assertThat(repository.aliases(DIGITS)).containsOnlyKeys("production");
    }

    @Test
    void impossibleNamesAreRefused() {
        for (String name : List.of("", "-a", ".a", "a/b", "a b", "ä", "a".repeat(129), "a\n")) {
            refused(ErrorCode.INVALID_NAME, () -> repository.resolve(name));
        }
        refused(ErrorCode.INVALID_NAME, () -> repository.resolve("digits:"));
        refused(ErrorCode.INVALID_NAME, () -> repository.resolve("digits@"));
        refused(ErrorCode.INVALID_NAME, () -> repository.resolve("digits@sha256:12"));
        refused(ErrorCode.INVALID_NAME, () -> PublishOptions.to("a/b"));
        refused(ErrorCode.INVALID_NAME, () -> RegisterOptions.defaults().version("a/b"));
    }

    @Test
    void whoAndWhyHaveALength() {
        ModelVersion one = register(1);
        refused(
                ErrorCode.BAD_SETTING,
                () -> repository.publish(one, PublishOptions.toProduction().actor(" ")));
        refused(
                ErrorCode.BAD_SETTING,
                () -> repository.publish(one, PublishOptions.toProduction().reason("r".repeat(5000))));
        refused(
                ErrorCode.BAD_SETTING,
                () -> repository.publish(one, PublishOptions.toProduction().token("t".repeat(201))));
        refused(
                ErrorCode.BAD_SETTING,
                () -> repository
                        .audit()
                        .entries(AuditQuery.everything().fromCommit(-1), 10)
                        .entries());
        refused(
                ErrorCode.BAD_SETTING,
                () -> repository.audit().entries(AuditQuery.everything(), 0).entries());
    }

    @Test
    void anExportedPackageIsTheOneThatWasRegistered() throws Exception {
        Manifest manifest = Manifest.builder("digits", ScriptedBackend.FORMAT)
                .license("MIT")
                .build();
        ModelVersion version = repository.register(ScriptedBackend.model(manifest, "scale 4"));
        Path exported = folder.resolve("exported");
        repository.exportDirectory(version, exported);
        assertThat(Files.readString(exported.resolve("model.scripted"))).isEqualTo("scale 4");
        repository.exportZip(version, folder.resolve("one.zip"));
        repository.exportZip(version, folder.resolve("two.zip"));
        assertThat(folder.resolve("one.zip")).hasSameBinaryContentAs(folder.resolve("two.zip"));
        try (Maas other = new Platforms(folder.resolve("other")).open()) {
            assertThat(other.repository()
                            .register(PackageSource.directory(exported))
                            .digest())
                    .isEqualTo(version.digest());
            assertThat(other.repository()
                            .register(PackageSource.zip(folder.resolve("one.zip")))
                            .digest())
                    .isEqualTo(version.digest());
        }
    }

    @Test
    void everythingSurvivesClosingAndOpening() {
        repository.publish(register(1), PublishOptions.toProduction().token("t"));
        repository.publish(register(2), PublishOptions.toProduction());
        maas.close();
        maas = platforms.open();
        repository = maas.repository();
        assertThat(repository.resolve("digits").version()).isEqualTo("2");
        assertThat(repository.history(DIGITS)).hasSize(2);
        Commit repeated = repository.publish(
                repository.resolve("digits:1"), PublishOptions.toProduction().token("t"));
        assertThat(repeated.number()).isEqualTo(1);
        repository.rollback("digits");
        assertThat(repository.resolve("digits").version()).isEqualTo("1");
    }

    @Test
    void aReadOnlyPlatformReadsAndRefusesChanges() {
        ModelVersion one = register(1);
        repository.publish(one, PublishOptions.toProduction());
        maas.close();
        maas = platforms.builder().readOnly().open();
        repository = maas.repository();
        List<String> before = platforms.store.list("default/", "", 1000);
        refused(ErrorCode.READ_ONLY, () -> register(2));
        refused(ErrorCode.READ_ONLY, () -> repository.registerAll(List.of(), RegisterOptions.defaults()));
        refused(ErrorCode.READ_ONLY, () -> repository.publish(one, PublishOptions.to("staging")));
        refused(ErrorCode.READ_ONLY, () -> repository.rollback("digits"));
        assertThat(maas.predictor("digits")
                        .predict(ScriptedBackend.x(2))
                        .get("y")
                        .toFloats())
                .containsExactly(2);
        assertThat(platforms.store.list("default/", "", 1000)).isEqualTo(before);
    }

    @Test
    void severalNamespacesShareAStore() {
        register(1);
        try (Maas other = platforms.builder().namespace("team-b").open()) {
            assertThat(other.repository().models()).isEmpty();
        }
    }
}
