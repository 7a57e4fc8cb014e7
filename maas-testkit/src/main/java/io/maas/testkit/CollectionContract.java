package io.maas.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.maas.Maas;
import io.maas.model.Digest;
import io.maas.repository.ChangeOptions;
import io.maas.repository.CollectOptions;
import io.maas.repository.CollectionReport;
import io.maas.repository.Commit;
import io.maas.repository.ModelRepository;
import io.maas.repository.ModelVersion;
import io.maas.repository.RegisterOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes garbage, and when it is gone. */
abstract class CollectionContract extends RetentionContract {
    static final CollectOptions COLLECT = CollectOptions.defaults();
    /** For tests of races: nothing is given any time. */
    static final CollectOptions AT_ONCE = COLLECT.waiting(Duration.ZERO).grace(Duration.ZERO);

    static final Duration DAY = Duration.ofHours(24);
    private int exports;

    List<String> blobs() {
        return store.list("default/blobs/", "", 10_000).stream()
                .map(key -> key.substring("default/".length()))
                .toList();
    }

    /** Puts an object there as an upload does whose process dies before it commits. */
    String orphan(String text, long head) {
        Digest digest = Digest.of(text.getBytes(StandardCharsets.UTF_8));
        String key =
                "blobs/sha256/" + digest.hex().substring(0, 2) + "/" + digest.hex() + "." + head + "-00112233445566ff";
        assertThat(store.createIfAbsent("default/" + key, Contents.of(text))).isTrue();
        return key;
    }

    /** Reads a version's files from the store, checked against their digests. */
    void assertReadable(ModelRepository from, ModelVersion version) {
        exports++;
        Path target = folder.resolve("export-" + exports);
        assertThatCode(() -> from.exportDirectory(version, target))
                .as(version.toString())
                .doesNotThrowAnyException();
        assertThat(Files.exists(target.resolve("model.scripted"))).isTrue();
    }

    private String weights(ModelVersion version, int scale) {
        String hex =
                Digest.of(("scale " + scale).getBytes(StandardCharsets.UTF_8)).hex();
        return blobs().stream()
                .filter(key -> key.contains(hex))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no file of " + version));
    }

    @Test
    void filesOfADeletedVersionGoWhenTheyHaveWaited() {
        ModelVersion one = register("digits", 1);
        ModelVersion two = register("digits", 2);
        String weights = weights(one, 1);
        repository.delete(one, ChangeOptions.defaults());

        CollectionReport first = maintenance().collect(COLLECT.actor("night").reason("nightly run"));
        assertThat(first.condemned()).containsExactly(weights);
        assertThat(first.deleted()).isEmpty();
        assertThat(first.commits()).extracting(Commit::actor).containsExactly("night");
        assertThat(first.commits().get(0).reason()).contains("nightly run");

        clock.advance(DAY.minusSeconds(1));
        CollectionReport early = maintenance().collect(COLLECT);
        assertThat(early.deleted()).isEmpty();
        assertThat(early.waiting()).isEqualTo(1);
        assertThat(early.commits()).isEmpty();
        assertThat(blobs()).contains(weights);

        clock.advance(Duration.ofSeconds(1));
        CollectionReport last = maintenance().collect(COLLECT);
        assertThat(last.deleted()).containsExactly(weights);
        assertThat(last.waiting()).isZero();
        assertThat(last.commits()).hasSize(1);
        assertThat(blobs()).doesNotContain(weights);

        Maas fresh = platform();
        assertReadable(fresh.repository(), two);
        assertThat(fresh.repository().details(one).manifest().name()).isEqualTo(DIGITS);
        CollectionReport nothing = fresh.repository().maintenance().collect(COLLECT);
        assertThat(nothing.deleted()).isEmpty();
        assertThat(nothing.condemned()).isEmpty();
        assertThat(nothing.commits()).isEmpty();
    }

    @Test
    void bytesOfSeveralVersionsStayWhileOneOfThemLives() {
        ModelVersion digits = register("digits", 1);
        ModelVersion iris = register("iris", 1);
        repository.delete(digits, ChangeOptions.defaults());
        assertThat(maintenance().collect(AT_ONCE).condemned()).isEmpty();
        assertThat(maintenance().collect(AT_ONCE).deleted()).isEmpty();
        assertReadable(platform().repository(), iris);

        repository.delete(iris, ChangeOptions.defaults());
        assertThat(maintenance().collect(AT_ONCE).condemned()).hasSize(1);
        assertThat(maintenance().collect(AT_ONCE).deleted()).hasSize(1);
    }

    @Test
    void whatAYankedOrPublishedVersionHasStays() {
        ModelVersion one = register("digits", 1);
        ModelVersion two = register("digits", 2);
        publish(two);
        repository.yank(one, ChangeOptions.defaults());
        clock.advance(DAY.multipliedBy(30));
        maintenance().collect(AT_ONCE);
        assertThat(maintenance().collect(AT_ONCE).deleted()).isEmpty();
        assertReadable(platform().repository(), one);
        assertReadable(platform().repository(), two);
    }

    @Test
    void evidenceThatALaterPublishReplacedStays() {
        ModelVersion one = register("digits", 1);
        ModelVersion two = register("digits", 2);
        Commit first = publish(one);
        publish(two);
        publish(one);
        clock.advance(DAY.multipliedBy(2));
        publish(two);
        maintenance().collect(AT_ONCE);
        maintenance().collect(AT_ONCE);
        ModelRepository there = platform().repository();
        assertThat(there.stateAt(first.number())
                        .evidence(one, "production")
                        .orElseThrow()
                        .replaces())
                .isEmpty();
        assertThat(there.evidence(one, "production").orElseThrow().replaces()).contains("2");
    }

    @Test
    void anUploadIsAbandonedWhenACommitAfterItsBeginningIsOldEnough() {
        register("digits", 1); // commit 0
        String orphan = orphan("killed", 0);
        clock.advance(DAY.multipliedBy(9));
        assertThat(maintenance().collect(COLLECT).young())
                .as("nothing was committed since")
                .isEqualTo(1);

        register("digits", 2); // commit 1: the upload began before it
        clock.advance(DAY.minusSeconds(1));
        CollectionReport early = maintenance().collect(COLLECT);
        assertThat(early.young()).isEqualTo(1);
        assertThat(early.condemned()).isEmpty();

        clock.advance(Duration.ofSeconds(1));
        CollectionReport report = maintenance().collect(COLLECT);
        assertThat(report.condemned()).containsExactly(orphan);
        assertThat(report.young()).isZero();
        clock.advance(DAY);
        assertThat(maintenance().collect(COLLECT).deleted()).containsExactly(orphan);
        assertThat(blobs()).doesNotContain(orphan);
    }

    @Test
    void keysThatAreNoFilesAreLeftAloneAndReported() {
        register("digits", 1);
        for (String key : List.of("blobs/notes", "blobs/sha256/ab/cd", "blobs/sha1/ab/cd.0-00112233445566ff")) {
            store.createIfAbsent("default/" + key, Contents.of("x"));
        }
        CollectionReport report = maintenance().collect(AT_ONCE);
        assertThat(report.strange())
                .containsExactlyInAnyOrder("blobs/notes", "blobs/sha256/ab/cd", "blobs/sha1/ab/cd.0-00112233445566ff");
        maintenance().collect(AT_ONCE);
        assertThat(blobs()).containsAll(report.strange());
    }

    // ---- races with registering

    @Test
    void filesThatAreCondemnedBeforeTheyAreCommittedAreStoredAgain() {
        raceWith(() -> {});
    }

    @Test
    void filesThatAreDeletedAndForgottenBeforeTheyAreCommittedAreStoredAgain() {
        raceWith(() -> {
            CollectionReport report = maintenance().collect(AT_ONCE);
            assertThat(report.deleted()).isNotEmpty();
            assertThat(report.commits()).isNotEmpty();
        });
    }

    private void raceWith(Runnable more) {
        register("digits", 1);
        HookedStore hooked = hooked();
        ModelRepository slow = platformOn(hooked).repository();
        hooked.before("/log/", () -> {
            register("digits", 3); // so that the upload counts as abandoned
            assertThat(maintenance().collect(AT_ONCE).condemned()).isNotEmpty();
            more.run();
        });

        ModelVersion two = slow.register(ScriptedBackend.model("digits", "scale 2"));

        maintenance().collect(AT_ONCE);
        maintenance().collect(AT_ONCE);
        assertReadable(platform().repository(), two);
    }

    @Test
    void filesThatAreCollectedWhileTheyAreBeingLookedAtAreStoredAgain() {
        ModelVersion one = register("digits", 1);
        ModelRepository behind = platform().repository(); // it knows where the bytes lie, and not what comes now
        repository.delete(one, ChangeOptions.defaults());
        maintenance().collect(AT_ONCE);
        assertThat(maintenance().collect(AT_ONCE).deleted()).hasSize(1);

        ModelVersion again = behind.register(ScriptedBackend.model("iris", "scale 1"));

        assertReadable(platform().repository(), again);
    }

    @Test
    void filesThatAVersionComesToNeedRightBeforeTheyAreCondemnedStay() {
        repository.delete(register("digits", 1), ChangeOptions.defaults());
        HookedStore hooked = hooked();
        ModelRepository there = platformOn(hooked).repository();
        List<ModelVersion> again = new ArrayList<>();
        hooked.before("/log/", () -> again.add(register("iris", 1)));
        assertThat(there.maintenance().collect(AT_ONCE).condemned()).isEmpty();
        assertThat(there.maintenance().collect(AT_ONCE).deleted()).isEmpty();
        assertReadable(platform().repository(), again.get(0));
    }

    @Test
    void aBundleThatIsRegisteredAgainKeepsItsFilesOrGetsNewOnes() {
        ModelVersion one = register("digits", 1);
        repository.delete(one, ChangeOptions.defaults());
        ModelVersion again = register("digits", 1); // before it was condemned: the same file
        assertThat(maintenance().collect(AT_ONCE).condemned()).isEmpty();

        repository.delete(again, ChangeOptions.defaults());
        assertThat(maintenance().collect(AT_ONCE).condemned()).hasSize(1);
        ModelVersion third = register("digits", 1); // after it was: another
        assertThat(maintenance().collect(AT_ONCE).deleted()).hasSize(1);
        assertReadable(platform().repository(), third);
    }

    @Test
    void bytesThatWereStoredTwiceCanBeUsedAgainWhicheverVersionHasThem() {
        ModelRepository behind = platform().repository();
        register("digits", 1);
        behind.register(ScriptedBackend.model("iris", "scale 1")); // did not see that the bytes were there
        assertThat(blobs().stream().filter(key -> key.contains(weightsHex(1)))).hasSize(2);
        repository.refresh();
        repository.delete(register("digits", 2), ChangeOptions.defaults());
        maintenance().collect(AT_ONCE);
        assertThat(maintenance().collect(AT_ONCE).commits())
                .as("older uploads are not remembered")
                .hasSize(1);

        ModelVersion other = behind.register(
                ScriptedBackend.model("iris", "scale 1"),
                RegisterOptions.defaults().version("other"));
        assertReadable(platform().repository(), other);
    }

    static String weightsHex(int scale) {
        return Digest.of(("scale " + scale).getBytes(StandardCharsets.UTF_8)).hex();
    }
}
