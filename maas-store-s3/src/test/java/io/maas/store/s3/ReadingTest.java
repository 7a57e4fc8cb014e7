package io.maas.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.store.s3.Faults.Fault;
import io.maas.store.s3.Faults.Kind;
import io.maas.testkit.Contents;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reads over a line that breaks, cuts and changes. */
@Timeout(120)
class ReadingTest {
    private static final byte[] BYTES = Contents.random(300_000, 5);

    private final FakeS3 server = new FakeS3();
    private final S3Store store = Stores.open(server.address("p", ""));

    @AfterEach
    void close() {
        store.close();
        server.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"RESET_ANSWER", "TRUNCATED", "FLIPPED", "DROP"})
    void aSmallObjectComesWholeOverABadLine(Kind kind) {
        store.createIfAbsent("x", Contents.of(BYTES));
        server.faults.on("GetObject", "x", Fault.of(kind));

        assertThat(store.get("x"))
                .hasValueSatisfying(
                        bytes -> assertThat(Arrays.equals(bytes, BYTES)).isTrue());
    }

    @Test
    void aSmallObjectIsHeldAgainstItsChecksumAlthoughTheLineBroke() {
        store.createIfAbsent("x", Contents.of(BYTES));
        server.faults.on("GetObject", "x", Fault.of(Kind.TRUNCATED));
        server.faults.on("GetObject", "x", Fault.of(Kind.FLIPPED));

        assertThat(store.get("x"))
                .hasValueSatisfying(
                        bytes -> assertThat(Arrays.equals(bytes, BYTES)).isTrue());
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"RESET_ANSWER", "TRUNCATED", "FLIPPED"})
    void anObjectThatNeverComesWholeIsNotTakenForOne(Kind kind) {
        store.createIfAbsent("x", Contents.of(new byte[1]));
        server.faults.always(Fault.of(kind));

        assertThatThrownBy(() -> store.get("x"))
                .isInstanceOfSatisfying(
                        UnavailableException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE))
                .hasMessageContaining("could not be read whole");
        assertThatThrownBy(() -> {
                    try (InputStream in = store.open("x", 0).orElseThrow()) {
                        in.readAllBytes();
                    }
                })
                .isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"RESET_ANSWER", "TRUNCATED"})
    void aStreamGoesOnWhereItBroke(Kind kind) throws IOException {
        server.bucket.plant("p/x", BYTES);
        server.faults.on("GetObject", "x", Fault.of(kind));
        server.faults.on("GetObject", "x", Fault.of(kind));
        server.faults.on("GetObject", "x", Fault.of(S3Error.SLOW_DOWN));

        try (InputStream in = store.open("x", 1000).orElseThrow()) {
            assertThat(Arrays.equals(in.readAllBytes(), Arrays.copyOfRange(BYTES, 1000, BYTES.length)))
                    .isTrue();
            assertThat(in.read()).isEqualTo(-1);
        }
        assertThat(server.count("GetObject")).isEqualTo(4);
    }

    @Test
    void aStreamDoesNotGoOnInAnotherObject() {
        store.put("x", BYTES);
        server.faults.on("GetObject", "x", Fault.of(Kind.TRUNCATED));

        assertThatThrownBy(() -> {
                    try (InputStream in = store.open("x", 0).orElseThrow()) {
                        in.readNBytes(1000);
                        store.put("x", Contents.random(BYTES.length, 6));
                        in.readAllBytes();
                    }
                })
                .isInstanceOf(IOException.class)
                .hasMessageContaining("it was replaced while it was read");
    }

    @Test
    void anUnfinishedStreamCanBeClosed() throws IOException {
        store.createIfAbsent("x", Contents.of(BYTES));

        for (int i = 0; i < 10; i++) {
            try (InputStream in = store.open("x", 0).orElseThrow()) {
                assertThat(in.read()).isEqualTo(BYTES[0] & 0xff);
            }
        }
        assertThat(store.get("x")).isPresent();
    }

    @Test
    void aReaderSeesAWholeObjectOrNone() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try {
            for (int i = 0; i < 20; i++) {
                String key = "blobs/" + i;
                server.faults.on("PutObject", key, Fault.of(i % 2 == 0 ? Kind.COMMIT_THEN_DROP : Kind.RESET_REQUEST));
                Future<?> writing = pool.submit(() -> {
                    boolean known = false;
                    while (!known) {
                        try {
                            store.createIfAbsent(key, Contents.of(BYTES));
                            known = true;
                        } catch (io.maas.error.AmbiguousWriteException e) {
                            assertThat(e).isNotNull(); // again, as the commit log does
                        }
                    }
                });
                boolean done;
                do {
                    done = writing.isDone();
                    store.get(key)
                            .ifPresent(bytes ->
                                    assertThat(Arrays.equals(bytes, BYTES)).isTrue());
                } while (!done);
                writing.get();
                assertThat(store.get(key)).isPresent();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void listsPagesThatAreSmallerThanAskedFor() {
        server.operations.setPage(7);
        List<String> keys =
                IntStream.range(0, 50).mapToObj("log/%03d"::formatted).toList();
        keys.forEach(key -> server.bucket.plant("p/" + key, new byte[1]));
        server.bucket.plant("p/.probe-1", new byte[1]);
        server.bucket.plant("p/log/not a key", new byte[1]);
        server.bucket.plant("pq", new byte[1]);

        assertThat(store.list("", "", 100)).containsExactlyElementsOf(keys);
        assertThat(store.list("log/", "log/009", 20)).containsExactlyElementsOf(keys.subList(10, 30));
    }

    @Test
    void refusesAListThatIsNotInTheOrderOfBytes() {
        server.operations.reverse();
        List.of("a", "b").forEach(key -> server.bucket.plant("p/" + key, new byte[1]));

        assertThatThrownBy(() -> store.list("", "", 10))
                .isInstanceOfSatisfying(
                        UnavailableException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_UNFIT));
    }
}
