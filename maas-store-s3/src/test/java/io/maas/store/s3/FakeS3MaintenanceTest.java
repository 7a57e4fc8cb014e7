package io.maas.store.s3;

import io.maas.spi.ObjectStore;
import io.maas.testkit.MaintenanceContract;
import org.junit.jupiter.api.AfterEach;

class FakeS3MaintenanceTest extends MaintenanceContract {
    private final FakeS3 server = new FakeS3();

    @Override
    protected ObjectStore open() {
        return Stores.open(server.address("p", ""));
    }

    @AfterEach
    void closeServer() {
        server.close();
    }
}
