package io.maas.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.Maas;
import io.maas.MaasBuilder;
import io.maas.model.Digest;
import io.maas.model.Manifest;
import io.maas.model.Manifest.Dependency;
import io.maas.model.ModelName;
import io.maas.repository.ChangeOptions;
import io.maas.repository.Commit;
import io.maas.repository.Lifecycle;
import io.maas.repository.Maintenance;
import io.maas.repository.ModelVersion;
import io.maas.repository.Policy;
import io.maas.repository.PublishOptions;
import io.maas.repository.RegisterOptions;
import io.maas.repository.RetentionReport;
import io.maas.repository.RetireOptions;
import io.maas.spi.ObjectStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Which versions go by themselves, and which never do. */
abstract class RetentionContract extends RepositoryFixture {
    private static final RetireOptions RETIRE = RetireOptions.defaults();

    /** The server's clock is that of the test, whatever the server. */
    @Override
    MaasBuilder builder(ObjectStore on) {
        return super.builder(on instanceof HookedStore ? on : hooked(on));
    }

    HookedStore hooked() {
        return hooked(store);
    }

    private HookedStore hooked(ObjectStore on) {
        return new HookedStore(on, () -> Optional.of(clock.instant()));
    }

    Maas platformOn(ObjectStore hooked) {
        return keep(builder(hooked));
    }

    Maintenance maintenance() {
        return repository.maintenance();
    }

    /** What is in the store, by digests. The hint is left out: a platform writes it when it has nothing else to do. */
    Map<String, Digest> contents() {
        Map<String, Digest> contents = new TreeMap<>();
        for (String key : store.list("default/", "", 10_000)) {
            if (!key.startsWith("default/hint/")) {
                contents.put(key, Digest.of(store.get(key).orElseThrow(() -> new AssertionError(key + " is gone"))));
            }
        }
        return contents;
    }

    private void keep(int versions) {
        repository.governance().setPolicy(Policy.open().keepUnpublished(versions), ChangeOptions.defaults());
    }

    private List<ModelVersion> registered(String name, int count) {
        List<ModelVersion> versions = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            versions.add(register(name, i));
        }
        return versions;
    }

    private List<String> versions(ModelName name) {
        return repository.versions(name).stream().map(ModelVersion::version).toList();
    }

    @Test
    void nothingIsRetiredUnlessAPolicySaysSo() {
        registered("digits", 5);
        assertThat(maintenance().retire(RETIRE).retired()).isEmpty();
        repository.governance().setPolicy(IRIS, Policy.open().keepUnpublished(0), ChangeOptions.defaults());
        assertThat(maintenance().retire(RETIRE).retired()).isEmpty();
        assertThat(versions(DIGITS)).hasSize(5);
    }

    @Test
    void theNewestStayAndWhatAnAliasPointsAtOrMayGoBackTo() {
        List<ModelVersion> all = registered("digits", 7);
        publish(all.get(0));
        publish(all.get(2)); // 1 is below on the stack
        repository.publish(all.get(3), PublishOptions.to("canary"));
        keep(2);

        RetentionReport report = maintenance().retire(RETIRE.actor("night").reason("nightly run"));

        assertThat(report.retired()).containsExactlyInAnyOrder(all.get(1), all.get(4));
        assertThat(versions(DIGITS)).containsExactly("1", "3", "4", "6", "7");
        assertThat(report.commits()).hasSize(1);
        Commit commit = report.commits().get(0);
        assertThat(commit.actor()).isEqualTo("night");
        assertThat(commit.reason()).contains("nightly run (the policy keeps 2 unpublished)");
        assertThat(repository.details(all.get(1)).standing().lifecycle()).isEqualTo(Lifecycle.DELETED);
        assertThat(repository.details(all.get(1)).standing().since()).contains(commit);
        repository.rollback("digits");
        assertThat(production("digits")).isEqualTo("1");
        assertThat(maintenance().retire(RETIRE).retired())
                .as("what was rolled back, and is older than the two that are kept")
                .containsExactly(all.get(2));
    }

    @Test
    void whatNoAliasNeedsAnyMoreCountsAsUnpublished() {
        List<ModelVersion> all = registered("digits", 3);
        publish(all.get(0));
        repository.unpublish(DIGITS, "production", ChangeOptions.defaults());
        repository.yank(all.get(1), ChangeOptions.defaults());
        keep(1);
        assertThat(maintenance().retire(RETIRE).retired()).containsExactlyInAnyOrder(all.get(0), all.get(1));
        assertThat(versions(DIGITS)).containsExactly("3");
    }

    @Test
    void whatAnotherVersionDependsOnStaysUntilThatIsGone() {
        List<ModelVersion> all = registered("digits", 2);
        ModelVersion user = register(
                Manifest.builder("iris", ScriptedBackend.FORMAT)
                        .dependsOn(new Dependency(DIGITS, all.get(0).digest()))
                        .build(),
                1);
        keep(0);
        assertThat(maintenance().retire(RETIRE.dryRun()).retired()).containsExactly(all.get(1), user);
        assertThat(maintenance().retire(RETIRE).retired()).containsExactly(all.get(1), user);
        assertThat(maintenance().retire(RETIRE).retired()).containsExactly(all.get(0));
        assertThat(repository.models()).isEmpty();
    }

    @Test
    void ofTwoVersionsOfOneBundleThatIsNeededOneStays() {
        ModelVersion one = repository.register(
                ScriptedBackend.model("digits", "scale 1"),
                RegisterOptions.defaults().version("a"));
        ModelVersion same = repository.register(
                ScriptedBackend.model("digits", "scale 1"),
                RegisterOptions.defaults().version("b"));
        repository.governance().setPolicy(DIGITS, Policy.open().keepUnpublished(0), ChangeOptions.defaults());
        register(
                Manifest.builder("iris", ScriptedBackend.FORMAT)
                        .dependsOn(new Dependency(DIGITS, one.digest()))
                        .build(),
                1);
        assertThat(maintenance().retire(RETIRE.dryRun()).retired()).containsExactly(same);
        assertThat(maintenance().retire(RETIRE).retired()).containsExactly(same);
        assertThat(maintenance().retire(RETIRE).retired()).isEmpty();
        assertThat(versions(DIGITS)).containsExactly("a");
    }

    @Test
    void modelsOnHoldStayAsTheyAreAndAreNamed() {
        registered("digits", 3);
        List<ModelVersion> iris = registered("iris", 2);
        keep(1);
        Commit hold = repository.governance().hold(DIGITS, ChangeOptions.because("audit"));
        for (RetireOptions options : List.of(RETIRE.dryRun(), RETIRE)) {
            RetentionReport report = maintenance().retire(options);
            assertThat(report.held()).containsExactly(Map.entry(DIGITS, hold));
            assertThat(report.retired()).containsExactly(iris.get(0));
        }
        assertThat(versions(DIGITS)).hasSize(3);
        assertThat(maintenance().retire(RETIRE).held())
                .as("also when there is nothing else")
                .containsKey(DIGITS);
    }

    @Test
    void aHoldThatIsPutRightBeforeTheCommitCounts() {
        registered("digits", 3);
        keep(1);
        HookedStore hooked = hooked();
        Maintenance there = platformOn(hooked).repository().maintenance();
        hooked.before("/log/", () -> repository.governance().hold(DIGITS, ChangeOptions.defaults()));
        RetentionReport report = there.retire(RETIRE);
        assertThat(report.retired()).isEmpty();
        assertThat(report.held()).containsOnlyKeys(DIGITS);
    }

    @Test
    void aVersionThatIsPublishedRightBeforeTheCommitStays() {
        List<ModelVersion> all = registered("digits", 3);
        keep(1);
        HookedStore hooked = hooked();
        Maintenance there = platformOn(hooked).repository().maintenance();
        hooked.before("/log/", () -> publish(all.get(0)));

        assertThat(there.retire(RETIRE).retired()).containsExactly(all.get(1));

        repository.refresh();
        assertThat(production("digits")).isEqualTo("1");
        assertThat(versions(DIGITS)).containsExactly("1", "3");
    }

    @Test
    void aRuleThatIsChangedRightBeforeTheCommitWaitsForTheNextRun() {
        registered("digits", 3);
        keep(1);
        HookedStore hooked = hooked();
        Maintenance there = platformOn(hooked).repository().maintenance();
        hooked.before("/log/", () -> keep(2));
        assertThat(there.retire(RETIRE).retired()).isEmpty();
        assertThat(there.retire(RETIRE).retired()).hasSize(1);
    }
}
