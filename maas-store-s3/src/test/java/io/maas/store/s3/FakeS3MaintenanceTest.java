package io.maas.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.Maas;
import io.maas.error.UnavailableException;
import io.maas.repository.ChangeOptions;
import io.maas.repository.CollectOptions;
import io.maas.repository.ModelVersion;
import io.maas.repository.SweepOptions;
import io.maas.repository.SweepReport;
import io.maas.spi.ObjectStore;
import io.maas.testkit.MaintenanceContract;
import io.maas.testkit.ScriptedBackend;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FakeS3MaintenanceTest extends MaintenanceContract {
    @TempDir
    private Path place;

    private final FakeS3 server = new FakeS3();

    @Override
    protected ObjectStore open() {
        return Stores.open(server.address("p", ""));
    }

    @Test
    void aHostWhoseClockIsNotThatOfTheServerCollectsNothing() {
        ModelVersion one;
        try (Maas maas = host("first")) {
            one = maas.repository().register(ScriptedBackend.model("digits", "scale 1"));
            maas.repository().delete(one, ChangeOptions.defaults());
            assertThat(maas.repository()
                            .maintenance()
                            .collect(CollectOptions.defaults())
                            .condemned())
                    .hasSize(1);
        }
        server.setAhead(Duration.ofDays(-1)); // as seen from the server, the host is a day ahead
        try (Maas maas = host("second")) {
            assertThatThrownBy(() -> maas.repository().maintenance().collect(CollectOptions.defaults()))
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContaining("the store's server");
        }
    }

    @Test
    void unfinishedUploadsAreSweptByTheAgeThatTheServerTells() {
        server.bucket.begin("p/default/blobs/old", Instant.now().minus(Duration.ofHours(25)));
        server.bucket.begin("p/default/blobs/young", Instant.now().minus(Duration.ofHours(23)));
        try (Maas maas = host("host")) {
            assertThat(maas.repository()
                            .maintenance()
                            .sweep(SweepOptions.defaults().dryRun())
                            .removed())
                    .hasSize(1);
            assertThat(server.bucket.open()).hasSize(2);
            SweepReport report = maas.repository().maintenance().sweep(SweepOptions.defaults());
            assertThat(report.removed()).hasSize(1).allMatch(name -> name.contains("blobs/old"));
            assertThat(report.left()).isEmpty();
            assertThat(server.bucket.open()).containsOnlyKeys("p/default/blobs/young");
        }
    }

    private Maas host(String name) {
        return Maas.builder()
                .store(Stores.open(server.address("p", "&abandonedAfter=never")))
                .backend(new ScriptedBackend())
                .actor(name)
                .pollInterval(Duration.ZERO)
                .cache(place.resolve(name))
                .open();
    }

    @AfterEach
    void closeServer() {
        server.close();
    }
}
