package io.maas.store.s3;

import io.maas.spi.ObjectStore;
import io.maas.testkit.ObjectStoreContract;
import org.junit.jupiter.api.AfterEach;

/** At the root of a bucket. */
class FakeS3ContractTest extends ObjectStoreContract {
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
