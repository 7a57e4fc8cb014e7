package io.maas.store.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.Maas;
import io.maas.MaasBuilder;
import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.model.ModelName;
import io.maas.predict.CallOptions;
import io.maas.predict.Prediction;
import io.maas.predict.Predictor;
import io.maas.repository.AliasMove;
import io.maas.repository.AuditEntry;
import io.maas.repository.AuditQuery;
import io.maas.repository.Commit;
import io.maas.repository.ModelVersion;
import io.maas.repository.PublishOptions;
import io.maas.tensor.Tensors;
import io.maas.testkit.ScriptedBackend;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two processes on one folder, with nothing between them but the store. */
class TwoProcessesTest {
    private static final ModelName DIGITS = ModelName.of("digits");
    private static final int PUBLISHES = 20;
    private static final int CALLERS = 4;
    /** Polls of 20 ms and a load take far less; this is for a machine that does much else. */
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    private final ScriptedBackend backend = new ScriptedBackend();

    /** Version {@code n} answers {@code n x}. */
    @BeforeEach
    void registerThreeVersions() {
        try (Maas maas = builder().open()) {
            for (int scale = 1; scale <= 3; scale++) {
                maas.repository().register(ScriptedBackend.model("digits", "scale " + scale));
            }
            maas.repository().publish(maas.repository().resolve("digits:1"), PublishOptions.toProduction());
        }
    }

    private MaasBuilder builder() {
        return Maas.builder()
                .store(folder.resolve("store"))
                .cache(folder.resolve("cache"))
                .backend(backend)
                .pollInterval(Duration.ofMillis(20));
    }

    private ChildJvm otherProcess() throws IOException, InterruptedException {
        ChildJvm child = new ChildJvm(
                PublishingProcess.class, folder.resolve("errors"), folder.resolve("store"), folder.resolve("cache"));
        try {
            child.await(1, "ready"::equals);
            return child;
        } catch (InterruptedException | RuntimeException | Error e) {
            child.close();
            throw e;
        }
    }

    @ParameterizedTest
    @EnumSource(FileStore.Access.class)
    void aProcessFollowsWhatAnotherPublishesAndNoCallFails(FileStore.Access access) throws Exception {
        MaasBuilder follower = access == FileStore.Access.READ ? builder().readOnly() : builder();
        ExecutorService executor = Executors.newFixedThreadPool(CALLERS);
        AtomicBoolean stop = new AtomicBoolean();
        try (Maas maas = follower.open();
                ChildJvm other = otherProcess()) {
            Predictor<Tensors, Tensors> digits = maas.predictor("digits");
            List<Future<Integer>> callers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                callers.add(executor.submit(() -> callUntil(stop, digits)));
            }
            for (int i = 1; i <= PUBLISHES; i++) {
                String version = i % 2 == 0 ? "1" : "2";
                other.say("publish digits:" + version + " production");
                other.await(i, line -> line.startsWith("done"));
                awaitVersion(digits, version);
            }
            stop.set(true);
            for (Future<Integer> caller : callers) {
                assertThat(caller.get()).isGreaterThan(PUBLISHES);
            }
            assertThat(maas.repository().history(DIGITS)).hasSize(1 + PUBLISHES);
            if (access == FileStore.Access.READ) {
                refusesToPublish(maas);
            }
        } finally {
            stop.set(true);
            executor.shutdownNow();
        }
        assertThat(backend.misused()).isFalse();
        assertThat(backend.openModels()).isZero();
    }

    private static int callUntil(AtomicBoolean stop, Predictor<Tensors, Tensors> digits) {
        int calls = 0;
        while (!stop.get()) {
            answersAsItsVersionDoes(digits);
            calls++;
        }
        return calls;
    }

    /** Returns the version that answered. */
    private static String answersAsItsVersionDoes(Predictor<Tensors, Tensors> digits) {
        Prediction<Tensors> answer = digits.call(ScriptedBackend.x(3), CallOptions.defaults());
        String version = answer.receipt().version();
        assertThat(ScriptedBackend.y(answer.value()))
                .as("version " + version)
                .containsExactly(3 * Float.parseFloat(version));
        return version;
    }

    private static void awaitVersion(Predictor<Tensors, Tensors> digits, String version) {
        long deadline = System.nanoTime() + SOON.toNanos();
        while (!answersAsItsVersionDoes(digits).equals(version)) {
            assertThat(System.nanoTime()).as("time to see version " + version).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static void refusesToPublish(Maas maas) {
        ModelVersion one = maas.repository().resolve("digits:1");
        assertThatThrownBy(() -> maas.repository().publish(one, PublishOptions.to("canary")))
                .isInstanceOfSatisfying(
                        MaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.READ_ONLY));
    }

    @Test
    void whenBothPublishAtOnceEveryPublishIsACommit() throws Exception {
        int each = 100;
        try (Maas maas = builder().open();
                ChildJvm other = otherProcess()) {
            ModelVersion one = maas.repository().resolve("digits:1");
            long before = maas.repository().head();
            Set<Long> numbers = new HashSet<>();
            other.say("each digits:2 theirs-" + " " + each);
            other.await(1, line -> line.startsWith("done"));
            for (int i = 0; i < each; i++) {
                numbers.add(maas.repository()
                        .publish(one, PublishOptions.to("ours-" + i))
                        .number());
            }
            for (int i = 1; i <= each; i++) {
                String done = other.await(i, line -> !line.equals("ready"));
                numbers.add(Long.parseLong(done.substring("done ".length())));
            }
            assertThat(numbers).hasSize(2 * each);
            assertThat(maas.repository().refresh()).isEqualTo(before + 2L * each);
            assertThat(maas.repository().aliases(DIGITS)).hasSize(1 + 2 * each);
            assertThat(maas.repository()
                            .audit()
                            .entries(AuditQuery.everything().fromCommit(before + 1), 4 * each)
                            .entries())
                    .filteredOn(entry -> entry.kind().equals("alias"))
                    .extracting(AuditEntry::subject)
                    .doesNotHaveDuplicates()
                    .hasSize(2 * each);
        }
    }

    @Test
    void ofTwoThatExpectTheSameExactlyOneWins() throws Exception {
        try (Maas maas = builder().open();
                ChildJvm other = otherProcess()) {
            int current = 1;
            for (int i = 1; i <= PUBLISHES; i++) {
                int theirs = current % 3 + 1;
                int ours = theirs % 3 + 1;
                other.say("publish digits:" + theirs + " production " + current);
                boolean won = publishes(maas, ours, current);
                String told = other.await(i, line -> !line.equals("ready"));
                assertThat(told).as("round " + i).startsWith(won ? "refused STALE" : "done");
                current = won ? ours : theirs;
                maas.repository().refresh();
                assertThat(maas.repository().resolve("digits").version()).isEqualTo(Integer.toString(current));
            }
            assertThat(maas.repository().history(DIGITS))
                    .hasSize(1 + PUBLISHES)
                    .extracting(AliasMove::commit)
                    .extracting(Commit::number)
                    .doesNotHaveDuplicates();
        }
    }

    private static boolean publishes(Maas maas, int version, int expected) {
        try {
            maas.repository()
                    .publish(
                            maas.repository().resolve("digits:" + version),
                            PublishOptions.toProduction().expecting(Integer.toString(expected)));
            return true;
        } catch (MaasException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.STALE);
            return false;
        }
    }
}
