package io.maas.store.s3;

import io.maas.spi.ObjectStore;
import io.maas.testkit.RepositoryContract;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** On a server that somebody else wrote, with the preset that {@link S3ProxyContractTest} gives the reason for. */
class S3ProxyRepositoryTest extends RepositoryContract {
    private static final AtomicInteger STORES = new AtomicInteger();

    @SuppressWarnings("NullAway.Init") // started before all tests
    private static RunningProxy proxy;

    @BeforeAll
    static void startServer(@TempDir Path place) {
        proxy = new RunningProxy(place);
    }

    @AfterAll
    static void stopServer() {
        proxy.close();
    }

    @Override
    protected ObjectStore open() {
        return Stores.open(proxy.address("r" + STORES.incrementAndGet(), "&preset=compatible"));
    }
}
