package io.maas.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.error.AmbiguousWriteException;
import io.maas.error.DeniedException;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.UnavailableException;
import io.maas.spi.ObjectStore;
import io.maas.spi.StoreProvider;
import io.maas.store.s3.Faults.Fault;
import io.maas.store.s3.Faults.Kind;
import io.maas.testkit.Contents;
import java.net.URI;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.core.retry.RetryPolicy;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/** The provider, and stores that use a client of the host. */
@Timeout(60)
class GivenClientTest {
    private final FakeS3 server = new FakeS3();

    @AfterEach
    void close() {
        server.close();
    }

    private S3ClientBuilder client() {
        return S3Client.builder()
                .endpointOverride(server.endpoint())
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(FakeS3.credentials())
                .httpClient(UrlConnectionHttpClient.create());
    }

    @Test
    void isFoundAsAService() {
        assertThat(ServiceLoader.load(StoreProvider.class).stream().map(ServiceLoader.Provider::get))
                .anySatisfy(found -> assertThat(found.schemes()).containsExactly("s3"));
    }

    @Test
    void isNotClosedWithTheStore() {
        try (S3Client client = client().build()) {
            ObjectStore store = new S3StoreProvider(client).open(URI.create("s3://maas/p"), false);
            assertThat(store.createIfAbsent("a", Contents.of("x"))).isTrue();
            store.close();

            assertThat(client.getObjectAsBytes(get -> get.bucket("maas").key("p/a"))
                            .asUtf8String())
                    .isEqualTo("x");
            assertThat(store).hasToString("s3://maas/p");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"retryStrategy", "retryPolicy"})
    @SuppressWarnings("deprecation") // hosts still have the older setting
    void doesNotRepeatACreationHoweverItRepeatsOtherwise(String setting) {
        S3ClientBuilder builder = client().overrideConfiguration(common ->
                common.addExecutionInterceptor(new software.amazon.awssdk.core.interceptor.ExecutionInterceptor() {}));
        if (setting.equals("retryPolicy")) {
            builder.overrideConfiguration(common ->
                    common.retryPolicy(RetryPolicy.builder().numRetries(5).build()));
        } else {
            builder.overrideConfiguration(common -> common.retryStrategy(RetryMode.LEGACY));
        }
        try (S3Client client = builder.build();
                ObjectStore store = new S3StoreProvider(client).open(URI.create("s3://maas/p"), false)) {
            for (Fault fault : List.of(Fault.of(Kind.COMMIT_THEN_DROP), Fault.of(S3Error.SLOW_DOWN))) {
                server.faults.on("PutObject", "p/log/1", fault);
                assertThatThrownBy(() -> store.createIfAbsent("log/1", Contents.of("x")))
                        .isInstanceOf(AmbiguousWriteException.class);
            }
            assertThat(server.count("PutObject")).isEqualTo(2);

            server.faults.on("GetObject", "p/log/1", Fault.of(S3Error.SLOW_DOWN));
            assertThat(store.get("log/1")).contains(new byte[] {'x'});
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"endpoint=http://localhost", "region=eu-central-1", "pathStyle=true", "preset=aws"})
    void decidesAboutWhatTheAddressMustNotSay(String setting) {
        try (S3Client client = client().build()) {
            assertThatThrownBy(() -> new S3StoreProvider(client).open(URI.create("s3://maas/p?" + setting), false))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("the S3 client that was given decides");
        }
    }

    @Test
    void aStoreThatIsOpenedToReadOnlyWritesNothing() {
        try (S3Client client = client().build();
                ObjectStore store = new S3StoreProvider(client).open(URI.create("s3://maas/p"), true)) {
            assertThatThrownBy(() -> store.createIfAbsent("a", Contents.of("x")))
                    .isInstanceOfSatisfying(
                            DeniedException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.READ_ONLY));
            assertThat(store.get("a")).isEmpty();
        }
        assertThat(server.requests())
                .allMatch(request -> request.startsWith("ListObjectsV2") || request.startsWith("GetObject"));
    }

    @Test
    void anInterruptedThreadSendsNothingAndStaysInterrupted() {
        try (S3Client client = client().build();
                ObjectStore store = new S3StoreProvider(client).open(URI.create("s3://maas/p"), true)) {
            long before = server.requests().size();
            Thread.currentThread().interrupt();
            try {
                assertThatThrownBy(() -> store.get("a"))
                        .isInstanceOf(UnavailableException.class)
                        .hasMessageContaining("interrupted");
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
            } finally {
                Thread.interrupted();
            }
            assertThat(server.requests()).hasSize((int) before);
        }
    }

    @Test
    void anInterruptAfterARequestWasSentLeavesItsOutcomeUnknown() {
        Thread thread = Thread.currentThread();
        try (S3Store store = Stores.open(server.address("p", "&abandonedAfter=never"))) {
            server.operations.before("PutObject p/log/1", thread::interrupt);
            try {
                assertThatThrownBy(() -> store.createIfAbsent("log/1", Contents.of("x")))
                        .isInstanceOf(AmbiguousWriteException.class);
                assertThat(thread.isInterrupted()).isTrue();
            } finally {
                Thread.interrupted();
            }
            assertThat(store.createIfAbsent("log/1", Contents.of("x"))).isFalse();
        }
    }
}
