package io.maas.store.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.spi.ObjectStore;
import io.maas.testkit.Contents;
import io.maas.testkit.ObjectStoreContract;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract of stores on a {@link LiveServer}. */
class LiveServerContractTest extends ObjectStoreContract {
    private final LiveServer server = new LiveServer();

    @BeforeAll
    static void findServer() {
        LiveServer.assumeNamed();
    }

    @Override
    protected ObjectStore open() {
        return server.open();
    }

    @AfterEach
    void deleteAll() {
        server.deleteAll();
    }

    @Test
    void createsALargeObjectOnce() {
        byte[] large = Contents.random((64 << 20) + 1, 3);
        try (ObjectStore store = open()) {
            assertThat(store.createIfAbsent("blobs/large", Contents.of(large))).isTrue();
            assertThat(store.createIfAbsent("blobs/large", Contents.of("other")))
                    .isFalse();
            assertThat(Arrays.equals(store.get("blobs/large").orElseThrow(), large))
                    .isTrue();
        }
    }
}
