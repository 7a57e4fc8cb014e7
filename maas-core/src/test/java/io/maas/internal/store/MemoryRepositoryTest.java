package io.maas.internal.store;

import io.maas.spi.ObjectStore;
import io.maas.testkit.RepositoryContract;

class MemoryRepositoryTest extends RepositoryContract {
    @Override
    protected ObjectStore open() {
        return new MemoryStore();
    }
}
