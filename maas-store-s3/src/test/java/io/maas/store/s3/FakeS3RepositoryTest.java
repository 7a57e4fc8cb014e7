package io.maas.store.s3;

import io.maas.spi.ObjectStore;
import io.maas.testkit.ForwardingStore;
import io.maas.testkit.RepositoryContract;

class FakeS3RepositoryTest extends RepositoryContract {
    @Override
    protected ObjectStore open() {
        FakeS3 server = new FakeS3();
        return new ForwardingStore(Stores.open(server.address("", ""))) {
            /** The server ends last: platforms tell the others that they are closed. */
            @Override
            public void close() {
                super.close();
                server.close();
            }
        };
    }
}
