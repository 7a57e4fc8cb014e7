package io.maas.store.s3;

import io.maas.spi.ObjectStore;
import io.maas.testkit.RepositoryContract;
import org.junit.jupiter.api.AfterEach;

class FakeS3RepositoryTest extends RepositoryContract {
    private final FakeS3 server = new FakeS3();

    @Override
    protected ObjectStore open() {
        return Stores.open(server.address("", ""));
    }

    @AfterEach
    void closeServer() {
        server.close();
    }
}
