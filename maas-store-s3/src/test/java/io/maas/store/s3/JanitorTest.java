package io.maas.store.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.store.s3.Faults.Fault;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class JanitorTest {
    private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");

    private final FakeS3 server = new FakeS3();
    private final StoreAddress address = StoreAddress.parse(server.address("p", ""));
    private final Client client = Client.own(address, Stores.SHORT, Optional.of(FakeS3.credentials()));

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    private Janitor janitor() {
        return new Janitor(address, client, Clock.fixed(NOW, ZoneOffset.UTC), Duration.ofDays(7));
    }

    @Test
    void givesUpOldUploadsBelowThePrefixAlone() {
        server.bucket.begin("p/old", NOW.minus(Duration.ofDays(8)));
        server.bucket.begin("p/young", NOW.minus(Duration.ofDays(6)));
        server.bucket.begin("px/another-store", NOW.minus(Duration.ofDays(80)));

        janitor().sweep();

        assertThat(server.bucket.open()).containsOnlyKeys("p/young", "px/another-store");
    }

    @Test
    void failsQuietly() {
        server.bucket.begin("p/old", NOW.minus(Duration.ofDays(8)));
        server.faults.always(Fault.of(new S3Error(403, "AccessDenied")));

        janitor().sweep();

        server.faults.heal();
        assertThat(server.bucket.open()).containsOnlyKeys("p/old");
    }

    @Test
    void worksInAThreadOfItsOwn() throws InterruptedException {
        server.bucket.begin("p/old", NOW.minus(Duration.ofDays(8)));

        Thread thread = janitor().start();
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
