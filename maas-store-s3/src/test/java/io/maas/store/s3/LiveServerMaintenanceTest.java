package io.maas.store.s3;

import io.maas.spi.ObjectStore;
import io.maas.testkit.MaintenanceContract;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** The contract of maintenance on a {@link LiveServer}. */
class LiveServerMaintenanceTest extends MaintenanceContract {
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
