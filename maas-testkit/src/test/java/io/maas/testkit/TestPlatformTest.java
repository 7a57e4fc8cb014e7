package io.maas.testkit;

import static io.maas.testkit.ScriptedBackend.x;
import static io.maas.testkit.ScriptedBackend.y;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.maas.Maas;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.model.ModelName;
import io.maas.monitor.DeviceStats;
import io.maas.monitor.ModelStats;
import io.maas.monitor.Outcome;
import io.maas.predict.CallOptions;
import io.maas.predict.Prediction;
import io.maas.predict.Predictor;
import io.maas.repository.Commit;
import io.maas.repository.ModelVersion;
import io.maas.repository.PublishOptions;
import io.maas.repository.Traffic;
import io.maas.repository.TrafficOptions;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a host tests its use of the platform; {@code docs/testing.md} quotes it. */
@Timeout(60)
class TestPlatformTest {
    private static final ModelName PRICE = ModelName.of("price");

    // tag::service
    /** Asks a model what something should cost, and a rule of thumb where the model cannot say so in time. */
    static final class PriceService {
        private final Predictor<Tensors, Tensors> model;
        private final CallOptions inTime;

        PriceService(Maas maas, Duration timeout) {
            model = maas.predictor("price");
            inTime = CallOptions.deadline(timeout);
        }

        float price(float cost) {
            try {
                Tensors input = Tensors.of("x", Tensor.of(new float[] {cost}));
                return model.call(input, inTime).value().get("y").floatAt(0);
            } catch (UnavailableException e) { // overloaded, too late, or broken
                return cost + 1;
            }
        }
    }
    // end::service

    private static PriceService service(TestPlatform platform) {
        return new PriceService(platform.maas(), Duration.ofSeconds(30));
    }

    private static void refused(ErrorCode code, ThrowingCallable call) {
        assertThat(catchThrowableOfType(MaasException.class, call))
                .extracting(MaasException::code)
                .isEqualTo(code);
    }

    private static long count(TestPlatform platform, Outcome outcome) {
        return platform.maas().monitor().models(PRICE).stream()
                .mapToLong(stats -> stats.count(outcome))
                .sum();
    }

    @Test
    void theModelAnswers() {
        // tag::first
        try (TestPlatform platform = TestPlatform.open()) {
            platform.serve("price", "scale 3"); // a model that multiplies by 3
            PriceService service = new PriceService(platform.maas(), Duration.ofSeconds(30));
            assertThat(service.price(10)).isEqualTo(30);
        }
        // end::first
    }

    @Test
    void whereTheEngineFailsTheRuleOfThumbAnswersAndTheNextCallIsFine() {
        try (TestPlatform platform = TestPlatform.open()) {
            platform.serve("price", "scale 3");
            PriceService service = service(platform);
            // tag::failure
            platform.backend().failNextRuns(1, EngineFailure.OUT_OF_MEMORY);
            assertThat(service.price(10)).isEqualTo(11);
            assertThat(service.price(10)).isEqualTo(30);
            // end::failure
            assertThat(count(platform, Outcome.FAILED)).isEqualTo(1);
            assertThat(count(platform, Outcome.SUCCEEDED)).isEqualTo(1);
        }
    }

    @Test
    void whereTooMuchWaitsTheRuleOfThumbAnswers() {
        try (TestPlatform platform = TestPlatform.open()) {
            platform.serve("price", "scale 3");
            PriceService service = service(platform);
            platform.backend().failNextRuns(1, EngineFailure.OVERLOADED);
            assertThat(service.price(10)).isEqualTo(11);
            assertThat(count(platform, Outcome.OVERLOADED)).isEqualTo(1);
        }
    }

    @Test
    void whereTheDeadlinePassesTheRuleOfThumbAnswers() {
        // tag::deadline
        try (TestPlatform platform = TestPlatform.open(settings -> settings.cores(1))) {
            platform.serve("price", "scale 3");
            PriceService impatient = new PriceService(platform.maas(), Duration.ofMillis(20));
            platform.backend().holdUp(1); // until the gate that this returns is closed, or the platform is
            assertThat(impatient.price(10)).isEqualTo(11);
        }
        // end::deadline
    }

    @Test
    void limitsAreThoseOfTheRealPlatform() throws Exception {
        try (TestPlatform platform =
                TestPlatform.open(settings -> settings.cores(1).maxWaiting(1))) {
            platform.serve("price", "scale 3");
            Predictor<Tensors, Tensors> price = platform.predictor("price");
            CompletableFuture<Prediction<Tensors>> first;
            try (ScriptedBackend.Gate gate = platform.backend().holdUp(1)) {
                first = price.callAsync(x(1), CallOptions.defaults());
                gate.awaitEntered();
                assertThat(price.callAsync(x(1), CallOptions.defaults()))
                        .failsWithin(Duration.ZERO)
                        .withThrowableThat()
                        .withMessageContaining("1 asynchronous calls with 4 bytes are under way already");
            }
            assertThat(y(first.get().value())).containsExactly(3);
        }
    }

    @Test
    void inputsThatTheModelDoesNotTakeAreTheCallersMistake() {
        try (TestPlatform platform = TestPlatform.open()) {
            platform.serve("price", "scale 3\nrefuses 13");
            PriceService service = service(platform);
            assertThatThrownBy(() -> service.price(13)).isInstanceOf(InvalidInputException.class);
            assertThat(service.price(14)).isEqualTo(42);
        }
    }

    @Test
    void aModelCanBeAFunction() {
        // tag::function
        try (TestPlatform platform = TestPlatform.open()) {
            platform.backend().function("rounded", inputs -> {
                float[] costs = inputs.get("x").toFloats(); // of all calls that are run together
                for (int i = 0; i < costs.length; i++) {
                    costs[i] = Math.round(costs[i] * 1.2f);
                }
                return Tensors.of("y", Tensor.of(costs));
            });
            platform.serve("price", "function rounded");
            assertThat(service(platform).price(11)).isEqualTo(13);
        }
        // end::function
    }

    @Test
    void aFaultOfTheStoreChangesNothing() {
        try (TestPlatform platform = TestPlatform.open()) {
            platform.serve("price", "scale 3");
            PriceService service = service(platform);
            // tag::store
            ModelVersion second = platform.register("price", "scale 4");
            platform.store().outage();
            assertThatThrownBy(() -> platform.serve(second)).isInstanceOf(UnavailableException.class);
            assertThat(service.price(10)).isEqualTo(30); // whoever is served does not notice

            platform.store().heal();
            platform.serve(second);
            assertThat(service.price(10)).isEqualTo(40);
            // end::store
        }
    }

    @Test
    void aPublicationWhoseAnswerGotLostIsFoundToBeDone() {
        try (TestPlatform platform = TestPlatform.open()) {
            ModelVersion first = platform.register("price", "scale 3");
            platform.store().onCreate("", FaultyStore.Fault.FAIL_AFTER);
            platform.serve(first);
            assertThat(platform.maas().repository().resolve("price")).isEqualTo(first);
        }
    }

    @Test
    void sharesOfTrafficFallInTheSameOrderInEachRun() {
        assertThat(canary(7)).isEqualTo(canary(7)).isEqualTo("2111112121112121");
        assertThat(canary(8)).isNotEqualTo(canary(7));
    }

    private static String canary(long seed) {
        // tag::canary
        try (TestPlatform platform =
                TestPlatform.open(settings -> settings.trafficRandom(new SplittableRandom(seed)))) {
            platform.serve("price", "scale 3");
            platform.register("price", "scale 4");
            Traffic aQuarter = Traffic.none().share("1", 75).share("2", 25);
            platform.maas().repository().setTraffic(PRICE, aQuarter, TrafficOptions.ofProduction());
            Predictor<Tensors, Tensors> price = platform.predictor("price");
            StringBuilder versions = new StringBuilder();
            for (int i = 0; i < 16; i++) {
                versions.append(
                        price.call(x(1), CallOptions.defaults()).receipt().version());
            }
            return versions.toString();
        }
        // end::canary
    }

    @Test
    void whatRunsWhileVersionsAreSwappedEndsOnTheOldOne() throws Exception {
        // tag::swap
        try (TestPlatform platform = TestPlatform.open()) {
            platform.serve("price", "scale 3");
            Predictor<Tensors, Tensors> price = platform.predictor("price");
            CompletableFuture<Prediction<Tensors>> early;
            try (ScriptedBackend.Gate gate = platform.backend().holdUp(1, "scale 3")) {
                early = price.callAsync(x(1), CallOptions.defaults());
                gate.awaitEntered();
                platform.serve("price", "scale 4"); // returns once new calls go to the new version
                assertThat(y(price.predict(x(1)))).containsExactly(4);
                assertThat(early).isNotDone();
            }
            assertThat(y(early.get().value())).containsExactly(3);
        }
        // end::swap
    }

    @Test
    void anotherHostFollowsWhenItLooks() {
        // tag::host
        try (TestPlatform platform = TestPlatform.open();
                TestPlatform other = platform.host()) {
            platform.serve("price", "scale 3");
            other.maas().repository().refresh();
            PriceService there = new PriceService(other.maas(), Duration.ofSeconds(30));
            Commit commit = platform.serve("price", "scale 4");
            assertThat(there.price(10)).isEqualTo(30);
            other.maas().awaitServing(commit); // asks the store, and loads the version
            assertThat(there.price(10)).isEqualTo(40);
        }
        // end::host
    }

    @Test
    void aHostThatCannotLoadANewVersionGoesOnWithTheOld() {
        try (TestPlatform platform = TestPlatform.open()) {
            platform.serve("price", "scale 3");
            TestPlatform other = platform.host();
            PriceService there = service(other);
            Commit commit = platform.serve("price", "scale 4");
            other.backend().failNextLoads(1);
            refused(ErrorCode.MODEL_UNAVAILABLE, () -> other.maas().awaitServing(commit));
            assertThat(there.price(10)).isEqualTo(30);
        }
    }

    @Test
    void whileANewVersionIsLoadedTheOldOneAnswers() throws Exception {
        try (TestPlatform platform = TestPlatform.open()) {
            platform.serve("price", "scale 3");
            TestPlatform other = platform.host();
            PriceService there = service(other);
            Commit commit = platform.serve("price", "scale 4");
            try (ScriptedBackend.Gate gate = other.backend().holdUpLoads(1)) {
                other.maas().repository().refresh();
                gate.awaitEntered();
                assertThat(there.price(10)).isEqualTo(30);
            }
            other.maas().awaitServing(commit);
            assertThat(there.price(10)).isEqualTo(40);
        }
    }

    @Test
    void faultsOfTheStoreAreThoseOfOneHost() {
        try (TestPlatform platform = TestPlatform.open()) {
            TestPlatform other = platform.host();
            other.store().outage();
            platform.serve("price", "scale 3");
            refused(ErrorCode.STORE_UNAVAILABLE, () -> other.maas().repository().refresh());
            other.store().heal();
            other.maas().repository().refresh();
            assertThat(service(other).price(10)).isEqualTo(30);
        }
    }

    @Test
    void theClockDatesWhatIsDone() {
        try (TestPlatform platform = TestPlatform.open()) {
            assertThat(platform.serve("price", "scale 3").time()).isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
            platform.clock().advance(Duration.ofDays(30));
            assertThat(platform.serve("price", "scale 4").time()).isEqualTo(Instant.parse("2026-01-31T00:00:00Z"));
            assertThat(platform.maas()
                            .repository()
                            .productionAt(PRICE, Instant.parse("2026-01-15T00:00:00Z"))
                            .orElseThrow()
                            .version())
                    .isEqualTo("1");
        }
    }

    @Test
    void keysAndCommitsAreTheSameInEachRun() {
        assertThat(head()).isEqualTo(head());
    }

    private static String head() {
        try (TestPlatform platform = TestPlatform.open()) {
            platform.serve("price", "scale 3");
            return platform.maas().repository().audit().head().toString();
        }
    }

    @Test
    void anEngineCanHaveOtherDevices() {
        ScriptedBackend engine = new ScriptedBackend().devices("gpu:0", "cpu");
        try (TestPlatform platform = TestPlatform.open(settings -> settings, engine)) {
            platform.serve("price", "scale 3");
            assertThat(service(platform).price(10)).isEqualTo(30);
            assertThat(platform.maas().monitor().devices())
                    .extracting(DeviceStats::device)
                    .containsExactly("gpu:0");
            try (TestPlatform other = platform.host()) {
                assertThat(service(other).price(10)).isEqualTo(30);
                assertThat(other.maas().monitor().devices())
                        .extracting(DeviceStats::device)
                        .containsExactly("gpu:0");
            }
        }
    }

    @Test
    void callsAreCountedByVersionAndRunsByScript() {
        try (TestPlatform platform = TestPlatform.open()) {
            platform.serve("price", "scale 3");
            PriceService service = service(platform);
            int before = platform.backend().runs("scale 3");
            service.price(1);
            service.price(2);
            assertThat(platform.backend().runs("scale 3")).isEqualTo(before + 2);
            assertThat(platform.maas().monitor().models(PRICE))
                    .singleElement()
                    .extracting(ModelStats::version, ModelStats::calls)
                    .containsExactly("1", 2L);
        }
    }

    @Test
    void closingEndsAllHostsEvenWhileCallsAreHeldUp() throws Exception {
        TestPlatform platform = TestPlatform.open();
        TestPlatform other = platform.host();
        platform.serve("price", "scale 3");
        other.maas().repository().refresh();
        Predictor<Tensors, Tensors> there = other.predictor("price");
        ScriptedBackend.Gate gate = other.backend().holdUpStubbornly(1);
        CompletableFuture<Prediction<Tensors>> call = there.callAsync(x(1), CallOptions.defaults());
        gate.awaitEntered();
        platform.close();
        platform.close();
        other.close();
        assertThat(y(call.get().value())).containsExactly(3);
        for (TestPlatform host : new TestPlatform[] {platform, other}) {
            assertThat(host.backend().openModels()).isZero();
            assertThat(host.backend().misused()).isFalse();
        }
        refused(ErrorCode.CLOSED, () -> there.predict(x(1)));
    }

    @Test
    void settingsThatAreWrongLeaveNothingOpen() {
        refused(ErrorCode.BAD_SETTING, () -> TestPlatform.open(settings -> settings.cores(0)));
    }

    @Test
    void whatIsPublishedGoesThroughTheGate() {
        try (TestPlatform platform = TestPlatform.open()) {
            refused(ErrorCode.MODEL_CORRUPT, () -> platform.serve("price", "corrupt"));
            ModelVersion once = platform.register("price", "scale 5");
            platform.backend().failNextLoads(1);
            refused(
                    ErrorCode.MODEL_UNAVAILABLE,
                    () -> platform.maas().repository().publish(once, PublishOptions.toProduction()));
            platform.serve(once);
        }
    }
}
