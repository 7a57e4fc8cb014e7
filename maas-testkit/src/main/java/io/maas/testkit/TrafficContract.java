package io.maas.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.Maas;
import io.maas.error.ErrorCode;
import io.maas.model.Manifest;
import io.maas.model.TensorSpec;
import io.maas.repository.AuditQuery;
import io.maas.repository.ChangeOptions;
import io.maas.repository.Commit;
import io.maas.repository.Lifecycle;
import io.maas.repository.ModelRepository;
import io.maas.repository.ModelVersion;
import io.maas.repository.Policy;
import io.maas.repository.PublishOptions;
import io.maas.repository.Release;
import io.maas.repository.RetireOptions;
import io.maas.repository.Traffic;
import io.maas.repository.TrafficOptions;
import io.maas.tensor.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Who answers the calls of an alias: shares, shadows, and what ends them. */
abstract class TrafficContract extends AccessContract {
    private static final Traffic CANARY = Traffic.none().share("1", 95).share("2", 5);
    private static final TrafficOptions LIVE = TrafficOptions.ofProduction();

    private Commit set(Traffic traffic) {
        return repository.setTraffic(DIGITS, traffic, LIVE);
    }

    private Traffic traffic() {
        return repository.traffic(DIGITS, "production");
    }

    /** Publishes version 1, and registers two more. */
    private List<ModelVersion> three() {
        List<ModelVersion> versions = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            versions.add(register("digits", i));
        }
        publish(versions.get(0));
        return versions;
    }

    @Test
    void anAliasIsSharedInOneCommitAndItsVersionStays() {
        List<ModelVersion> versions = three();
        assertThat(traffic()).isEqualTo(Traffic.none());
        long head = repository.head();
        Traffic shared = CANARY.shadow("3", 0.25);
        Commit commit = repository.setTraffic(
                DIGITS, shared, LIVE.expecting("1").actor("grace").reason("try it on some"));

        assertThat(repository.head()).isEqualTo(head + 1).isEqualTo(commit.number());
        assertThat(commit.actor()).isEqualTo("grace");
        assertThat(commit.reason()).contains("try it on some");
        assertThat(traffic()).isEqualTo(shared);
        assertThat(production("digits")).isEqualTo("1");
        assertThat(repository.aliases(DIGITS)).containsOnlyKeys("production");
        for (ModelVersion version : versions) {
            assertThat(repository.details(version).traffic()).containsOnlyKeys("production");
        }
        assertThat(repository.stateAt(head).traffic(DIGITS, "production")).isEqualTo(Traffic.none());
        assertThat(repository.stateAt(commit.number()).traffic(DIGITS, "production"))
                .isEqualTo(shared);
    }

    @Test
    void otherHostsAndThoseThatStartLaterSeeIt() {
        Maas other = platform();
        three();
        set(CANARY.shadow("3", 1));
        other.repository().refresh();
        assertThat(other.repository().traffic(DIGITS, "production")).isEqualTo(CANARY.shadow("3", 1));
        assertThat(platform().repository().traffic(DIGITS, "production")).isEqualTo(CANARY.shadow("3", 1));
    }

    @Test
    void theAuditLogTellsWhoGotWhat() {
        three();
        Commit commit = set(CANARY.shadow("3", 0.5));
        assertThat(repository
                        .audit()
                        .entries(AuditQuery.everything().ofModel(DIGITS).kinds("traffic"), 10)
                        .entries())
                .singleElement()
                .satisfies(entry -> {
                    assertThat(entry.commit()).isEqualTo(commit);
                    assertThat(entry.subject()).isEqualTo("digits@production");
                    assertThat(entry.details()).containsEntry("expect", "1").containsKeys("shares", "shadow");
                });
        assertThat(repository.audit().verify().findings()).isEmpty();
    }

    @Test
    void whatIsSoAlreadyIsNotCommittedAgain() {
        three();
        Commit first = set(CANARY);
        assertThat(set(CANARY)).isEqualTo(first);
        set(Traffic.none());
        long head = repository.head();
        set(Traffic.none());
        assertThat(repository.head()).isEqualTo(head);
    }

    @Test
    void theSameTokenSetsItOnce() {
        three();
        Commit first = repository.setTraffic(DIGITS, CANARY, LIVE.token("t-1"));
        set(Traffic.none());
        assertThat(repository.setTraffic(DIGITS, CANARY, LIVE.token("t-1"))).isEqualTo(first);
        assertThat(traffic()).isEqualTo(Traffic.none());
        refused(ErrorCode.TOKEN_REUSED, () -> repository.setTraffic(DIGITS, Traffic.none(), LIVE.token("t-1")));
    }

    @Test
    void aStalePreconditionIsRefusedForTrafficToo() {
        three();
        refused(ErrorCode.STALE, () -> repository.setTraffic(DIGITS, CANARY, LIVE.expecting("2")))
                .hasMessageContaining("it points at 1, expected 2");
        set(CANARY);
        Traffic more = Traffic.none().share("1", 50).share("2", 50);
        refused(ErrorCode.STALE, () -> repository.setTraffic(DIGITS, more, LIVE.expecting(Traffic.none())));
        repository.setTraffic(DIGITS, more, LIVE.expecting(CANARY));
        assertThat(traffic()).isEqualTo(more);
    }

    @Test
    void trafficThatCannotBeIsRefused() {
        List<ModelVersion> versions = three();
        refused(ErrorCode.UNKNOWN_MODEL, () -> repository.setTraffic(IRIS, CANARY, LIVE));
        refused(ErrorCode.UNKNOWN_ALIAS, () -> repository.setTraffic(DIGITS, CANARY, TrafficOptions.of("canary")));
        refused(ErrorCode.UNKNOWN_ALIAS, () -> repository.traffic(DIGITS, "canary"));
        refused(ErrorCode.UNKNOWN_VERSION, () -> set(CANARY.share("9", 1)));
        refused(ErrorCode.UNKNOWN_VERSION, () -> set(Traffic.none().shadow("9", 1)));
        refused(ErrorCode.STALE, () -> set(Traffic.none().share("2", 1).share("3", 1)))
                .hasMessageContaining("version 1, which it points at, has no share");
        refused(ErrorCode.STALE, () -> set(Traffic.none().shadow("1", 1)));
        repository.yank(versions.get(2), ChangeOptions.because("wrong labels"));
        refused(ErrorCode.YANKED, () -> set(CANARY.share("3", 1))).hasMessageContaining("wrong labels");
        refused(ErrorCode.YANKED, () -> set(Traffic.none().shadow("3", 1)));
        ModelRepository reader = keep(builder(store).readOnly()).repository();
        refused(ErrorCode.READ_ONLY, () -> reader.setTraffic(DIGITS, CANARY, LIVE));
        assertThat(traffic()).isEqualTo(Traffic.none());
    }

    @Test
    void trafficThatMeansNothingCannotBeSaid() {
        Traffic sixteen = Traffic.none();
        for (int i = 1; i <= Traffic.MOST_SHARES; i++) {
            sixteen = sixteen.share(Integer.toString(i), 1);
        }
        Traffic full = sixteen;
        List<ThrowingCallable> nonsense = List.of(
                () -> CANARY.share("3", 0),
                () -> CANARY.share("3", -1),
                () -> CANARY.share("3", Integer.MAX_VALUE),
                () -> CANARY.share("2", 5),
                () -> CANARY.shadow("2", 1),
                () -> full.share("17", 1),
                () -> CANARY.shadow("3", 0),
                () -> CANARY.shadow("3", -0.5),
                () -> CANARY.shadow("3", 1.5),
                () -> CANARY.shadow("3", Double.NaN));
        nonsense.forEach(call -> refused(ErrorCode.BAD_SETTING, call));
        refused(ErrorCode.INVALID_NAME, () -> CANARY.share("a b", 1));
    }

    @Test
    void versionsThatAreNotComparableShareNothing() {
        Manifest space = Manifest.builder("digits", ScriptedBackend.FORMAT)
                .incomparable()
                .build();
        publish(register("digits", 1));
        register(space, 2);
        Traffic shared = Traffic.none().share("1", 1).share("2", 1);
        refused(ErrorCode.NOT_COMPARABLE, () -> set(shared)).hasMessageContaining("digits:2");
        refused(ErrorCode.NOT_COMPARABLE, () -> repository.setTraffic(DIGITS, shared, LIVE.force("I know")));
        set(Traffic.none().shadow("2", 1)); // nobody sees what it answers
        publish(repository.resolve("digits:2"));
        refused(ErrorCode.NOT_COMPARABLE, () -> set(shared)).hasMessageContaining("digits:2");
    }

    @Test
    void versionsThatTakeOrGiveSomethingElseShareNothing() {
        publish(register("digits", 1));
        register(
                Manifest.builder("digits", ScriptedBackend.FORMAT)
                        .input(TensorSpec.of("x", DataType.FP32, 2))
                        .output(TensorSpec.of("y", DataType.FP32, 2))
                        .build(),
                2);
        refused(ErrorCode.NOT_COMPARABLE, () -> set(CANARY)).hasMessageContaining("digits:2");
        refused(ErrorCode.NOT_COMPARABLE, () -> set(Traffic.none().shadow("2", 1)));
    }

    @Test
    void whoGetsAShareNeedsWhatPublishingAsksFor() {
        List<ModelVersion> versions = three();
        repository.governance().setPolicy(Policy.open().approvals(1), ChangeOptions.defaults());
        refused(ErrorCode.POLICY_APPROVALS, () -> set(CANARY)).hasMessageContaining("digits:2");
        repository.setTraffic(DIGITS, CANARY, LIVE.force("the approver is away"));
        assertThat(repository
                        .evidence(versions.get(1), "production")
                        .orElseThrow()
                        .forced())
                .contains("the approver is away");
        set(Traffic.none());
        repository.governance().approve(versions.get(1), by("grace"));
        set(CANARY);
        assertThat(repository
                        .evidence(versions.get(1), "production")
                        .orElseThrow()
                        .passed())
                .isTrue();
    }

    @Test
    void aShadowNeedsNoApprovalsAndASigner() {
        three();
        repository.governance().setPolicy(Policy.open().approvals(1), ChangeOptions.defaults());
        set(Traffic.none().shadow("2", 0.5));
        repository.governance().setPolicy(Policy.open().signedBy("0".repeat(64)), ChangeOptions.defaults());
        refused(ErrorCode.POLICY_SIGNER, () -> set(Traffic.none().shadow("3", 0.5)))
                .hasMessageContaining("the shadow digits:3");
    }

    @Test
    void aShareThatShrinksAsksForNothing() {
        three();
        set(Traffic.none().share("1", 50).share("2", 50));
        repository.governance().setPolicy(Policy.open().approvals(1), ChangeOptions.defaults());
        set(CANARY);
        refused(
                ErrorCode.POLICY_APPROVALS,
                () -> set(Traffic.none().share("1", 90).share("2", 10)));
        set(Traffic.none().share("1", 190).share("2", 10)); // the same twentieth
        set(Traffic.none());
    }

    @Test
    void aHoldHoldsTrafficToo() {
        three();
        repository.governance().hold(DIGITS, by("grace"));
        refused(ErrorCode.ON_HOLD, () -> set(CANARY));
        repository.setTraffic(DIGITS, CANARY, LIVE.actor("grace").despiteHold());
        refused(ErrorCode.ON_HOLD, () -> set(Traffic.none()));
    }

    @Test
    void everyMoveOfTheAliasEndsItsTraffic() {
        List<ModelVersion> versions = three();
        publish(versions.get(2));
        Traffic shared = Traffic.none().share("3", 1).share("2", 1).shadow("1", 1);
        List<Consumer<ModelVersion>> moves = List.of(
                two -> publish(two),
                two -> repository.rollback("digits"),
                two -> repository.undo(publish(two), ChangeOptions.defaults()),
                two -> repository.unpublish(DIGITS, "production", ChangeOptions.defaults()),
                two -> repository.release(Release.of().publish(two, "production")));
        for (Consumer<ModelVersion> move : moves) {
            Commit commit = set(shared);
            refused(ErrorCode.NOTHING_TO_ROLL_BACK, () -> repository.undo(commit, ChangeOptions.defaults()));
            move.accept(versions.get(1));
            publish(versions.get(2)); // does not bring it back
            assertThat(traffic()).isEqualTo(Traffic.none());
        }
        set(shared);
        repository.publish(versions.get(1), PublishOptions.to("staging"));
        publish(versions.get(2)); // it is there already: nothing moves
        assertThat(traffic()).isEqualTo(shared);
    }

    @Test
    void whatCallsMayReachIsNotTakenAway() {
        List<ModelVersion> versions = three();
        set(CANARY.shadow("3", 0.5));
        repository.governance().setPolicy(Policy.open().keepUnpublished(0), ChangeOptions.defaults());
        for (ModelVersion version : versions) {
            refused(ErrorCode.IN_USE, () -> repository.yank(version, ChangeOptions.defaults()))
                    .hasMessageContaining("digits@production");
            refused(ErrorCode.IN_USE, () -> repository.delete(version, ChangeOptions.defaults()));
        }
        assertThat(repository.maintenance().retire(RetireOptions.defaults()).retired())
                .isEmpty();
        set(Traffic.none());
        assertThat(repository.maintenance().retire(RetireOptions.defaults()).retired())
                .containsExactlyInAnyOrder(versions.get(1), versions.get(2));
        assertThat(repository.details(versions.get(1)).standing().lifecycle()).isEqualTo(Lifecycle.DELETED);
    }
}
