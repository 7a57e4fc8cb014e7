package io.maas.store.s3;

import io.maas.spi.ObjectStore;
import java.net.URI;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Assumptions;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.services.s3.model.BucketAlreadyOwnedByYouException;

/**
 * A real server, named by {@code -Dmaas.s3.endpoint=http://… -Dmaas.s3.key=… -Dmaas.s3.secret=…}; also {@code
 * maas.s3.bucket}, {@code maas-contract} if absent, which is made if need be, and {@code maas.s3.settings}, such as {@code
 * &preset=compatible}. What is written is deleted.
 */
final class LiveServer {
    private static final String BUCKET = System.getProperty("maas.s3.bucket", "maas-contract");

    private final String prefix = UUID.randomUUID().toString().substring(0, 8);

    /** Skips tests where no server was named. */
    static void assumeNamed() {
        Assumptions.assumeTrue(
                System.getProperty("maas.s3.endpoint") != null,
                "skipped: no server was named, see -Dmaas.s3.endpoint, -Dmaas.s3.key and -Dmaas.s3.secret");
        StoreAddress address = StoreAddress.parse(address(""));
        try (Client client = Client.own(address, Stores.SHORT, Optional.of(credentials()))) {
            client.s3().createBucket(request -> request.bucket(BUCKET));
        } catch (BucketAlreadyOwnedByYouException e) {
            return; // by an earlier run
        }
    }

    private static URI address(String prefix) {
        return URI.create("s3://" + BUCKET + "/" + prefix + "?endpoint=" + System.getProperty("maas.s3.endpoint")
                + System.getProperty("maas.s3.settings", ""));
    }

    private static AwsCredentialsProvider credentials() {
        return StaticCredentialsProvider.create(AwsBasicCredentials.create(
                System.getProperty("maas.s3.key", ""), System.getProperty("maas.s3.secret", "")));
    }

    ObjectStore open() {
        return Stores.open(address(prefix), credentials(), Stores.SHORT);
    }

    void deleteAll() {
        try (ObjectStore store = open()) {
            store.list("", "", 100_000).forEach(store::delete);
        }
    }
}
