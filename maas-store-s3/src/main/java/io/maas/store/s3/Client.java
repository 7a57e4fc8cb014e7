package io.maas.store.s3;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import java.time.Clock;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/**
 * An S3 client, and whether it is ours to close.
 *
 * @param s3 the client
 * @param owner whose it is
 * @param timeouts those of calls that send much
 * @param failures what its errors mean
 */
record Client(S3Client s3, Owner owner, Timeouts timeouts, Failures failures) implements AutoCloseable {
    /** Whose a client is. */
    enum Owner {
        HOST,
        STORE
    }

    static Client given(S3Client client, StoreAddress address) {
        return new Client(client, Owner.HOST, Timeouts.DEFAULT, new Failures(address, Clock.systemUTC()));
    }

    /** Makes a client; without credentials, the SDK's default chain finds them when they are needed. */
    static Client own(StoreAddress address, Timeouts timeouts, Optional<AwsCredentialsProvider> credentials) {
        StoreAddress.Options options = address.options();
        S3ClientBuilder builder = S3Client.builder()
                .httpClient(new ClosingHttpClient(UrlConnectionHttpClient.builder()
                        .connectionTimeout(timeouts.connect())
                        .socketTimeout(timeouts.answer())
                        .build()))
                .overrideConfiguration(
                        common -> common.retryStrategy(RetryMode.STANDARD).apiCallTimeout(timeouts.call()))
                .forcePathStyle(options.style() == StoreAddress.Style.PATH);
        boolean chunked = options.preset() == StoreAddress.Preset.AWS;
        // Off: the JDK's connections lose the text of an answer that came instead of "100 Continue", and wait for the
        // whole
        // time-out where a server does not know it.
        builder.serviceConfiguration(
                service -> service.chunkedEncodingEnabled(chunked).expectContinueEnabled(false));
        if (options.preset() == StoreAddress.Preset.COMPATIBLE) {
            builder.requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                    .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
        }
        credentials.ifPresent(builder::credentialsProvider);
        options.endpoint().ifPresent(builder::endpointOverride);
        options.region()
                .or(() -> options.endpoint().map(server -> "us-east-1"))
                .ifPresent(region -> builder.region(Region.of(region)));
        return new Client(build(builder, address), Owner.STORE, timeouts, new Failures(address, Clock.systemUTC()));
    }

    private static S3Client build(S3ClientBuilder builder, StoreAddress address) {
        try {
            return builder.build();
        } catch (SdkClientException e) {
            throw new InvalidInputException(
                    ErrorCode.BAD_SETTING,
                    "open the store '" + address.text() + "'",
                    "no S3 client can be made of its settings and those of the environment, " + e.getMessage(),
                    "add ?region=… to the address, and look at the AWS settings of this host",
                    e);
        }
    }

    @Override
    public void close() {
        if (owner == Owner.STORE) {
            s3.close();
        }
    }
}
