package io.maas;

import static io.maas.testkit.ScriptedBackend.x;
import static io.maas.testkit.ScriptedBackend.y;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.model.Manifest;
import io.maas.model.Manifest.RuntimeSpec;
import io.maas.predict.CallOptions;
import io.maas.predict.Prediction;
import io.maas.predict.Predictor;
import io.maas.repository.PublishOptions;
import io.maas.tensor.Tensors;
import io.maas.testkit.ScriptedBackend;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each model takes 40 MiB, and there are 100: two fit. */
@Timeout(60)
class ModelMemoryTest {
    @TempDir
    Path folder;

    private Platforms platforms;
    private Maas maas;

    @BeforeEach
    void open() {
        platforms = new Platforms(folder);
        maas = platforms.builder().modelMemory(100L << 20).open();
    }

    @AfterEach
    void close() {
        maas.close();
        assertThat(platforms.backend.misused()).isFalse();
        assertThat(platforms.backend.openModels()).isZero();
    }

    private void publish(String name, String script) {
        Manifest manifest = Manifest.builder(name, ScriptedBackend.FORMAT)
                .runtime(RuntimeSpec.unspecified().memoryMb(40))
                .build();
        maas.awaitServing(maas.repository()
                .publish(
                        maas.repository().register(ScriptedBackend.model(manifest, script)),
                        PublishOptions.toProduction()));
    }

    private Predictor<Tensors, Tensors> serve(String name, String script) {
        publish(name, script);
        return maas.predictor(name);
    }

    @Test
    void whoeverWasCalledLongestAgoMakesRoomAndComesBackForTheNextCall() {
        Predictor<Tensors, Tensors> one = serve("one", "scale 1");
        Predictor<Tensors, Tensors> two = serve("two", "scale 2");
        two.predict(x(1));
        one.predict(x(1));
        Predictor<Tensors, Tensors> three = serve("three", "scale 3");
        assertThat(platforms.backend.openModels()).isEqualTo(2);
        int loads = platforms.backend.loads();
        assertThat(y(one.predict(x(1)))).as("was called after two, and stayed").containsExactly(1);
        assertThat(y(three.predict(x(1)))).containsExactly(3);
        assertThat(platforms.backend.loads()).isEqualTo(loads);
        assertThat(y(two.predict(x(1)))).containsExactly(2);
        assertThat(platforms.backend.loads()).isEqualTo(loads + 1);
        assertThat(platforms.backend.openModels()).isEqualTo(2);
        assertThat(one.signature()).as("is known of a model at rest").isNotNull();
    }

    @Test
    void callsOfEveryKindWakeAModel() throws Exception {
        Predictor<Tensors, Tensors> one = serve("one", "scale 1");
        Predictor<Tensors, Tensors> two = serve("two", "scale 2");
        Predictor<Tensors, Tensors> three = serve("three", "scale 3");
        for (int i = 0; i < 5; i++) {
            assertThat(y(one.predict(x(i)))).containsExactly(i);
            assertThat(y(two.call(x(i), CallOptions.deadline(Duration.ofSeconds(30)))
                            .value()))
                    .containsExactly(2 * i);
            assertThat(y(three.callAsync(x(i), CallOptions.defaults()).get().value()))
                    .containsExactly(3 * i);
            float lent = one.predict(x(i), outputs -> outputs.get("y").floatAt(0));
            assertThat(lent).isEqualTo(i);
            assertThat(platforms.backend.openModels()).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void aModelThatIsBeingCalledIsNeverUnloaded() throws Exception {
        Predictor<Tensors, Tensors> one = serve("one", "scale 1");
        Predictor<Tensors, Tensors> two = serve("two", "scale 2");
        CompletableFuture<Prediction<Tensors>> first;
        CompletableFuture<Prediction<Tensors>> second;
        try (ScriptedBackend.Gate gate = platforms.backend.holdUpStubbornly(2)) {
            first = one.callAsync(x(1), CallOptions.defaults());
            second = two.callAsync(x(1), CallOptions.defaults());
            gate.awaitEntered();
            assertThatThrownBy(() -> publish("three", "scale 3"))
                    .isInstanceOfSatisfying(
                            UnavailableException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY))
                    .hasMessageContaining("modelMemory");
        }
        assertThat(y(first.get().value())).containsExactly(1);
        assertThat(y(second.get().value())).containsExactly(2);
        assertThat(y(serve("three", "scale 3").predict(x(1)))).containsExactly(3);
    }

    @Test
    void manyCallersOfMoreModelsThanFitAllGetTheirAnswers() throws Exception {
        List<Predictor<Tensors, Tensors>> all = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            all.add(serve("model-" + i, "scale " + i));
        }
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<Thread> callers = new ArrayList<>();
        // two at a time use models, so that there is always room for both
        for (int c = 0; c < 2; c++) {
            int offset = c;
            Thread caller = new Thread(() -> {
                try {
                    for (int i = 0; i < 300; i++) {
                        int model = (i + offset) % 4;
                        assertThat(y(all.get(model).predict(x(1)))).containsExactly(model + 1);
                    }
                } catch (Throwable e) {
                    failure.set(e);
                }
            });
            callers.add(caller);
            caller.start();
        }
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(failure.get()).isNull();
    }

    @Test
    void aVersionTakesThePlaceOfOneThatNobodyCalls() {
        Predictor<Tensors, Tensors> one = serve("one", "scale 1");
        serve("two", "scale 2");
        publish("one", "scale 7");
        assertThat(y(one.predict(x(1)))).containsExactly(7);
        assertThat(platforms.backend.openModels()).isLessThanOrEqualTo(2);
    }
}
