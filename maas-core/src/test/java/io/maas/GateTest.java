package io.maas;

import static io.maas.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.maas.error.ErrorCode;
import io.maas.internal.store.MemoryStore;
import io.maas.model.Manifest;
import io.maas.model.Manifest.SelfTest;
import io.maas.predict.Predictor;
import io.maas.repository.ChangeOptions;
import io.maas.repository.Commit;
import io.maas.repository.GateReport;
import io.maas.repository.GateReport.Gate;
import io.maas.repository.ModelRepository;
import io.maas.repository.ModelVersion;
import io.maas.repository.Policy;
import io.maas.repository.PublishOptions;
import io.maas.spi.ObjectStore;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import io.maas.testkit.ForwardingStore;
import io.maas.testkit.ScriptedBackend;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the gate, the engine and the commit go together. */
class GateTest {
    @TempDir
    Path folder;

    private final ObjectStore memory = new MemoryStore();
    /** What others do right before the next blobs are stored, one for each. */
    private final Deque<Runnable> meanwhile = new ArrayDeque<>();

    private Platforms platforms;
    private Maas maas;
    private Maas other;
    private ModelRepository repository;

    @BeforeEach
    void open() {
        platforms = new Platforms(folder, memory);
        other = platforms.open();
        maas = platforms
                .builderOn(new ForwardingStore(memory) {
                    @Override
                    public boolean createIfAbsent(String key, Source content) {
                        if (key.contains("/blobs/") && !meanwhile.isEmpty()) {
                            meanwhile.remove().run();
                        }
                        return super.createIfAbsent(key, content);
                    }
                })
                .open();
        repository = maas.repository();
    }

    @AfterEach
    void close() {
        maas.close();
        other.close();
        assertThat(platforms.backend.openModels()).isZero();
    }

    private ModelVersion register(int scale) {
        return repository.register(ScriptedBackend.model("digits", "scale " + scale));
    }

    private List<String> blobs() {
        return memory.list("default/blobs/", "", 1000);
    }

    @Test
    void aPolicyThatChangesWhileTheGateLooksIsMet() {
        ModelVersion one = register(1);
        List<String> before = blobs();
        meanwhile.add(
                () -> other.repository().governance().setPolicy(Policy.open().approvals(1), ChangeOptions.defaults()));
        assertRefused(ErrorCode.POLICY_APPROVALS, () -> repository.publish(one, PublishOptions.toProduction()));
        assertThat(meanwhile).isEmpty();
        assertThat(repository.aliases(one.name())).isEmpty();
        assertThat(blobs()).as("what the gate left").isEqualTo(before);
    }

    @Test
    void theReportTellsOfTheVersionThatIsReallyReplaced() {
        ModelVersion one = register(1);
        ModelVersion two = register(2);
        ModelVersion three = register(3);
        repository.publish(one, PublishOptions.toProduction());
        other.repository().refresh();
        meanwhile.add(() -> other.repository().publish(two, PublishOptions.toProduction()));
        repository.publish(three, PublishOptions.toProduction());
        assertThat(repository.evidence(three, "production").orElseThrow().replaces())
                .contains("2");
    }

    @Test
    void aModelIsLoadedOnceForTheGateAndItsCallers() {
        repository.publish(register(1), PublishOptions.toProduction());
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        ModelVersion two = register(2);
        int loads = platforms.backend.loads();
        maas.awaitServing(repository.publish(two, PublishOptions.toProduction()));
        assertThat(predictor
                        .predict(Tensors.of("x", Tensor.of(new float[] {1}, 1)))
                        .get("y")
                        .floatAt(0))
                .isEqualTo(2);
        assertThat(platforms.backend.loads()).isEqualTo(loads + 1);
    }

    @Test
    void whatIsPromisedOfTimeIsHeldAgainstTheClock() {
        Tensors in = Tensors.of("x", Tensor.of(new float[] {3}, 1));
        Tensors out = Tensors.of("y", Tensor.of(new float[] {6}, 1));
        for (double most : new double[] {1e-7, 60_000}) {
            Manifest manifest = Manifest.builder("digits", ScriptedBackend.FORMAT)
                    .selfTest(new SelfTest(in, out, 0, 0, OptionalDouble.of(most)))
                    .build();
            ModelVersion version = repository.register(ScriptedBackend.model(manifest, "scale 2"));
            GateReport report = repository.check(version, PublishOptions.toProduction());
            assertThat(report.failures())
                    .extracting(GateReport.Check::gate)
                    .isEqualTo(most < 1 ? List.of(Gate.SELF_TEST) : List.of());
        }
    }

    @Test
    void aModelThatFailsItsEngineIsReportedAndForced() {
        ModelVersion broken = repository.register(ScriptedBackend.model("digits", "once 1"));
        assertRefused(ErrorCode.MODEL_UNAVAILABLE, () -> repository.publish(broken, PublishOptions.toProduction()));
        Commit forced = repository.publish(broken, PublishOptions.toProduction().force("it works on the other hosts"));
        assertThat(repository.head()).isEqualTo(forced.number());
        assertThat(repository
                        .evidence(broken, "production")
                        .orElseThrow()
                        .failures()
                        .get(0)
                        .finding())
                .contains("it is scripted to break");
    }

    @Test
    void hostsThatPublishOverEachOtherAllSucceed() throws Exception {
        List<ModelVersion> versions = List.of(register(1), register(2), register(3), register(4));
        other.repository().refresh();
        ExecutorService executor = Executors.newFixedThreadPool(8);
        try {
            List<Future<Commit>> publishes = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                ModelRepository one = i % 2 == 0 ? repository : other.repository();
                ModelVersion version = versions.get(i / 2);
                publishes.add(executor.submit(() -> {
                    Commit last = one.publish(version, PublishOptions.toProduction());
                    for (int n = 0; n < 10; n++) {
                        last = one.publish(version, PublishOptions.toProduction());
                    }
                    return last;
                }));
            }
            Set<Commit> commits = new HashSet<>();
            for (Future<Commit> publish : publishes) {
                commits.add(publish.get());
            }
            assertThat(commits).isNotEmpty();
        } finally {
            executor.shutdownNow();
        }
        repository.refresh();
        other.repository().refresh();
        assertThat(repository.history(versions.get(0).name()))
                .isEqualTo(other.repository().history(versions.get(0).name()));
    }
}
