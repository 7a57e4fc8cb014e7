package io.maas.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.error.DeniedException;
import io.maas.store.s3.Faults.Fault;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class JanitorTest {
    private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");

    private static final Instant LIMIT = NOW.minus(Duration.ofDays(7));

    private final FakeS3 server = new FakeS3();
    private final StoreAddress address = StoreAddress.parse(server.address("p", ""));
    private final Client client = Client.own(address, Stores.SHORT, Optional.of(FakeS3.credentials()));

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    private Janitor janitor() {
        return new Janitor(address, client);
    }

    @Test
    void givesUpOldUploadsBelowThePrefixAlone() {
        server.bucket.begin("p/old", NOW.minus(Duration.ofDays(8)));
        server.bucket.begin("p/young", NOW.minus(Duration.ofDays(6)));
        server.bucket.begin("px/another-store", NOW.minus(Duration.ofDays(80)));

        janitor().sweep(LIMIT);

        assertThat(server.bucket.open()).containsOnlyKeys("p/young", "px/another-store");
    }

    @Test
    void sweepingSaysWhatIsThereAndWhatIsGone() {
        server.bucket.begin("p/a/old", NOW.minus(Duration.ofDays(8)));
        server.bucket.begin("p/b/old", NOW.minus(Duration.ofDays(9)));
        server.bucket.begin("p/young", NOW.minus(Duration.ofDays(6)));

        try (S3Store store = Stores.open(server.address("p", "&abandonedAfter=never"))) {
            List<String> found = store.leftovers(LIMIT);
            assertThat(found)
                    .hasSize(2)
                    .anyMatch(name -> name.contains("a/old"))
                    .noneMatch(name -> name.contains("p/"));
            assertThat(server.bucket.open()).hasSize(3);

            server.faults.on("AbortMultipartUpload", "old", Fault.of(new S3Error(403, "AccessDenied")));
            assertThat(store.removeLeftovers(LIMIT)).hasSize(1).isSubsetOf(found);
            assertThat(store.removeLeftovers(LIMIT)).hasSize(1).isSubsetOf(found);
            assertThat(server.bucket.open()).containsOnlyKeys("p/young");
            assertThat(store.leftovers(LIMIT)).isEmpty();
        }
    }

    @Test
    void whoMayNotListUploadsIsTold() {
        try (S3Store store = Stores.open(server.address("p", "&abandonedAfter=never"))) {
            server.faults.always(Fault.of(new S3Error(403, "AccessDenied")));
            assertThatThrownBy(() -> store.leftovers(LIMIT))
                    .isInstanceOf(DeniedException.class)
                    .hasMessageContaining("s3:ListBucketMultipartUploads");
            server.faults.heal();
        }
    }

    @Test
    void tellsTheTimeOfTheServer() {
        try (S3Store store = Stores.open(server.address("p", ""))) {
            Instant before = Instant.now().minusSeconds(1);
            assertThat(store.time().orElseThrow()).isBetween(before, Instant.now());
        }
    }

    @Test
    void failsQuietly() {
        server.bucket.begin("p/old", NOW.minus(Duration.ofDays(8)));
        server.faults.always(Fault.of(new S3Error(403, "AccessDenied")));

        janitor().sweep(LIMIT);

        server.faults.heal();
        assertThat(server.bucket.open()).containsOnlyKeys("p/old");
    }

    @Test
    void worksInAThreadOfItsOwn() throws InterruptedException {
        server.bucket.begin("p/old", NOW.minus(Duration.ofDays(8)));

        Thread thread = janitor().start(LIMIT);
        thread.join();

        assertThat(thread.isDaemon()).isTrue();
        assertThat(server.bucket.open()).isEmpty();
    }

    @Test
    void onlyAStoreThatIsOpenedForWritingHasOne() {
        assertThat(sweptBy("")).isTrue();
        assertThat(sweptBy("&abandonedAfter=never")).isFalse();

        StoreAddress parsed = StoreAddress.parse(server.address("p", ""));
        long before = server.count("ListMultipartUploads");
        new Opening(parsed, Client.own(parsed, Stores.SHORT, Optional.of(FakeS3.credentials())), Clock.systemUTC())
                .toRead()
                .close();
        assertThat(server.count("ListMultipartUploads")).isEqualTo(before);
    }

    private boolean sweptBy(String settings) {
        long before = server.count("ListMultipartUploads");
        try (S3Store store = Stores.open(server.address("p", settings))) {
            if (!settings.isEmpty()) {
                return server.count("ListMultipartUploads") > before;
            }
            while (server.count("ListMultipartUploads") == before) {
                store.list("", "", 1); // until its thread had its turn
            }
            return true;
        }
    }
}
