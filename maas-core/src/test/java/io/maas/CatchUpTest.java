package io.maas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.internal.log.CommitLog;
import io.maas.internal.registry.Registry;
import io.maas.internal.store.MemoryStore;
import io.maas.repository.ModelVersion;
import io.maas.repository.PublishOptions;
import io.maas.testkit.FaultyStore;
import io.maas.testkit.FaultyStore.Operation;
import io.maas.testkit.ForwardingStore;
import io.maas.testkit.ScriptedBackend;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a host that is behind asks of the store. */
@Timeout(60)
class CatchUpTest {
    @TempDir
    Path folder;

    private final MemoryStore memory = new MemoryStore();
    private final FaultyStore store = new FaultyStore(memory);
    private Maas writer;
    private Maas follower;
    private ModelVersion version;

    @BeforeEach
    void open() {
        writer = new Platforms(folder, memory).open();
        version = writer.repository().register(ScriptedBackend.model("digits", "scale 1"));
        // one that only reads does not keep house meanwhile, so that what it asks for can be counted
        follower = new Platforms(folder, store).builder().readOnly().open();
        store.resetCounts();
    }

    @AfterEach
    void close() {
        follower.close();
        writer.close();
    }

    private long commit(int count) {
        for (int i = 0; i < count; i++) {
            writer.repository()
                    .publish(
                            version,
                            PublishOptions.to("alias-" + writer.repository().head()));
        }
        return writer.repository().head();
    }

    private int reads() {
        return store.count(Operation.GET, "");
    }

    private static String key(long number) {
        return String.format(Locale.ROOT, "default/log/%012d.json", number);
    }

    @Test
    void askingForNothingNewCostsOneRead() {
        assertThat(follower.repository().refresh()).isEqualTo(commit(0));
        assertThat(reads()).isEqualTo(1);
        assertThat(store.count(Operation.LIST, "")).isZero();
    }

    @Test
    void aFewCommitsCostFewReads() {
        assertThat(follower.repository().refresh()).isEqualTo(commit(0));
        store.resetCounts();
        long head = commit(3);
        assertThat(follower.repository().refresh()).isEqualTo(head);
        // one, then two, then four of which none is there
        assertThat(reads()).isEqualTo(7);
    }

    @Test
    void aHostFarBehindReadsSegments() {
        long head = commit(1100);
        ((Registry) writer.repository()).maintain();
        assertThat(follower.repository().refresh()).isEqualTo(head);
        // the first fifteen commits, five tries of segments of which one is not there, and what follows the last
        assertThat(reads()).isLessThan(15 + 5 + (int) (head % CommitLog.SEGMENT) + 1 + 8);
        assertThat(store.count(Operation.GET, "default/segments/")).isEqualTo(5);
        assertThat(follower.repository().aliases(version.name()))
                .isEqualTo(writer.repository().aliases(version.name()));
    }

    @Test
    void withoutSegmentsAHostReadsOneCommitOnce() {
        long head = commit(300);
        ((Registry) writer.repository()).maintain();
        memory.list("default/segments/", "", 10).forEach(memory::delete); // it takes them to be there
        assertThat(follower.repository().refresh()).isEqualTo(head);
        assertThat(store.count(Operation.GET, "default/log/")).isLessThanOrEqualTo(300 + 8);
        assertThat(store.count(Operation.GET, "default/segments/")).isEqualTo(1);
    }

    /** Eight readers meet at a barrier: a reader that waited for another would keep it shut. */
    @Test
    void readsOfALongTailGoOnAtOnce() {
        CyclicBarrier together = new CyclicBarrier(8);
        AtomicBoolean armed = new AtomicBoolean();
        ForwardingStore meeting = new ForwardingStore(memory) {
            @Override
            public Optional<byte[]> get(String key) {
                if (armed.get() && key.compareTo(key(16)) >= 0 && key.startsWith("default/log/")) {
                    try {
                        together.await(30, TimeUnit.SECONDS);
                    } catch (Exception e) {
                        throw new AssertionError("the reads came one after another", e);
                    }
                }
                return super.get(key);
            }
        };
        try (Maas host = new Platforms(folder, meeting).open()) {
            long head = commit(15 + 16);
            armed.set(true);
            assertThat(host.repository().refresh()).isEqualTo(head);
        }
    }

    @Test
    void aForgedSegmentIsPassedOver() {
        long head = commit(600);
        ((Registry) writer.repository()).maintain();
        String first = memory.list("default/segments/", "", 10).get(0);
        String second = memory.list("default/segments/", "", 10).get(1);
        byte[] other = memory.get(second).orElseThrow();
        memory.delete(first);
        memory.createIfAbsent(first, CommitLog.source(other));
        assertThat(follower.repository().refresh()).isEqualTo(head);
    }

    @Test
    void aCommitThatIsMissingBeforeALaterOneBreaksTheChain() {
        commit(5);
        memory.delete(key(4)); // asked for together with those after it
        assertThatThrownBy(() -> follower.repository().refresh())
                .isInstanceOf(MaasException.class)
                .hasMessageContaining("commit 4 is missing")
                .extracting(e -> ((MaasException) e).code())
                .isEqualTo(ErrorCode.BROKEN_CHAIN);
        assertThat(follower.repository().head()).isEqualTo(3);
    }

    /** Reads at once see the log at different moments: a later one may find its commit, an earlier one came too soon. */
    @Test
    void aCommitThatAppearsBetweenTwoReadsIsReadAgain() {
        AtomicBoolean armed = new AtomicBoolean(true);
        ForwardingStore racing = new ForwardingStore(memory) {
            @Override
            public Optional<byte[]> get(String key) {
                boolean early = key.equals(key(2)) && armed.compareAndSet(true, false);
                return early ? Optional.empty() : super.get(key);
            }
        };
        commit(0);
        try (Maas host = new Platforms(folder, racing).open()) {
            armed.set(true);
            long head = commit(3);
            assertThat(host.repository().refresh()).isEqualTo(head);
        }
    }

    @Test
    void aSegmentThatAnotherHostMadeIsNotMadeAgain() {
        try (Maas host = new Platforms(folder, store).open()) {
            for (int i = 0; i < 300; i++) {
                commit(1);
                host.repository().refresh(); // a commit at a time: it meets no segment
            }
            ((Registry) writer.repository()).maintain();
            store.resetCounts();
            ((Registry) host.repository()).maintain();
            assertThat(store.count(Operation.GET, "default/log/")).isZero();
            assertThat(store.count(Operation.CREATE, "default/segments/")).isZero();
            assertThat(store.count(Operation.GET, "default/segments/")).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void aDamagedCommitEndsFollowingWhereverItIsInTheTail() {
        commit(12);
        memory.delete(key(9));
        memory.createIfAbsent(key(9), CommitLog.source("{}".getBytes(StandardCharsets.UTF_8)));
        assertThatThrownBy(() -> follower.repository().refresh())
                .extracting(e -> ((MaasException) e).code())
                .isEqualTo(ErrorCode.BROKEN_CHAIN);
        assertThat(follower.repository().head()).isEqualTo(8);
    }
}
