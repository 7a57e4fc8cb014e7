package io.maas.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.maas.error.AmbiguousWriteException;
import io.maas.error.DeniedException;
import io.maas.error.InvalidInputException;
import io.maas.error.UnavailableException;
import io.maas.spi.ObjectStore;
import io.maas.store.s3.Faults.Fault;
import io.maas.store.s3.Faults.Kind;
import io.maas.testkit.Contents;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Objects that are sent in parts. */
@Timeout(300)
class LargeObjectTest {
    private static final int MIB = 1 << 20;
    private static final byte[] LARGE = Contents.random(64 * MIB + 1, 7);

    private final FakeS3 server = new FakeS3();
    private final S3Store store = Stores.open(server.address("p", ""));

    @AfterEach
    void close() {
        assertThat(server.bucket.open()).as("unfinished uploads").isEmpty();
        store.close();
        server.close();
    }

    @Test
    void isCreatedOnce() throws IOException {
        assertThat(store.createIfAbsent("blobs/x", Contents.of(LARGE))).isTrue();
        assertThat(store.createIfAbsent("blobs/x", Contents.of(LARGE))).isFalse();

        assertThat(Arrays.equals(server.bucket.contents().get("p/blobs/x"), LARGE))
                .isTrue();
        assertThat(store.list("", "", 10)).containsExactly("blobs/x");
        assertThat(server.requests())
                .filteredOn(request -> request.equals("UploadPart p/blobs/x"))
                .hasSize(9);
    }

    @ParameterizedTest
    @ValueSource(strings = {"&partSize=16", "&partSize=5", "&preset=compatible"})
    void isSentAsTheAddressSays(String settings) {
        try (S3Store other = Stores.open(server.address("p", settings))) {
            assertThat(other.createIfAbsent("blobs/x", Contents.of(LARGE))).isTrue();
        }
        assertThat(Arrays.equals(server.bucket.contents().get("p/blobs/x"), LARGE))
                .isTrue();
    }

    @Test
    void losesToAnObjectThatWasCreatedMeanwhile() {
        store.createIfAbsent("blobs/first", Contents.of(LARGE)); // has tried what the server can do
        server.operations.before(
                "CompleteMultipartUpload p/blobs/x", () -> server.bucket.plant("p/blobs/x", new byte[] {1}));

        assertThat(store.createIfAbsent("blobs/x", Contents.of(LARGE))).isFalse();

        assertThat(server.bucket.contents().get("p/blobs/x")).containsExactly(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = FakeBucket.Completion.class,
            names = {"HEEDLESS", "NOT_IMPLEMENTED"})
    void isSentWholeIfTheServerHasNoConditionalCompletion(FakeBucket.Completion completion) {
        server.bucket.complete(completion);

        assertThat(store.createIfAbsent("blobs/x", Contents.of(LARGE))).isTrue();
        assertThat(store.createIfAbsent("blobs/x", Contents.of(LARGE))).isFalse();

        assertThat(server.requests()).filteredOn("PutObject p/blobs/x"::equals).hasSize(1);
        assertThat(server.bucket.contents()).containsOnlyKeys("p/blobs/x");
    }

    @Test
    void isRefusedAboveWhatOneRequestTakesIfTheServerHasNoConditionalCompletion() {
        server.bucket.complete(FakeBucket.Completion.HEEDLESS);
        ObjectStore.Source huge = Contents.claiming((5L << 30) + 1, () -> new ByteArrayInputStream(LARGE));

        assertThatThrownBy(() -> store.createIfAbsent("blobs/x", huge))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("no conditional multipart uploads");
    }

    @Test
    void sendsAPartAgainThatWasLost() {
        server.faults.on("UploadPart", "blobs/x", Fault.of(Kind.RESET_REQUEST));
        server.faults.on("UploadPart", "blobs/x", Fault.of(S3Error.SLOW_DOWN));
        server.faults.on("UploadPart", "blobs/x", Fault.of(Kind.COMMIT_THEN_DROP));

        assertThat(store.createIfAbsent("blobs/x", Contents.of(LARGE))).isTrue();

        assertThat(Arrays.equals(server.bucket.contents().get("p/blobs/x"), LARGE))
                .isTrue();
    }

    @Test
    void isGivenUpIfAPartCannotBeSent() {
        server.faults.on("UploadPart", "blobs/x", Fault.of(new S3Error(403, "AccessDenied")));

        Throwable thrown = catchThrowable(() -> store.createIfAbsent("blobs/x", Contents.of(LARGE)));

        assertThat(thrown)
                .as(() -> String.join("\n", server.requests()))
                .isInstanceOf(DeniedException.class)
                .hasMessageContaining("403 AccessDenied");

        assertThat(server.bucket.contents()).isEmpty();
        assertThat(server.count("AbortMultipartUpload"))
                .as("its own and the probe's")
                .isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"1", "-1"})
    void isGivenUpIfItHasAnotherLengthThanItSays(int more) {
        assertThatThrownBy(() -> store.createIfAbsent(
                        "blobs/x", Contents.claiming(LARGE.length + more, () -> new ByteArrayInputStream(LARGE))))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> store.createIfAbsent("blobs/x", Contents.failingHalfway(LARGE)))
                .isInstanceOf(InvalidInputException.class);

        assertThat(server.bucket.contents()).isEmpty();
    }

    @Test
    void isUnknownIfItsCompletionIsNotAnsweredAndIsFoundByRepeating() {
        store.createIfAbsent("blobs/first", Contents.of(LARGE));
        server.faults.on("CompleteMultipartUpload", "blobs/x", Fault.of(Kind.COMMIT_THEN_DROP));

        assertThatThrownBy(() -> store.createIfAbsent("blobs/x", Contents.of(LARGE)))
                .isInstanceOf(AmbiguousWriteException.class);
        assertThat(store.createIfAbsent("blobs/x", Contents.of(LARGE))).isFalse();

        assertThat(server.requests())
                .filteredOn("CompleteMultipartUpload p/blobs/x"::equals)
                .hasSize(1);
    }

    @Test
    void isUnknownIfItsCompletionConflictsAndCanBeRepeated() {
        store.createIfAbsent("blobs/first", Contents.of(LARGE));
        server.faults.on("CompleteMultipartUpload", "blobs/x", Fault.of(S3Error.CONFLICT));

        assertThatThrownBy(() -> store.createIfAbsent("blobs/x", Contents.of(LARGE)))
                .isInstanceOf(AmbiguousWriteException.class);
        assertThat(store.createIfAbsent("blobs/x", Contents.of(LARGE))).isTrue();
    }

    @Test
    void isNotMadeIfTheCompletionFailsInsideOfASuccess() {
        store.createIfAbsent("blobs/first", Contents.of(LARGE));
        server.faults.on("CompleteMultipartUpload", "blobs/x", Fault.of(new S3Error(200, "InternalError")));

        assertThatThrownBy(() -> store.createIfAbsent("blobs/x", Contents.of(LARGE)))
                .isInstanceOf(AmbiguousWriteException.class);
        server.faults.on("CompleteMultipartUpload", "blobs/y", Fault.of(new S3Error(200, "PreconditionFailed")));
        assertThat(store.createIfAbsent("blobs/y", Contents.of(LARGE))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"UploadPart p/.probe", "UploadPart p/blobs/x", "CreateMultipartUpload p/blobs/x"})
    void anInterruptGivesItUpAndIsKept(String when) {
        Thread thread = Thread.currentThread();
        server.operations.before(when, thread::interrupt);
        try {
            assertThatThrownBy(() -> store.createIfAbsent("blobs/x", Contents.of(LARGE)))
                    .isInstanceOf(UnavailableException.class)
                    .isNotInstanceOf(AmbiguousWriteException.class)
                    .hasMessageContaining("interrupted");
            assertThat(thread.isInterrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
        assertThat(server.bucket.contents()).isEmpty();
    }
}
