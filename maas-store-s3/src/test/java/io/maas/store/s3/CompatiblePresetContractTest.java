package io.maas.store.s3;

import io.maas.spi.ObjectStore;
import io.maas.testkit.ObjectStoreContract;
import org.junit.jupiter.api.AfterEach;

/** As for servers that know neither checksums nor chunked bodies, below a prefix. */
class CompatiblePresetContractTest extends ObjectStoreContract {
    private final FakeS3 server = new FakeS3();

    @Override
    protected ObjectStore open() {
        return Stores.open(server.address("some/where/", "&preset=compatible"));
    }

    @AfterEach
    void closeServer() {
        server.close();
    }
}
