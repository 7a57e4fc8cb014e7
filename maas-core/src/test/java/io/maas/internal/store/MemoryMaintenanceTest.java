package io.maas.internal.store;

import io.maas.spi.ObjectStore;
import io.maas.testkit.MaintenanceContract;

class MemoryMaintenanceTest extends MaintenanceContract {
    @Override
    protected ObjectStore open() {
        return new MemoryStore();
    }
}
