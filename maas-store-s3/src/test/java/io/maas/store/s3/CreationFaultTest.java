package io.maas.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.error.AmbiguousWriteException;
import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.store.s3.Faults.Fault;
import io.maas.store.s3.Faults.Kind;
import io.maas.testkit.Contents;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is told of a creation whose request or answer was lost. The server counts the requests that reach it. */
@Timeout(120)
class CreationFaultTest {
    private final FakeS3 server = new FakeS3();
    private final S3Store store = Stores.open(server.address("p", ""));

    @AfterEach
    void close() {
        store.close();
        server.close();
    }

    static Stream<Fault> unanswered() {
        return Stream.of(
                Fault.of(Kind.COMMIT_THEN_DROP),
                Fault.of(Kind.DROP),
                Fault.of(Kind.LATE),
                Fault.of(Kind.RESET_REQUEST),
                Fault.of(Kind.ERROR_AFTER),
                Fault.of(S3Error.SLOW_DOWN),
                Fault.of(S3Error.INTERNAL),
                Fault.of(S3Error.CONFLICT),
                Fault.of(new S3Error(400, "RequestTimeout")),
                Fault.of(new S3Error(429, "TooManyRequests")),
                Fault.of(new S3Error(504, "GatewayTimeout")));
    }

    @ParameterizedTest
    @MethodSource("unanswered")
    void isUnknownAndWasSentOnce(Fault fault) {
        server.faults.on("PutObject", "log/1", fault);

        assertThatThrownBy(() -> store.createIfAbsent("log/1", Contents.of("mine")))
                .isInstanceOfSatisfying(
                        AmbiguousWriteException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE))
                .hasMessageContaining("repeat the call with the same bytes");

        assertThat(server.requests()).filteredOn("PutObject p/log/1"::equals).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("unanswered")
    void isUnknownAndWasSentOnceOnAConnectionThatWasUsedBefore(Fault fault) {
        store.createIfAbsent("log/0", Contents.of("before"));
        server.faults.on("PutObject", "log/1", fault);

        assertThatThrownBy(() -> store.createIfAbsent("log/1", Contents.of(new byte[100_000])))
                .isInstanceOf(AmbiguousWriteException.class);
        assertThatThrownBy(() -> {
                    server.faults.on("PutObject", "log/2", fault);
                    store.createIfAbsent("log/2", Contents.of(""));
                })
                .isInstanceOf(AmbiguousWriteException.class);

        assertThat(server.requests())
                .filteredOn(request -> request.startsWith("PutObject"))
                .containsExactly("PutObject p/log/0", "PutObject p/log/1", "PutObject p/log/2");
    }

    @Test
    void repeatingFindsTheObjectThatWasCommittedBeforeTheAnswerWasLost() {
        server.faults.on("PutObject", "log/1", Fault.of(Kind.COMMIT_THEN_DROP));
        assertThatThrownBy(() -> store.createIfAbsent("log/1", Contents.of("mine")))
                .isInstanceOf(AmbiguousWriteException.class);

        assertThat(store.createIfAbsent("log/1", Contents.of("mine"))).isFalse();
        assertThat(server.texts()).containsEntry("p/log/1", "mine");
    }

    @Test
    void aWriteThatLandsLateDoesNotOverwriteAnything() {
        server.faults.on("PutObject", "log/1", Fault.of(Kind.LATE));
        assertThatThrownBy(() -> store.createIfAbsent("log/1", Contents.of("late")))
                .isInstanceOf(AmbiguousWriteException.class);
        assertThat(store.get("log/1")).as("not landed").isEmpty();

        assertThat(store.createIfAbsent("log/1", Contents.of("other"))).isTrue();
        server.landLate();

        assertThat(server.texts()).containsEntry("p/log/1", "other");
    }

    @Test
    void isUnknownIfNoAnswerComesInTime() {
        Timeouts impatient = new Timeouts(Duration.ofSeconds(5), Duration.ofMillis(300), Duration.ofSeconds(30));
        try (S3Store hasty = Stores.open(server.address("p", ""), FakeS3.credentials(), impatient)) {
            server.faults.on("PutObject", "log/1", Fault.of(Kind.HANG));

            assertThatThrownBy(() -> hasty.createIfAbsent("log/1", Contents.of("mine")))
                    .isInstanceOf(AmbiguousWriteException.class);

            assertThat(server.count("PutObject")).isEqualTo(1);
        }
    }

    @Test
    void isUnknownIfTheWholeCallTakesTooLong() {
        Timeouts hurried = new Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofMillis(1500));
        try (S3Store hasty = Stores.open(server.address("p", ""), FakeS3.credentials(), hurried)) {
            server.faults.on("PutObject", "log/1", Fault.of(Kind.HANG));

            assertThatThrownBy(() -> hasty.createIfAbsent("log/1", Contents.of("mine")))
                    .isInstanceOf(AmbiguousWriteException.class);

            assertThat(server.count("PutObject")).isEqualTo(1);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
    }

    @Test
    void isRefusedForGoodIfTheServerHasNoConditionalWrites() {
        server.faults.on("PutObject", "log/1", Fault.of(new S3Error(501, "NotImplemented")));

        assertThatThrownBy(() -> store.createIfAbsent("log/1", Contents.of("mine")))
                .isNotInstanceOf(AmbiguousWriteException.class)
                .isInstanceOfSatisfying(
                        UnavailableException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_UNFIT));
    }

    @Test
    void aLargeContentIsNotSentIfItsKeyIsTaken() {
        byte[] large = Contents.random(2 << 20, 1);
        server.faults.on("PutObject", "blobs/x", Fault.of(Kind.COMMIT_THEN_DROP));
        assertThatThrownBy(() -> store.createIfAbsent("blobs/x", Contents.of(large)))
                .isInstanceOf(AmbiguousWriteException.class);

        assertThat(store.createIfAbsent("blobs/x", Contents.of(large))).isFalse();

        assertThat(server.count("PutObject")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SlowDown", "InternalError"})
    void whatMayBeRepeatedIsRepeated(String code) {
        store.createIfAbsent("a", Contents.of("x"));
        for (String operation : List.of("GetObject", "ListObjectsV2", "DeleteObject", "PutObject")) {
            server.faults.on(operation, "", Fault.of(new S3Error(503, code)));
            server.faults.on(operation, "", Fault.of(Kind.DROP));
        }

        assertThat(store.get("a")).contains(new byte[] {'x'});
        assertThat(store.list("", "", 10)).containsExactly("a");
        store.put("a", new byte[] {'y'});
        store.delete("a");

        assertThat(server.texts()).isEmpty();
    }

    @Test
    void anOverwriteOrDeletionWithoutAnAnswerIsUnknown() {
        server.faults.always(Fault.of(Kind.COMMIT_THEN_DROP));

        assertThatThrownBy(() -> store.put("hint", new byte[] {'y'})).isInstanceOf(AmbiguousWriteException.class);
        assertThatThrownBy(() -> store.delete("hint")).isInstanceOf(AmbiguousWriteException.class);
    }
}
