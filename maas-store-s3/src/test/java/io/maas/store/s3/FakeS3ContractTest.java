package io.maas.store.s3;

import io.maas.spi.ObjectStore;
import io.maas.testkit.ObjectStoreContract;
import org.junit.jupiter.api.AfterEach;

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

    /** For servers that know no checksums and no chunked bodies. */
    static class WithThePresetForOlderServers extends ObjectStoreContract {
        private final FakeS3 server = new FakeS3();

        @Override
        protected ObjectStore open() {
            return Stores.open(server.address("some/where", "&preset=compatible"));
        }

        @AfterEach
        void closeServer() {
            server.close();
        }
    }
}
