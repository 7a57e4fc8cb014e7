package io.maas.store.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.Maas;
import io.maas.MaasBuilder;
import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.predict.Predictor;
import io.maas.repository.PublishOptions;
import io.maas.tensor.Tensors;
import io.maas.testkit.ScriptedBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A folder that is not there when a host starts, as where its disk is not mounted. */
@Timeout(60)
class FolderGoneTest {
    @TempDir
    private Path folder;

    private final ScriptedBackend backend = new ScriptedBackend();
    private Path store;
    private Path away;

    @BeforeEach
    void serveOnce() {
        store = folder.resolve("store");
        away = folder.resolve("away");
        try (Maas maas = builder().open()) {
            maas.repository()
                    .publish(
                            maas.repository().register(ScriptedBackend.model("digits", "scale 3")),
                            PublishOptions.toProduction());
            assertThat(answer(maas.predictor("digits"))).isEqualTo(3);
        }
    }

    private MaasBuilder builder() {
        return Maas.builder()
                .store(store)
                .cache(folder.resolve("cache"))
                .backend(backend)
                .pollInterval(Duration.ofMillis(20));
    }

    private static float answer(Predictor<Tensors, Tensors> predictor) {
        return ScriptedBackend.y(predictor.predict(ScriptedBackend.x(1)))[0];
    }

    @Test
    void aHostThatReadsServesFromItsCacheUntilTheFolderIsBack() throws IOException {
        Files.move(store, away);
        try (Maas host = builder().readOnly().open()) {
            assertThat(answer(host.predictor("digits"))).isEqualTo(3);
            assertThat(host.status().stale()).isPresent();
            Files.move(away, store);
            while (host.status().stale().isPresent()) {
                Thread.onSpinWait(); // the next poll finds the folder
            }
            assertThat(host.repository().head()).isEqualTo(1);
        }
    }

    @Test
    void aHostThatWritesDoesNotBeginANewRegistryInTheEmptyFolder() throws IOException {
        Files.move(store, away);
        assertThatThrownBy(() -> builder().open())
                .isInstanceOfSatisfying(
                        MaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REGISTRY_MISSING))
                .hasMessageContaining(
                        folder.resolve("cache").resolve("registry").toString());
        assertThat(store.resolve("default")).doesNotExist();
    }
}
