package io.maas.internal.cache;

import static io.maas.Refusals.assertRefused;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.maas.Maas;
import io.maas.Platforms;
import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.internal.log.BlobKey;
import io.maas.internal.registry.Registry;
import io.maas.internal.registry.VersionState;
import io.maas.internal.store.MemoryStore;
import io.maas.model.Digest;
import io.maas.model.Manifest;
import io.maas.model.Manifest.Role;
import io.maas.model.ModelRef;
import io.maas.repository.PackageSource;
import io.maas.spi.ObjectStore;
import io.maas.testkit.FaultyStore;
import io.maas.testkit.ForwardingStore;
import io.maas.testkit.ScriptedBackend;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The cache between a registry and an engine. Models are padded to 100,000 bytes. */
@Timeout(120)
class BundleCacheTest {
    private static final int SIZE = 100_000;

    @TempDir
    Path folder;

    private final WatchedStore watched = new WatchedStore();
    private final FaultyStore store = new FaultyStore(watched);
    private final Ticking clock = new Ticking();
    private Path root;
    private Maas maas;
    private Registry registry;

    /** Notes where reads begin, and may refuse them or answer with a local file. */
    private static final class WatchedStore extends ForwardingStore {
        private @Nullable Long lastOffset;
        private String down = "none";
        private @Nullable Path local;

        WatchedStore() {
            super(new MemoryStore());
        }

        @Override
        public Optional<InputStream> open(String key, long offset) {
            lastOffset = offset;
            if (key.endsWith(down)) {
                throw new UnavailableException(
                        ErrorCode.STORE_UNAVAILABLE, "open '" + key + "'", "a test said so", "repeat the call");
            }
            return super.open(key, offset);
        }

        @Override
        public Optional<Path> localFile(String key) {
            return key.contains("blobs/") ? Optional.ofNullable(local) : Optional.empty();
        }
    }

    /** Tells a later time whenever it is asked. */
    private static final class Ticking extends Clock {
        private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));

        @Override
        public Instant instant() {
            return now.updateAndGet(before -> before.plus(Duration.ofSeconds(10)));
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @BeforeEach
    void open() {
        root = folder.resolve("cache under test");
        maas = new Platforms(folder, store).open();
        registry = (Registry) maas.repository();
    }

    @AfterEach
    void close() {
        maas.close();
    }

    private BundleCache cache(long maxBytes) {
        return new BundleCache(root, maxBytes, clock, new SplittableRandom());
    }

    private BundleCache cache() {
        return cache(1 << 30);
    }

    private static byte[] content(int scale) {
        return ("scale " + scale + " ".repeat(SIZE)).substring(0, SIZE).getBytes(UTF_8);
    }

    private VersionState register(int scale) {
        PackageSource model = PackageSource.builder(
                        Manifest.builder("digits", ScriptedBackend.FORMAT).build())
                .file("weights/model.scripted", Role.WEIGHTS, content(scale))
                .file("labels.txt", Role.LABELS, "a\nb".getBytes(UTF_8))
                .build();
        return registry.resolveState(
                ModelRef.parse("digits:" + maas.repository().register(model).version()));
    }

    private CachedBundle layOut(BundleCache cache, VersionState version) {
        return cache.layOut(registry.blobs(), registry.manifest(version), version);
    }

    private BlobKey blob(VersionState version) {
        Manifest manifest = registry.manifest(version);
        int index =
                manifest.files().indexOf(manifest.file("weights/model.scripted").orElseThrow());
        return version.blobs().get(index);
    }

    private Path cached(VersionState version) {
        return root.resolve("blobs").resolve(blob(version).digest().hex());
    }

    private Path partial(VersionState version) {
        return root.resolve("partial").resolve(blob(version).digest().hex());
    }

    private int downloads(VersionState version) {
        return store.count(
                FaultyStore.Operation.OPEN, "default/" + blob(version).key());
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.filter(Files::isRegularFile).toList();
        }
    }

    private void assertLaidOut(CachedBundle bundle, int scale) throws IOException {
        assertThat(bundle.model()).hasBinaryContent(content(scale));
        assertThat(bundle.file("labels.txt")).hasContent("a\nb");
        assertThat(bundle.root().resolve("maas.json")).exists();
        assertThat(files(bundle.root())).hasSize(3);
    }

    @Test
    void aBundleIsLaidOutUnderItsOwnNames() throws IOException {
        VersionState version = register(1);
        try (BundleCache cache = cache();
                CachedBundle bundle = layOut(cache, version)) {
            assertLaidOut(bundle, 1);
            assertThat(bundle.model()).isEqualTo(bundle.root().resolve("weights/model.scripted"));
            assertThat(bundle.manifest()).isEqualTo(registry.manifest(version));
            assertThat(cached(version)).hasBinaryContent(content(1));
            assertThat(files(root.resolve("partial"))).isEmpty();
        }
    }

    @Test
    void aFileThatTheManifestDoesNotListIsRefused() {
        try (BundleCache cache = cache();
                CachedBundle bundle = layOut(cache, register(1))) {
            assertRefused(ErrorCode.PACKAGE_MISSING, () -> bundle.file("../secret"))
                    .hasMessageContaining("no '../secret'")
                    .hasMessageContaining("labels.txt");
            assertRefused(ErrorCode.PACKAGE_MISSING, () -> bundle.file("maas.json"));
        }
    }

    @Test
    void contentIsFetchedOnceHoweverOftenItIsLaidOut() throws IOException {
        VersionState version = register(1);
        store.resetCounts();
        try (BundleCache cache = cache();
                CachedBundle first = layOut(cache, version);
                CachedBundle second = layOut(cache, version)) {
            assertThat(second.root()).isNotEqualTo(first.root());
            assertLaidOut(first, 1);
            assertLaidOut(second, 1);
        }
        try (BundleCache cache = cache();
                CachedBundle later = layOut(cache, version)) {
            assertLaidOut(later, 1);
        }
        assertThat(downloads(version)).isEqualTo(1);
    }

    @Test
    void closingABundleRemovesItsNamesAndClosingTheCacheTheRest() throws IOException {
        VersionState version = register(1);
        BundleCache cache = cache();
        CachedBundle closed = layOut(cache, version);
        CachedBundle forgotten = layOut(cache, version);
        closed.close();
        closed.close();
        assertThat(closed.root()).doesNotExist();
        assertLaidOut(forgotten, 1);
        cache.close();
        cache.close();
        assertThat(root.resolve("use")).isEmptyDirectory();
        assertThat(cached(version)).exists();
    }

    // ---- downloads that were broken off

    private void breakOff(VersionState version, byte[] before) throws IOException {
        Files.createDirectories(root.resolve("partial"));
        Files.write(partial(version), before);
        store.resetCounts();
        watched.lastOffset = null;
    }

    @Test
    void aDownloadGoesOnWhereItWasBrokenOff() throws IOException {
        VersionState version = register(1);
        breakOff(version, Arrays.copyOf(content(1), 70_000));
        try (BundleCache cache = cache();
                CachedBundle bundle = layOut(cache, version)) {
            assertLaidOut(bundle, 1);
            assertThat(downloads(version)).isEqualTo(1);
            assertThat(partial(version)).doesNotExist();
        }
    }

    @Test
    void onlyTheRestOfABrokenOffDownloadIsFetched() throws IOException {
        PackageSource single = ScriptedBackend.model("single", "scale 3");
        VersionState version = registry.resolveState(
                ModelRef.parse("single:" + maas.repository().register(single).version()));
        BlobKey blob = version.blobs().get(0);
        Files.createDirectories(root.resolve("partial"));
        Files.writeString(root.resolve("partial").resolve(blob.digest().hex()), "scal");
        try (BundleCache cache = cache();
                CachedBundle bundle = layOut(cache, version)) {
            assertThat(bundle.model()).hasContent("scale 3");
            assertThat(watched.lastOffset).isEqualTo(4);
        }
    }

    @Test
    void aDownloadThatOnlyLacksItsEndIsCompleted() throws IOException {
        VersionState version = register(1);
        breakOff(version, content(1));
        try (BundleCache cache = cache();
                CachedBundle bundle = layOut(cache, version)) {
            assertLaidOut(bundle, 1);
        }
    }

    @Test
    void aWrongPartIsFetchedAgain() throws IOException {
        VersionState version = register(1);
        breakOff(version, Arrays.copyOf(content(2), 70_000));
        try (BundleCache cache = cache();
                CachedBundle bundle = layOut(cache, version)) {
            assertLaidOut(bundle, 1);
            assertThat(downloads(version)).isEqualTo(2);
            assertThat(partial(version)).doesNotExist();
        }
    }

    @Test
    void aPartThatIsTooLongIsFetchedAgain() throws IOException {
        VersionState version = register(1);
        breakOff(version, Arrays.copyOf(content(1), SIZE + 1));
        try (BundleCache cache = cache();
                CachedBundle bundle = layOut(cache, version)) {
            assertLaidOut(bundle, 1);
        }
    }

    @Test
    void aPartSurvivesAStoreThatIsDown() throws IOException {
        VersionState version = register(1);
        byte[] part = Arrays.copyOf(content(1), 70_000);
        breakOff(version, part);
        watched.down = blob(version).key();
        try (BundleCache cache = cache()) {
            assertRefused(ErrorCode.STORE_UNAVAILABLE, () -> layOut(cache, version));
            assertThat(partial(version)).hasBinaryContent(part);
        }
    }

    // ---- damage

    @Test
    void aDamagedCachedFileIsFetchedAgain() throws IOException {
        VersionState version = register(1);
        try (BundleCache cache = cache()) {
            layOut(cache, version).close();
            Files.write(cached(version), content(2));
            store.resetCounts();
            try (CachedBundle bundle = layOut(cache, version)) {
                assertLaidOut(bundle, 1);
                assertThat(cached(version)).hasBinaryContent(content(1));
                assertThat(downloads(version)).isEqualTo(1);
            }
        }
    }

    @Test
    void aDamagedFileOfTheStoreIsRefused() throws IOException {
        VersionState version = register(1);
        Manifest manifest = registry.manifest(version);
        store.flipBits("default/" + blob(version).key());
        try (BundleCache cache = cache()) {
            assertRefused(ErrorCode.CORRUPT_BLOB, () -> cache.layOut(registry.blobs(), manifest, version))
                    .hasMessageContaining(blob(version).key());
            assertThat(cached(version)).doesNotExist();
            assertThat(partial(version)).doesNotExist();
            assertThat(files(root.resolve("use"))).hasSize(1); // the lock
            store.heal();
            try (CachedBundle bundle = layOut(cache, version)) {
                assertLaidOut(bundle, 1);
            }
        }
    }

    @Test
    void aMissingFileOfTheStoreIsNamed() {
        VersionState version = register(1);
        store.delete("default/" + blob(version).key());
        try (BundleCache cache = cache()) {
            assertRefused(ErrorCode.CORRUPT_BLOB, () -> layOut(cache, version))
                    .hasMessageContaining(blob(version).key())
                    .hasMessageContaining("missing");
        }
    }

    @Test
    void aStoreOnThisHostIsNotCopied() throws IOException {
        VersionState version = register(1);
        Manifest manifest = registry.manifest(version);
        try (BundleCache cache = cache()) {
            watched.local = Files.write(folder.resolve("local"), content(2));
            assertRefused(ErrorCode.CORRUPT_BLOB, () -> cache.layOut(registry.blobs(), manifest, version));
            assertThat(root.resolve("blobs")).isEmptyDirectory();
            watched.local = folder.resolve("gone");
            assertRefused(ErrorCode.STORE_UNAVAILABLE, () -> cache.layOut(registry.blobs(), manifest, version));
            assertThat(folder.resolve("local")).hasBinaryContent(content(2));
        }
    }

    @Test
    void whatWasLaidOutBeforeNeedsNoStore() throws IOException {
        VersionState version = register(1);
        Manifest manifest = registry.manifest(version);
        try (BundleCache cache = cache()) {
            layOut(cache, version).close();
            store.outage();
            try (CachedBundle bundle = cache.layOut(registry.blobs(), manifest, version)) {
                assertLaidOut(bundle, 1);
            }
        }
    }

    // ---- small content

    @Test
    void smallContentIsKeptAndCheckedEachTime() throws IOException {
        byte[] content = "small".getBytes(UTF_8);
        Digest digest = Digest.of(content);
        try (BundleCache cache = cache()) {
            assertThat(cache.copies().find(digest)).isEmpty();
            cache.copies().keep(digest, content);
            cache.copies().keep(digest, content);
            assertThat(cache.copies().find(digest)).contains(content);
            Path file = root.resolve("blobs").resolve(digest.hex());
            Files.writeString(file, "other");
            assertThat(cache.copies().find(digest)).isEmpty();
            assertThat(file).doesNotExist();
        }
        try (Stream<Path> use = Files.list(root.resolve("use"))) {
            assertThat(use).isEmpty();
        }
    }

    @Test
    void aManifestIsReadFromTheStoreOnce() {
        VersionState version = register(1);
        store.resetCounts();
        for (int i = 0; i < 3; i++) {
            assertThat(registry.blobs().read(version.manifest())).isNotEmpty();
        }
        assertThat(store.count(FaultyStore.Operation.GET, "default/blobs/")).isLessThanOrEqualTo(1);
    }

    // ---- eviction

    @Test
    void whatWasUsedLongestAgoGoesFirst() throws IOException {
        VersionState one = register(1);
        VersionState two = register(2);
        VersionState three = register(3);
        try (BundleCache cache = cache(2 * SIZE + SIZE / 2)) {
            layOut(cache, one).close();
            layOut(cache, two).close();
            layOut(cache, one).close();
            assertThat(cached(two)).exists();
            layOut(cache, three).close();
            assertThat(cached(one)).exists();
            assertThat(cached(two)).doesNotExist();
            assertThat(cached(three)).exists();
        }
    }

    @Test
    void whatIsEvictedStaysWhereItIsInUse() throws IOException {
        VersionState one = register(1);
        try (BundleCache cache = cache(0);
                CachedBundle first = layOut(cache, one);
                CachedBundle second = layOut(cache, register(2))) {
            assertThat(root.resolve("blobs")).isEmptyDirectory();
            assertLaidOut(first, 1);
            assertLaidOut(second, 2);
        }
    }

    // ---- others in the same folder

    @Test
    void filesOfADeadInstanceAreRemovedWhenTheCacheIsOpened() throws IOException {
        Path dead = root.resolve("use/dead");
        Files.createDirectories(dead.resolve("1/weights"));
        Files.writeString(dead.resolve("1/weights/model.scripted"), "scale 1");
        Files.createFile(root.resolve("use/dead.lock"));
        try (BundleCache cache = cache()) {
            assertThat(dead).doesNotExist();
            assertThat(root.resolve("use/dead.lock")).doesNotExist();
            layOut(cache, register(1)).close();
        }
    }

    @Test
    void filesOfALivingInstanceStay() throws IOException {
        VersionState version = register(1);
        try (BundleCache a = cache();
                CachedBundle ofA = layOut(a, version)) {
            try (BundleCache b = cache();
                    CachedBundle ofB = layOut(b, version)) {
                assertLaidOut(ofA, 1);
                assertLaidOut(ofB, 1);
            }
            assertLaidOut(ofA, 1);
        }
    }

    @Test
    void filesStayWhenOthersOfThisProcessAndThenAnotherProcessOpenTheCache() throws Exception {
        VersionState version = register(1);
        try (BundleCache a = cache();
                CachedBundle ofA = layOut(a, version)) {
            cache().close();
            try (BundleCache b = cache();
                    OtherProcess other = OtherProcess.opens(root)) {
                assertLaidOut(ofA, 1);
                assertThat(List.of(a, b)).as("beside process %d", other.pid()).doesNotHaveDuplicates();
            }
            assertLaidOut(ofA, 1);
        }
    }

    @Test
    void twoOfThisProcessThatFetchTheSameDoNotDisturbEachOther() throws IOException {
        VersionState version = register(1);
        try (BundleCache a = cache();
                BundleCache b = cache()) {
            AtomicReference<CachedBundle> ofB = new AtomicReference<>();
            ObjectStore meanwhile = new ForwardingStore(watched) {
                private boolean once = true;

                @Override
                public Optional<InputStream> open(String key, long offset) {
                    if (once && key.contains(blob(version).key())) {
                        once = false;
                        ofB.set(layOut(b, version));
                    }
                    return super.open(key, offset);
                }
            };
            try (Maas other = new Platforms(folder.resolve("other"), meanwhile).open();
                    CachedBundle ofA =
                            a.layOut(((Registry) other.repository()).blobs(), registry.manifest(version), version)) {
                assertLaidOut(ofA, 1);
                assertLaidOut(ofB.get(), 1);
                assertThat(cached(version)).hasBinaryContent(content(1));
                assertThat(files(root.resolve("partial"))).isEmpty();
            }
        }
    }

    @Test
    void whatAnotherProcessFetchedMeanwhileIsUsed() throws Exception {
        VersionState version = register(1);
        Path content = Files.write(folder.resolve("content"), content(1));
        AtomicReference<CachedBundle> laidOut = new AtomicReference<>();
        try (BundleCache cache = cache()) {
            Thread waiting = new Thread(() -> laidOut.set(layOut(cache, version)));
            try (OtherProcess other = OtherProcess.downloads(partial(version), cached(version), content)) {
                store.resetCounts();
                waiting.start();
                while (waiting.isAlive() && !waitsForALock(waiting)) {
                    Thread.onSpinWait();
                }
                assertThat(waiting.isAlive())
                        .as("waits for process %d", other.pid())
                        .isTrue();
            }
            waiting.join();
            assertLaidOut(laidOut.get(), 1);
            assertThat(cached(version)).hasBinaryContent(content(1));
            assertThat(downloads(version)).isZero();
        }
    }

    /** Later JDKs have a dispatcher for each family of systems, of another name. */
    private static boolean waitsForALock(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getClassName().matches("sun\\.nio\\.ch\\..*FileDispatcher.*")
                        && frame.getMethodName().startsWith("lock"));
    }

    @Test
    void theLockOfAnInstanceIsHeldAsLongAsItLives() throws IOException {
        BundleCache cache = cache();
        Path lock = files(root.resolve("use")).get(0);
        assertThat(lock.getFileName().toString()).matches("[0-9a-f]{16}\\.lock");
        cache.close();
        assertThat(lock).doesNotExist();
        Files.createFile(lock);
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
                FileLock held = channel.tryLock()) {
            assertThat(held).isNotNull();
        }
    }

    @Test
    void aFolderThatCannotBeWrittenIsNamed() throws IOException {
        Files.createFile(root);
        assertRefused(ErrorCode.STORE_UNAVAILABLE, this::cache)
                .hasMessageContaining("use the cache folder " + root)
                .hasMessageContaining("Maas.builder().cache");
    }
}
