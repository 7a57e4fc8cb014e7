package io.maas.store.s3;

import io.maas.spi.ObjectStore;
import io.maas.testkit.ObjectStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** On a server that somebody else wrote. */
class S3ProxyContractTest extends ObjectStoreContract {
    @TempDir
    private Path folder;

    @SuppressWarnings("NullAway.Init") // started when the store is opened
    private RunningProxy proxy;

    @Override
    protected ObjectStore open() {
        proxy = new RunningProxy(folder);
        return Stores.open(proxy.address("s"));
    }

    @AfterEach
    void stopServer() {
        proxy.close();
    }
}
