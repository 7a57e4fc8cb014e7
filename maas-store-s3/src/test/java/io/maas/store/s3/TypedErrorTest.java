package io.maas.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.maas.error.AmbiguousWriteException;
import io.maas.error.DeniedException;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.store.s3.Faults.Fault;
import io.maas.testkit.Contents;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkGlobalTime;
import software.amazon.awssdk.core.exception.SdkClientException;

/** What the errors of a server become, and what they tell the reader to do. */
@Timeout(120)
class TypedErrorTest {
    private final FakeS3 server = new FakeS3();

    @AfterEach
    void closeServer() {
        SdkGlobalTime.setGlobalTimeOffset(0); // the SDK believes a server's clock from then on, in the whole JVM
        server.close();
    }

    static Stream<Arguments> table() {
        Class<?> denied = DeniedException.class;
        Class<?> unavailable = UnavailableException.class;
        Class<?> invalid = InvalidInputException.class;
        return Stream.of(
                row(404, "NoSuchBucket", unavailable, ErrorCode.STORE_UNAVAILABLE, "create the bucket"),
                row(403, "AccessDenied", denied, ErrorCode.STORE_DENIED, "allow s3:ListBucket"),
                row(403, "Forbidden", denied, ErrorCode.STORE_DENIED, "allow s3:ListBucket"),
                row(403, "InvalidAccessKeyId", denied, ErrorCode.STORE_DENIED, "correct the access key"),
                row(403, "SignatureDoesNotMatch", denied, ErrorCode.STORE_DENIED, "correct the access key"),
                row(400, "InvalidToken", denied, ErrorCode.STORE_DENIED, "correct the access key"),
                row(400, "ExpiredToken", denied, ErrorCode.STORE_DENIED, "get fresh ones"),
                row(403, "RequestTimeTooSkewed", denied, ErrorCode.STORE_DENIED, "set the clock of this host"),
                row(301, "PermanentRedirect", invalid, ErrorCode.BAD_SETTING, "?region=eu-west-7"),
                row(307, "TemporaryRedirect", invalid, ErrorCode.BAD_SETTING, "?region=eu-west-7"),
                row(400, "AuthorizationHeaderMalformed", invalid, ErrorCode.BAD_SETTING, "?region=eu-west-7"),
                row(501, "NotImplemented", unavailable, ErrorCode.STORE_UNFIT, "conditional writes"),
                row(405, "MethodNotAllowed", unavailable, ErrorCode.STORE_UNFIT, "conditional writes"),
                row(403, "QuotaExceeded", unavailable, ErrorCode.STORE_FULL, "make room"),
                row(507, "XMinioStorageFull", unavailable, ErrorCode.STORE_FULL, "make room"),
                row(400, "InvalidRequest", unavailable, ErrorCode.STORE_UNAVAILABLE, "preset=compatible"));
    }

    private static Arguments row(int status, String code, Class<?> family, ErrorCode expected, String remedy) {
        S3Error error = new S3Error(status, code, Map.of("x-amz-bucket-region", "eu-west-7"));
        return Arguments.of(error, family, expected, remedy);
    }

    @ParameterizedTest
    @MethodSource("table")
    void saysWhatIsWrongAndWhatToDo(S3Error error, Class<?> family, ErrorCode code, String remedy) {
        try (S3Store store = Stores.open(server.address("p", ""))) {
            server.faults.always(Fault.of(error));

            for (ThrowingCallable use : uses(store)) {
                assertThatThrownBy(use)
                        .isInstanceOf(family)
                        .isNotInstanceOf(AmbiguousWriteException.class)
                        .isInstanceOfSatisfying(
                                MaasException.class, e -> assertThat(e.code()).isEqualTo(code))
                        .hasMessageContaining(remedy)
                        .hasMessageContaining(error.status() + " " + error.code())
                        .hasMessageNotContaining(SignatureV4.KEY);
            }
        }
        server.faults.heal();
        assertThat(server.texts()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("table")
    void saysSoWhenItIsOpened(S3Error error, Class<?> family, ErrorCode code, String remedy) {
        server.faults.always(Fault.of(error));

        assertThatThrownBy(() -> Stores.open(server.address("p", "")).close())
                .isInstanceOf(family)
                .isInstanceOfSatisfying(
                        MaasException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageStartingWith("Cannot open the store 's3://maas/p?")
                .hasMessageContaining(remedy);
    }

    private static List<ThrowingCallable> uses(S3Store store) {
        return List.of(
                () -> store.createIfAbsent("log/1", Contents.of("x")),
                () -> store.createIfAbsent("blobs/1", Contents.of(new byte[2 << 20])),
                () -> store.put("hint", new byte[1]),
                () -> store.get("log/1"),
                () -> store.open("log/1", 3),
                () -> store.list("", "", 10),
                () -> store.delete("log/1"));
    }

    @Test
    void saysByHowMuchTheClockIsWrong() {
        try (S3Store store = Stores.open(server.address("p", ""))) {
            server.setAhead(Duration.ofMinutes(30));
            server.faults.always(Fault.of(new S3Error(403, "RequestTimeTooSkewed")));

            assertThatThrownBy(() -> store.createIfAbsent("log/1", Contents.of("x")))
                    .hasMessageMatching("(?s).*the clock of this host is 1[78]\\d\\d seconds behind the server's.*");
        }
    }

    @Test
    void saysThatCredentialsAreWrong() {
        AwsCredentialsProvider wrongKey = StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIAX", "y"));
        AwsCredentialsProvider wrongSecret =
                StaticCredentialsProvider.create(AwsBasicCredentials.create(SignatureV4.KEY, "wrong-secret"));

        for (AwsCredentialsProvider wrong : List.of(wrongKey, wrongSecret)) {
            denies(wrong, "the server does not know the credentials");
        }
    }

    @Test
    void saysThatThereAreNoCredentials() {
        denies(
                () -> {
                    throw SdkClientException.create(
                            "Unable to load credentials from any of the providers in the chain");
                },
                "no credentials were found");
    }

    private void denies(AwsCredentialsProvider credentials, String why) {
        DeniedException denied = catchThrowableOfType(
                DeniedException.class,
                () -> Stores.open(server.address("p", ""), credentials, Stores.SHORT)
                        .close());

        assertThat(denied).hasMessageContaining(why);
        List<String> messages = new ArrayList<>();
        for (Throwable cause = denied; cause != null; cause = cause.getCause()) {
            messages.add(cause.toString());
        }
        assertThat(messages).noneMatch(message -> message.contains("secret/of") || message.contains("wrong-secret"));
    }

    @Test
    void saysWhichRegionIsExpected() {
        assertThatThrownBy(() ->
                        Stores.open(server.address("p", "&region=eu-west-7")).close())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("add ?region=us-east-1");
    }

    @Test
    void saysThatThereIsNoSuchBucket() {
        URI address = URI.create("s3://another/p?endpoint=" + server.endpoint());

        assertThatThrownBy(() -> Stores.open(address).close())
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("there is no bucket 'another'");
    }

    @Test
    void saysThatNothingListensAndThatNothingWasWritten() throws IOException {
        int free;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = closed.getLocalPort();
        }
        StoreAddress nowhere = StoreAddress.parse(URI.create("s3://maas/p?endpoint=http://127.0.0.1:" + free));
        Client client = Client.own(nowhere, Stores.SHORT, Optional.of(FakeS3.credentials()));

        try (S3Store store = new S3Store(nowhere, S3Store.Access.WRITE, client, new Reader(nowhere, client))) {
            uses(store).forEach(TypedErrorTest::saysNoConnection);
        }
        saysNoConnection(() -> Stores.open(URI.create(nowhere.text())).close());
    }

    private static void saysNoConnection(ThrowingCallable use) {
        assertThatThrownBy(use)
                .isInstanceOf(UnavailableException.class)
                .isNotInstanceOf(AmbiguousWriteException.class)
                .hasMessageContaining("no connection can be made to http://127.0.0.1:")
                .hasMessageContaining("see whether the server runs");
    }

    @Test
    void saysThatTheServerDoesNotAnswer() {
        Timeouts impatient = new Timeouts(Duration.ofSeconds(5), Duration.ofMillis(200), Duration.ofSeconds(20));
        server.faults.always(Fault.of(Faults.Kind.HANG));

        assertThatThrownBy(() -> Stores.open(server.address("p", ""), FakeS3.credentials(), impatient)
                        .close())
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("broke off");
        assertThat(server.count("ListObjectsV2")).as("tries").isEqualTo(3);
    }
}
