package io.maas.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.spi.ObjectStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link ObjectStore} must do. To check one, extend this in its tests and say how it is opened:
 *
 * <pre>{@code
 * class MyStoreTest extends ObjectStoreContract {
 *     @Override
 *     protected ObjectStore open() {
 *         return new MyStoreProvider().open(URI.create("my://bucket/" + UUID.randomUUID()), false);
 *     }
 * }
 * }</pre>
 *
 * <p>The suite cannot show that an acknowledged object survives a crash; a store needs tests of its own for that.
 */
@Timeout(120)
public abstract class ObjectStoreContract extends KeyContract {
    private static final int MIB = 1 << 20;
    private static final int THREADS = 16;

    /** For subclasses. */
    protected ObjectStoreContract() {}

    /** Opens a store that is empty and can be written. Called once before each test, which closes it. */
    @Override
    protected abstract ObjectStore open();

    @Test
    void createsAnObjectOnceAndKeepsItsFirstBytes() {
        assertThat(store.createIfAbsent("log/1", Contents.of("first"))).isTrue();
        assertThat(store.createIfAbsent("log/1", Contents.of("second"))).isFalse();
        assertThat(store.createIfAbsent("log/1", Contents.of("first"))).isFalse();

        assertThat(text("log/1")).contains("first");
    }

    @Test
    void letsExactlyOneOfManyThreadsCreateAnObject() throws Exception {
        for (int round = 0; round < 20; round++) {
            CyclicBarrier start = new CyclicBarrier(THREADS);
            race("race/" + round, text -> {
                start.await();
                return Contents.of(text);
            });
        }
    }

    @Test
    void letsExactlyOneCreateAnObjectAlthoughAllFoundNoneBefore() throws Exception {
        // a store that looks first and writes later has looked in every thread before it writes in any
        CountDownLatch reading = new CountDownLatch(THREADS);
        race(
                "race/slow",
                text -> Contents.halfway(text.getBytes(UTF_8), () -> {
                    reading.countDown();
                    await(reading, 2); // or not, if the store takes one after the other
                }));
    }

    @Test
    void keepsAnEmptyObject() throws IOException {
        assertThat(store.createIfAbsent("empty", Contents.of(""))).isTrue();

        assertThat(store.get("empty"))
                .hasValueSatisfying(bytes -> assertThat(bytes).isEmpty());
        assertThat(streamed("empty", 0)).isEmpty();
        assertThat(store.list("", "", 10)).containsExactly("empty");
        assertThat(store.createIfAbsent("empty", Contents.of("x"))).isFalse();
    }

    @Test
    void keepsALargeObjectThatIsStreamedInSmallReads() throws IOException {
        byte[] large = Contents.random(5 * MIB + 3, 42);

        assertThat(store.createIfAbsent("blobs/large", Contents.claiming(large.length, () -> trickle(large))))
                .isTrue();

        assertThat(streamed("blobs/large", 0)).isEqualTo(large);
    }

    @Test
    void opensAnObjectAtAnyOffset() throws IOException {
        store.createIfAbsent("digits", Contents.of("0123456789"));

        assertThat(streamed("digits", 0)).asString(UTF_8).isEqualTo("0123456789");
        assertThat(streamed("digits", 4)).asString(UTF_8).isEqualTo("456789");
        assertThat(streamed("digits", 9)).asString(UTF_8).isEqualTo("9");
        assertThat(streamed("digits", 10)).isEmpty();
    }

    @Test
    void refusesAnOffsetOutsideTheObject() {
        store.createIfAbsent("digits", Contents.of("0123456789"));

        assertThatThrownBy(() -> store.open("digits", -1)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> store.open("digits", 11)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void answersNothingForWhatIsNotThere() {
        assertThat(store.get("absent")).isEmpty();
        assertThat(store.get("no/such/folder")).isEmpty();
        assertThat(store.open("absent", 0)).isEmpty();
        assertThat(store.open("absent", 7)).isEmpty();
        assertThat(store.localFile("absent")).isEmpty();
        assertThat(store.list("", "", 10)).isEmpty();
        assertThat(store.list("no/such/folder/", "", 10)).isEmpty();
    }

    @Test
    void putOverwrites() {
        store.put("hint/last", "7".getBytes(UTF_8));
        store.put("hint/last", "1234".getBytes(UTF_8));
        store.put("hint/last", "8".getBytes(UTF_8));

        assertThat(text("hint/last")).contains("8");
        assertThat(store.list("hint/", "", 10)).containsExactly("hint/last");
        assertThat(store.createIfAbsent("hint/last", Contents.of("9"))).isFalse();
    }

    @Test
    void keepsItsOwnCopyOfTheBytes() {
        byte[] mine = "mine".getBytes(UTF_8);
        store.put("hint/last", mine);
        mine[0] = 'X';
        store.get("hint/last").orElseThrow()[1] = 'Y';

        assertThat(text("hint/last")).contains("mine");
    }

    @Test
    void deletesAnObjectAndLetsItBeCreatedAnew() {
        store.createIfAbsent("blobs/x", Contents.of("old"));
        store.createIfAbsent("blobs/y", Contents.of("other"));

        store.delete("blobs/x");
        store.delete("blobs/x");
        store.delete("never/was");

        assertThat(store.get("blobs/x")).isEmpty();
        assertThat(store.list("", "", 10)).containsExactly("blobs/y");
        assertThat(store.createIfAbsent("blobs/x", Contents.of("new"))).isTrue();
        assertThat(text("blobs/x")).contains("new");
    }

    @Test
    void writesNothingIfTheContentBreaksOff() {
        byte[] bytes = Contents.random(MIB, 1);

        writesNothing(Contents.failingHalfway(bytes));
        writesNothing(Contents.claiming(5, () -> {
            throw new IOException("the content cannot be opened, as it was told to");
        }));
    }

    @Test
    void writesNothingIfTheContentHasAnotherLengthThanItSays() {
        byte[] bytes = Contents.random(MIB, 2);

        writesNothing(Contents.claiming(bytes.length + 1L, () -> new ByteArrayInputStream(bytes)));
        writesNothing(Contents.claiming(bytes.length - 1L, () -> new ByteArrayInputStream(bytes)));
        writesNothing(Contents.claiming(0, () -> new ByteArrayInputStream(bytes)));
        writesNothing(Contents.claiming(-1, () -> new ByteArrayInputStream(bytes)));
    }

    @Test
    void showsNothingOfAnObjectWhileItIsWritten() throws Exception {
        byte[] bytes = Contents.random(2 * MIB, 3);
        CountDownLatch half = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        ObjectStore.Source paused = Contents.halfway(bytes, () -> {
            half.countDown();
            await(goOn, 60);
        });

        withThread(() -> store.createIfAbsent("blobs/slow", paused), writing -> {
            half.await();
            for (int i = 0; i < 50; i++) {
                assertThat(store.get("blobs/slow")).isEmpty();
                assertThat(store.open("blobs/slow", 0)).isEmpty();
                assertThat(store.localFile("blobs/slow")).isEmpty();
                assertThat(store.list("", "", 10)).isEmpty();
            }
            goOn.countDown();
            assertThat(writing.get()).isTrue();
        });
        assertThat(store.get("blobs/slow")).contains(bytes);
    }

    @Test
    void showsAnOldOrANewObjectWholeWhileItIsOverwritten() throws Exception {
        byte[] old = Contents.random(64 * 1024, 4);
        byte[] fresh = Contents.random(100 * 1024, 5);
        store.put("hint/last", old);

        withThread(
                () -> {
                    for (int i = 0; i < 100; i++) {
                        store.put("hint/last", i % 2 == 0 ? fresh : old);
                    }
                    return true;
                },
                writing -> {
                    do {
                        assertThat(store.get("hint/last").orElseThrow()).isIn(old, fresh);
                    } while (!writing.isDone());
                    writing.get();
                });
    }

    @Test
    void handsOutALocalFileOnlyWithExactlyTheObject() throws IOException {
        byte[] bytes = Contents.random(10_000, 6);
        store.createIfAbsent("blobs/x", Contents.of(bytes));

        Optional<Path> file = store.localFile("blobs/x");

        if (file.isPresent()) {
            assertThat(Files.readAllBytes(file.get())).isEqualTo(bytes);
        }
    }

    @Test
    void saysWhatItIs() {
        assertThat(store.toString())
                .isNotBlank()
                .doesNotContain(store.getClass().getName());
    }

    @Test
    void saysThatItWasClosedWhenUsedLater() {
        create("a");
        store.close();

        Stream.<ThrowingCallable>of(
                        () -> store.createIfAbsent("b", Contents.of("x")),
                        () -> store.put("a", new byte[1]),
                        () -> store.get("a"),
                        () -> store.open("a", 0),
                        () -> store.list("", "", 1),
                        () -> store.delete("a"))
                .forEach(use -> assertThat(failure(use).code()).isEqualTo(ErrorCode.CLOSED));
    }

    @Test
    void leavesNothingBehindThatWouldHaveToBeSwept() {
        store.createIfAbsent("a", Contents.of("x"));
        store.createIfAbsent("a", Contents.of("y"));
        store.put("b", new byte[] {1});
        assertThatThrownBy(() -> store.createIfAbsent("c", Contents.failingHalfway(Contents.random(100_000, 1))))
                .isInstanceOf(MaasException.class);
        Instant later = Instant.now().plus(Duration.ofDays(1));
        assertThat(store.leftovers(later)).isEmpty();
        assertThat(store.removeLeftovers(later)).isEmpty();
        assertThat(store.list("", "", 10)).containsExactly("a", "b");
    }

    @Test
    void closesTwice() {
        store.close();
        store.close();
    }

    /** What the test does while another thread works. */
    private interface Meanwhile<T> {
        void run(Future<T> working) throws Exception;
    }

    private static <T> void withThread(Callable<T> work, Meanwhile<T> meanwhile) throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            meanwhile.run(thread.submit(work));
        } finally {
            thread.shutdownNow();
        }
    }

    /** Makes the content of one thread, when the thread runs. */
    private interface Racer {
        ObjectStore.Source content(String text) throws Exception;
    }

    private void race(String key, Racer racer) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<Boolean>> answers = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                String text = "thread " + thread;
                answers.add(pool.submit(() -> store.createIfAbsent(key, racer.content(text))));
            }
            List<String> winners = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                if (answers.get(thread).get()) {
                    winners.add("thread " + thread);
                }
            }
            assertThat(winners).as("threads that created " + key).hasSize(1);
            assertThat(text(key)).contains(winners.get(0));
        } finally {
            pool.shutdownNow();
        }
    }

    /** Waits for the latch, or for so long. Returns whether it opened. */
    private static boolean await(CountDownLatch latch, int seconds) throws IOException {
        try {
            return latch.await(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private void writesNothing(ObjectStore.Source content) {
        assertThatThrownBy(() -> store.createIfAbsent("blobs/broken", content))
                .isInstanceOf(InvalidInputException.class);

        assertThat(store.get("blobs/broken")).isEmpty();
        assertThat(store.list("", "", 10)).isEmpty();
    }

    private byte[] streamed(String key, long offset) throws IOException {
        try (InputStream in = store.open(key, offset).orElseThrow()) {
            return in.readAllBytes();
        }
    }

    /** Returns a stream that gives at most 1,000 bytes at once, as a socket does. */
    private static InputStream trickle(byte[] bytes) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, 1000));
            }
        };
    }
}
