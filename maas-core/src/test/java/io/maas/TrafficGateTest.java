package io.maas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.maas.model.ModelName;
import io.maas.repository.ModelVersion;
import io.maas.repository.PublishOptions;
import io.maas.repository.Traffic;
import io.maas.repository.TrafficOptions;
import io.maas.testkit.ScriptedBackend;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What happens to the registry while the gate looks at who is to get a share. */
@Timeout(60)
class TrafficGateTest {
    private static final ModelName DIGITS = ModelName.of("digits");

    @TempDir
    Path folder;

    @Test
    void whoPublishesMeanwhileIsNotOverruled() throws Exception {
        Platforms platforms = new Platforms(folder);
        try (Maas maas = platforms.open();
                Maas other = new Platforms(folder.resolve("other"), platforms.store).open()) {
            ModelVersion one = maas.repository().register(ScriptedBackend.model("digits", "scale 1"));
            maas.repository().register(ScriptedBackend.model("digits", "scale 2"));
            ModelVersion three = maas.repository().register(ScriptedBackend.model("digits", "scale 3"));
            maas.repository().publish(one, PublishOptions.toProduction());

            ScriptedBackend.Gate gate = platforms.backend.holdUp(1, "scale 2");
            CompletableFuture<Object> setting = CompletableFuture.supplyAsync(() -> maas.repository()
                    .setTraffic(DIGITS, Traffic.none().share("1", 1).share("2", 1), TrafficOptions.ofProduction()));
            gate.awaitEntered(); // the gate runs version 2
            other.repository().refresh();
            other.repository().publish(three, PublishOptions.toProduction());
            gate.close();

            assertThat(catchThrowableOfType(ExecutionException.class, setting::get))
                    .hasMessageContaining("version 3, which it points at, has no share");
            assertThat(maas.repository().traffic(DIGITS, "production")).isEqualTo(Traffic.none());
            assertThat(maas.repository().resolve("digits")).isEqualTo(three);
        }
    }
}
