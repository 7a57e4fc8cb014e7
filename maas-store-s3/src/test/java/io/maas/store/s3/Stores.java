package io.maas.store.s3;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/** Opens stores with credentials of a test's own. */
final class Stores {
    /** Long enough for a busy host, short enough to wait for. */
    static final Timeouts SHORT = new Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(30));

    private Stores() {}

    static S3Store open(URI address) {
        return open(address, FakeS3.credentials(), SHORT);
    }

    static S3Store open(URI address, AwsCredentialsProvider credentials, Timeouts timeouts) {
        StoreAddress parsed = StoreAddress.parse(address);
        return new Opening(parsed, Client.own(parsed, timeouts, Optional.of(credentials)), Clock.systemUTC()).toWrite();
    }
}
