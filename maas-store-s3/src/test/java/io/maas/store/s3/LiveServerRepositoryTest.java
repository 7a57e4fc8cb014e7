package io.maas.store.s3;

import io.maas.spi.ObjectStore;
import io.maas.testkit.RepositoryContract;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** The contract of registries on a {@link LiveServer}. */
class LiveServerRepositoryTest extends RepositoryContract {
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
}
