package io.maas.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.Maas;
import io.maas.error.ErrorCode;
import io.maas.model.ModelName;
import io.maas.model.ModelRef;
import io.maas.model.Names;
import io.maas.repository.AliasMove;
import io.maas.repository.ChangeOptions;
import io.maas.repository.Commit;
import io.maas.repository.ModelVersion;
import io.maas.repository.PublishOptions;
import io.maas.repository.Release;
import io.maas.repository.RepositoryView;
import io.maas.repository.RollbackOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Aliases: alone, several at once, back again, and in the past. */
abstract class AliasContract extends RepositoryFixture {
    @Test
    void anAliasFollowsWhatIsPublishedAndRolledBack() {
        ModelVersion one = register("digits", 1);
        ModelVersion two = register("digits", 2);
        publish(one);
        publish(two);
        assertThat(production("digits")).isEqualTo("2");
        repository.rollback("digits");
        assertThat(production("digits")).isEqualTo("1");
        refused(ErrorCode.NOTHING_TO_ROLL_BACK, () -> repository.rollback("digits"));
    }

    @Test
    void onlyOneVersionIsInProductionAtATime() {
        ModelVersion one = register("digits", 1);
        ModelVersion two = register("digits", 2);
        publish(one);
        publish(two);
        assertThat(repository.aliases(DIGITS)).containsOnlyKeys("production").containsValue(two);
    }

    @Test
    void aStalePreconditionIsRefused() {
        ModelVersion one = register("digits", 1);
        ModelVersion two = register("digits", 2);
        publish(one);
        refused(
                        ErrorCode.STALE,
                        () -> repository.publish(
                                two, PublishOptions.toProduction().expecting("2")))
                .hasMessageContaining("it points at 1, expected 2");
        refused(
                ErrorCode.STALE,
                () -> repository.rollback(DIGITS, RollbackOptions.ofProduction().expecting("2")));
    }

    @Test
    void anAliasCanBeTakenAwayAndItsHistoryStays() {
        publish(register("digits", 1));
        repository.unpublish(DIGITS, "production", ChangeOptions.because("not ready"));
        assertThat(repository.aliases(DIGITS)).isEmpty();
        refused(ErrorCode.UNKNOWN_ALIAS, () -> repository.resolve("digits"));
        refused(ErrorCode.UNKNOWN_ALIAS, () -> repository.rollback("digits"));
        refused(ErrorCode.UNKNOWN_ALIAS, () -> repository.unpublish(DIGITS, "production", ChangeOptions.defaults()));
        assertThat(repository.history(DIGITS))
                .extracting(AliasMove::kind)
                .containsExactly(AliasMove.Kind.PUBLISH, AliasMove.Kind.UNPUBLISH);
        publish(register("digits", 2));
        refused(ErrorCode.NOTHING_TO_ROLL_BACK, () -> repository.rollback("digits"));
    }

    @Test
    void aReleaseMovesSeveralAliasesInOneCommitAndBack() {
        publish(register("digits", 1));
        ModelVersion digits = register("digits", 2);
        ModelVersion iris = register("iris", 3);
        Commit live = repository.release(Release.of()
                .publish(digits, "production")
                .publish(digits, "canary")
                .publish(iris, "production")
                .options(ChangeOptions.because("they belong together")));

        assertThat(repository.resolveAll(List.of(ModelRef.parse("digits"), ModelRef.parse("iris"))))
                .containsExactly(digits, iris);
        assertThat(repository.head()).isEqualTo(live.number());
        assertThat(live.reason()).contains("they belong together");

        Commit back = repository.undo(live, ChangeOptions.because("they do not"));
        assertThat(back.number()).isEqualTo(live.number() + 1);
        assertThat(production("digits")).isEqualTo("1");
        assertThat(repository.aliases(DIGITS)).containsOnlyKeys("production");
        assertThat(repository.aliases(IRIS)).isEmpty();
        assertThat(repository.history(DIGITS))
                .extracting(AliasMove::kind)
                .endsWith(AliasMove.Kind.UNPUBLISH, AliasMove.Kind.ROLLBACK);
    }

    @Test
    void ofAReleaseAllIsMadeOrNothing() {
        ModelVersion digits = register("digits", 1);
        ModelVersion iris = register("iris", 1);
        publish(iris);
        refused(
                ErrorCode.NOTHING_TO_ROLL_BACK,
                () -> repository.release(
                        Release.of().publish(digits, "production").rollback(IRIS, "production")));
        refused(
                ErrorCode.STALE,
                () -> repository.release(Release.of()
                        .publish(digits, "production")
                        .and(new Release.Unpublish(IRIS, "production", Optional.of("2")))));
        refused(ErrorCode.BAD_SETTING, () -> repository.release(Release.of()));
        refused(
                ErrorCode.BAD_SETTING,
                () -> Release.of().publish(digits, "production").unpublish(DIGITS, "production"));
        assertThat(repository.aliases(DIGITS)).isEmpty();
    }

    @Test
    void aReleaseIsNotUndoneOverLaterChanges() {
        publish(register("digits", 1));
        Commit live = repository.release(
                Release.of().publish(register("digits", 2), "production").publish(register("iris", 1), "production"));
        publish(register("digits", 3));
        refused(ErrorCode.STALE, () -> repository.undo(live, ChangeOptions.defaults()))
                .hasMessageContaining("digits@production");
        Commit other = repository.governance().hold(IRIS, ChangeOptions.defaults());
        refused(ErrorCode.NOTHING_TO_ROLL_BACK, () -> repository.undo(other, ChangeOptions.defaults()));
        Commit never = new Commit(10_000, 0, Instant.EPOCH, "ada", Optional.empty());
        refused(ErrorCode.UNKNOWN_RECORD, () -> repository.undo(never, ChangeOptions.defaults()));
    }

    @Test
    void aRollbackAndARemovalCanBeUndone() {
        publish(register("digits", 1));
        publish(register("digits", 2));
        Commit rollback = repository.rollback("digits");
        repository.undo(rollback, ChangeOptions.defaults());
        assertThat(production("digits")).isEqualTo("2");
        Commit removal = repository.unpublish(DIGITS, "production", ChangeOptions.defaults());
        repository.undo(removal, ChangeOptions.defaults());
        assertThat(production("digits")).isEqualTo("2");
    }

    @Test
    void theSameTokenReleasesOnce() {
        Release release = Release.of()
                .publish(register("digits", 1), "production")
                .options(ChangeOptions.defaults().token("r-1"));
        Commit first = repository.release(release);
        repository.unpublish(DIGITS, "production", ChangeOptions.defaults());
        assertThat(repository.release(release)).isEqualTo(first);
        assertThat(repository.changeBy("r-1")).contains(first);
        assertThat(repository.changeBy("r-2")).isEmpty();
        assertThat(repository.aliases(DIGITS)).isEmpty();
        ModelVersion iris = register("iris", 1);
        refused(
                ErrorCode.TOKEN_REUSED,
                () -> repository.release(Release.of()
                        .publish(iris, "production")
                        .options(ChangeOptions.defaults().token("r-1"))));
    }

    @Test
    void whatWasLiveAtAnyTimeCanBeAsked() {
        Instant start = clock.instant();
        ModelVersion one = register("digits", 1);
        ModelVersion two = register("digits", 2);
        clock.advance(Duration.ofHours(1));
        publish(one);
        clock.advance(Duration.ofHours(1));
        publish(two);
        clock.advance(Duration.ofHours(1));
        repository.unpublish(DIGITS, Names.PRODUCTION, ChangeOptions.defaults());

        assertThat(repository.productionAt(DIGITS, start)).isEmpty();
        assertThat(repository.productionAt(DIGITS, start.plus(Duration.ofMinutes(59))))
                .isEmpty();
        assertThat(repository.productionAt(DIGITS, start.plus(Duration.ofMinutes(60))))
                .contains(one);
        assertThat(repository.productionAt(DIGITS, start.plus(Duration.ofMinutes(119))))
                .contains(one);
        assertThat(repository.productionAt(DIGITS, start.plus(Duration.ofHours(2))))
                .contains(two);
        assertThat(repository.productionAt(DIGITS, start.plus(Duration.ofHours(9))))
                .isEmpty();
        assertThat(repository.productionAt(IRIS, start)).isEmpty();
    }

    @Test
    void whatWasLiveLongAgoIsReadFromTheLog() {
        Instant start = clock.instant();
        ModelVersion one = register("digits", 1);
        ModelVersion two = register("digits", 2);
        for (int i = 0; i < 70; i++) { // more moves than stay in memory
            clock.set(start.plus(Duration.ofMinutes(1 + i)));
            publish(i % 2 == 0 ? one : two);
        }
        assertThat(repository.productionAt(DIGITS, start)).isEmpty();
        assertThat(repository.productionAt(DIGITS, start.plus(Duration.ofSeconds(61))))
                .contains(one);
        assertThat(repository.productionAt(DIGITS, start.plus(Duration.ofSeconds(121))))
                .contains(two);
        assertThat(repository.productionAt(DIGITS, start.plus(Duration.ofMinutes(70))))
                .contains(two);
    }

    @Test
    void theStateAfterAnyCommitCanBeSeen() {
        ModelVersion one = register("digits", 1);
        Commit published = publish(one);
        ModelVersion two = register("digits", 2);
        publish(two);
        repository.yank(one, ChangeOptions.defaults());

        RepositoryView then = repository.stateAt(published.number());
        assertThat(then.head()).isEqualTo(published.number());
        assertThat(then.resolve("digits")).isEqualTo(one);
        assertThat(then.versions(DIGITS)).containsExactly(one);
        assertThat(then.details(one).manifest())
                .isEqualTo(repository.details(one).manifest());
        assertThat(repository.stateAt(0).aliases(DIGITS)).isEmpty();
        refused(ErrorCode.UNKNOWN_RECORD, () -> repository.stateAt(repository.head() + 1));
        refused(ErrorCode.UNKNOWN_RECORD, () -> repository.stateAt(-1));
    }

    @Test
    void modelsAreListedInPages() {
        for (String name : List.of("d", "a", "c", "b")) {
            register(name, 1);
        }
        List<String> first = repository.models(Optional.empty(), 3).stream()
                .map(Object::toString)
                .toList();
        assertThat(first).containsExactly("a", "b", "c");
        assertThat(repository.models(Optional.of(ModelName.of("c")), 3)).hasToString("[d]");
        refused(ErrorCode.BAD_SETTING, () -> repository.models(Optional.empty(), 0));
    }

    @Test
    void otherHostsSeeAReleaseWholeOrNotAtAll() {
        Maas other = platform();
        ModelVersion digits = register("digits", 1);
        ModelVersion iris = register("iris", 1);
        repository.release(Release.of().publish(digits, "production").publish(iris, "production"));
        assertThat(other.repository().models()).isEmpty();
        other.repository().refresh();
        assertThat(other.repository().resolveAll(List.of(ModelRef.parse("iris"), ModelRef.parse("digits"))))
                .containsExactly(iris, digits);
    }
}
