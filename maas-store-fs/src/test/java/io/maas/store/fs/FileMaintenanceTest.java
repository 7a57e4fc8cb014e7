package io.maas.store.fs;

import io.maas.spi.ObjectStore;
import io.maas.testkit.MaintenanceContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class FileMaintenanceTest extends MaintenanceContract {
    @TempDir
    Path place;

    @Override
    protected ObjectStore open() {
        return new FileStoreProvider().open(place.resolve("store").toUri(), false);
    }
}
