package io.maas.store.fs;

import io.maas.spi.ObjectStore;
import io.maas.testkit.RepositoryContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class FileRepositoryTest extends RepositoryContract {
    @TempDir
    Path place;

    @Override
    protected ObjectStore open() {
        return new FileStoreProvider().open(place.resolve("store").toUri(), false);
    }
}
