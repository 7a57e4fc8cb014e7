package io.maas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.internal.log.CommitLog;
import io.maas.internal.registry.Registry;
import io.maas.internal.store.MemoryStore;
import io.maas.model.TrustKey;
import io.maas.repository.AccessKey;
import io.maas.repository.AccessRole;
import io.maas.repository.AccessSecret;
import io.maas.repository.AliasMove;
import io.maas.repository.ChangeOptions;
import io.maas.repository.Commit;
import io.maas.repository.EventListener;
import io.maas.repository.Governance;
import io.maas.repository.Lifecycle;
import io.maas.repository.ModelVersion;
import io.maas.repository.Policy;
import io.maas.repository.PublishOptions;
import io.maas.repository.RepositoryEvent;
import io.maas.repository.Subscription;
import io.maas.repository.Traffic;
import io.maas.repository.TrafficOptions;
import io.maas.testkit.FaultyStore;
import io.maas.testkit.FaultyStore.Operation;
import io.maas.testkit.ScriptedBackend;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Those who listen to a registry. */
@Timeout(60)
class EventsTest {
    @TempDir
    Path folder;

    private final MemoryStore memory = new MemoryStore();
    private final FaultyStore store = new FaultyStore(memory);
    private Maas maas;
    private ModelVersion version;

    @BeforeEach
    void open() {
        maas = new Platforms(folder, store).open();
        version = maas.repository().register(ScriptedBackend.model("digits", "scale 1"));
    }

    @AfterEach
    void close() {
        maas.close();
    }

    /** Notes events, and lets a test wait for a number of them. */
    private static final class Notes implements EventListener {
        private final List<RepositoryEvent> events = new ArrayList<>();

        @Override
        public synchronized void onEvent(RepositoryEvent event) {
            events.add(event);
            notifyAll();
        }

        synchronized List<RepositoryEvent> await(int count) throws InterruptedException {
            while (events.size() < count) {
                wait();
            }
            return List.copyOf(events);
        }
    }

    private static void commit(Maas host, ModelVersion version, int count, String prefix) {
        for (int i = 0; i < count; i++) {
            host.repository()
                    .governance()
                    .approve(version, ChangeOptions.defaults().actor(prefix + i));
        }
    }

    private static List<Long> numbers(List<RepositoryEvent> events) {
        return events.stream().map(event -> event.commit().number()).collect(Collectors.toList());
    }

    private static void awaitPosition(Subscription subscription, long position) {
        while (subscription.position() < position) {
            Thread.onSpinWait(); // the listener has returned, and its thread is about to note that
        }
    }

    @Test
    void everyKindOfOperationIsAnEventOfItsOwn() throws Exception {
        maas.repository()
                .publish(version, PublishOptions.toProduction().actor("ann").reason("first"));
        Notes notes = new Notes();
        try (Subscription subscription = maas.repository().subscribe(0, notes)) {
            List<RepositoryEvent> events = notes.await(4);
            assertThat(events.get(0)).isInstanceOfSatisfying(RepositoryEvent.Registered.class, registered -> {
                assertThat(registered.version()).isEqualTo(version);
                assertThat(registered.model()).contains(version.name());
            });
            assertThat(events.get(1)).isInstanceOfSatisfying(RepositoryEvent.Attached.class, attached -> {
                assertThat(attached.fact()).isEqualTo("probe");
                assertThat(attached.version()).isEqualTo("1");
            });
            assertThat(events.get(2))
                    .isInstanceOfSatisfying(
                            RepositoryEvent.Attached.class,
                            attached -> assertThat(attached.fact()).isEqualTo("gate.production"));
            assertThat(events.get(3)).isInstanceOfSatisfying(RepositoryEvent.AliasMoved.class, moved -> {
                assertThat(moved.move().kind()).isEqualTo(AliasMove.Kind.PUBLISH);
                assertThat(moved.move())
                        .isEqualTo(maas.repository().history(version.name()).get(0));
                assertThat(moved.commit().actor()).isEqualTo("ann");
                assertThat(moved.commit().reason()).contains("first");
            });
            awaitPosition(subscription, 1);
        }
    }

    @Test
    void everyKindOfChangeIsTold() throws Exception {
        TrustKey key = TrustKey.of(
                "ours", KeyPairGenerator.getInstance("EC").generateKeyPair().getPublic());
        ChangeOptions as = ChangeOptions.defaults().actor("grace");
        Governance governance = maas.repository().governance();
        Policy policy = Policy.open().approvals(2);
        governance.hold(version.name(), as);
        governance.unhold(version.name(), as);
        governance.approve(version, as);
        governance.withdrawApproval(version, as);
        governance.setPolicy(policy, as);
        governance.setPolicy(version.name(), policy, as);
        governance.removePolicy(version.name(), as);
        governance.trust(key, as);
        governance.distrust(key.id(), as);
        AccessKey access = AccessSecret.random(new SecureRandom()).key("shop", AccessRole.READER);
        governance.grant(access, as);
        governance.revoke(access.id(), as);
        maas.repository().deprecate(version, as);
        maas.repository()
                .publish(version, PublishOptions.toProduction().change(as).force("nobody approves"));
        Traffic traffic = Traffic.none().share("1", 3);
        maas.repository()
                .setTraffic(
                        version.name(), traffic, TrafficOptions.ofProduction().change(as));
        Notes notes = new Notes();
        try (Subscription subscription = maas.repository().subscribe(1, notes)) {
            List<RepositoryEvent> events = notes.await(15);
            Commit[] by = events.stream().map(RepositoryEvent::commit).toArray(Commit[]::new);
            assertThat(events.get(14))
                    .isEqualTo(new RepositoryEvent.TrafficChanged(by[14], version.name(), "production", "1", traffic));
            assertThat(events.subList(0, 12))
                    .containsExactly(
                            new RepositoryEvent.HoldChanged(by[0], version.name(), true),
                            new RepositoryEvent.HoldChanged(by[1], version.name(), false),
                            new RepositoryEvent.ApprovalChanged(by[2], version.name(), "1", true),
                            new RepositoryEvent.ApprovalChanged(by[3], version.name(), "1", false),
                            new RepositoryEvent.PolicyChanged(by[4], Optional.empty(), Optional.of(policy)),
                            new RepositoryEvent.PolicyChanged(by[5], Optional.of(version.name()), Optional.of(policy)),
                            new RepositoryEvent.PolicyChanged(by[6], Optional.of(version.name()), Optional.empty()),
                            new RepositoryEvent.KeyTrusted(by[7], key),
                            new RepositoryEvent.KeyDistrusted(by[8], key.id()),
                            new RepositoryEvent.AccessGranted(by[9], access),
                            new RepositoryEvent.AccessRevoked(by[10], access.id()),
                            new RepositoryEvent.LifecycleChanged(
                                    by[11], version.name(), "1", Lifecycle.ACTIVE, Lifecycle.DEPRECATED));
            assertThat(by).extracting(Commit::actor).containsOnly("grace");
            awaitPosition(subscription, 14);
        }
    }

    @Test
    void whatIsOldComesFromTheLogAndWhatIsNewAsItHappens() throws Exception {
        commit(maas, version, 20, "old-");
        Notes notes = new Notes();
        try (Subscription subscription = maas.repository().subscribe(5, notes)) {
            notes.await(16);
            commit(maas, version, 10, "new-");
            assertThat(numbers(notes.await(26)))
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(5, 30).boxed().toList());
            awaitPosition(subscription, 30);
        }
    }

    @Test
    void nothingIsMissedWhileTwoHostsCommitAndAListenerFailsNowAndThen() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        Notes notes = new Notes();
        try (Maas other = new Platforms(folder, memory).open();
                Subscription subscription = maas.repository().subscribe(1, event -> {
                    if (calls.incrementAndGet() % 7 == 0) {
                        throw new IllegalStateException("a listener's bug");
                    }
                    notes.onEvent(event);
                })) {
            Thread elsewhere = new Thread(() -> commit(other, version, 60, "theirs-"));
            elsewhere.start();
            commit(maas, version, 60, "ours-");
            elsewhere.join();
            long head = maas.repository().refresh();
            assertThat(head).isEqualTo(120);
            assertThat(numbers(notes.await(120)))
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, head).boxed().toList());
            awaitPosition(subscription, head);
            assertThat(calls.get()).isGreaterThanOrEqualTo(120 + 120 / 7);
        }
    }

    @Test
    void anEventThatFailsHoldsUpThoseAfterItAndThePosition() throws Exception {
        CountDownLatch failed = new CountDownLatch(2);
        Semaphore mended = new Semaphore(0);
        Notes notes = new Notes();
        try (Subscription subscription = maas.repository().subscribe(0, event -> {
            if (event instanceof RepositoryEvent.Attached && !mended.tryAcquire()) {
                failed.countDown();
                throw new AssertionError("not yet");
            }
            notes.onEvent(event);
        })) {
            commit(maas, version, 1, "next-");
            failed.await();
            assertThat(subscription.position()).isEqualTo(-1);
            assertThat(notes.await(1)).hasSize(1);
            mended.release();
            assertThat(notes.await(3)).hasSize(3);
            awaitPosition(subscription, 1);
        }
    }

    @Test
    void aSlowListenerHoldsUpNobody() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        Notes quick = new Notes();
        try (Subscription slow = maas.repository().subscribe(0, event -> {
                    entered.countDown();
                    uninterruptibly(released);
                });
                Subscription other = maas.repository().subscribe(0, quick)) {
            entered.await();
            commit(maas, version, 5, "a-");
            assertThat(quick.await(7)).hasSize(7);
            assertThat(slow.position()).isEqualTo(-1);
            awaitPosition(other, 5);
            released.countDown();
        }
    }

    private static void uninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aListenerMayCloseItsOwnSubscription() throws Exception {
        AtomicReference<Subscription> own = new AtomicReference<>();
        CountDownLatch subscribed = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        own.set(maas.repository().subscribe(0, event -> {
            uninterruptibly(subscribed);
            calls.incrementAndGet();
            own.get().close();
            closed.countDown();
        }));
        subscribed.countDown();
        closed.await();
        own.get().close(); // waits for the thread
        assertThat(calls).hasValue(1);
        assertThat(own.get().position()).as("the commit was told in part").isEqualTo(-1);
    }

    @Test
    void afterClosingNothingIsDelivered() throws Exception {
        Notes notes = new Notes();
        Subscription subscription = maas.repository().subscribe(0, notes);
        notes.await(2);
        subscription.close();
        subscription.close();
        commit(maas, version, 3, "late-");
        assertThat(notes.events).hasSize(2);
    }

    @Test
    void closingThePlatformEndsDeliveryAndSubscribing() throws Exception {
        Notes notes = new Notes();
        Subscription subscription = maas.repository().subscribe(0, notes);
        notes.await(2);
        maas.close();
        assertThatThrownBy(() -> maas.repository().subscribe(0, notes))
                .extracting(e -> ((MaasException) e).code())
                .isEqualTo(ErrorCode.CLOSED);
        subscription.close();
    }

    @Test
    void aNegativeCommitIsRefused() {
        assertThatThrownBy(() -> maas.repository().subscribe(-1, event -> {}))
                .hasMessageContaining("from commit -1")
                .extracting(e -> ((MaasException) e).code())
                .isEqualTo(ErrorCode.BAD_SETTING);
    }

    @Test
    void aCommitThatIsYetToComeIsWaitedFor() throws Exception {
        Notes notes = new Notes();
        try (Subscription subscription = maas.repository().subscribe(3, notes)) {
            commit(maas, version, 4, "a-");
            assertThat(numbers(notes.await(2))).containsExactly(3L, 4L);
            assertThat(subscription.position()).isGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void whileTheStoreIsDownTheLogIsWaitedFor() throws Exception {
        commit(maas, version, 20, "a-");
        try (Maas late = new Platforms(folder, store).open()) {
            store.resetCounts();
            store.outage();
            Notes notes = new Notes();
            try (Subscription subscription = late.repository().subscribe(0, notes)) {
                while (store.count(Operation.GET, "default/log/") < 2) {
                    Thread.onSpinWait(); // it has tried
                }
                assertThat(subscription.position()).isEqualTo(-1);
                store.heal();
                assertThat(notes.await(22)).hasSize(22);
            }
        }
    }

    @Test
    void aLongHistoryIsReadBySegments() throws Exception {
        commit(maas, version, 600, "a-");
        ((Registry) maas.repository()).maintain();
        try (Maas late = new Platforms(folder, store).open()) {
            store.resetCounts();
            Notes notes = new Notes();
            try (Subscription subscription = late.repository().subscribe(0, notes)) {
                assertThat(numbers(notes.await(602)).stream().distinct())
                        .containsExactlyElementsOf(
                                LongStream.rangeClosed(0, 600).boxed().toList());
                awaitPosition(subscription, 600);
                assertThat(store.count(Operation.GET, "default/segments/")).isEqualTo(2);
                assertThat(store.count(Operation.GET, "default/log/"))
                        .isLessThanOrEqualTo(600 - 2 * CommitLog.SEGMENT + 1);
            }
        }
    }

    @Test
    void aForgedSegmentIsNotBelieved() throws Exception {
        commit(maas, version, 600, "a-");
        ((Registry) maas.repository()).maintain();
        List<String> segments = memory.list("default/segments/", "", 10);
        byte[] other = memory.get(segments.get(1)).orElseThrow();
        memory.delete(segments.get(0));
        memory.createIfAbsent(segments.get(0), CommitLog.source(other));
        try (Maas late = new Platforms(folder, store).open()) {
            Notes notes = new Notes();
            try (Subscription subscription = late.repository().subscribe(0, notes)) {
                assertThat(notes.await(602)).hasSize(602);
                awaitPosition(subscription, 600);
            }
        }
    }

    @Test
    void whoKeepsUpReadsNothing() throws Exception {
        Notes notes = new Notes();
        try (Subscription subscription = maas.repository().subscribe(0, notes)) {
            notes.await(2);
            store.resetCounts();
            commit(maas, version, 50, "a-");
            notes.await(52);
            awaitPosition(subscription, 50);
            assertThat(store.count(Operation.GET, "default/log/")).isZero();
        }
    }
}
