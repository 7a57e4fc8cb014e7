package io.maas.internal.bundle;

import static io.maas.internal.bundle.Samples.DIGITS;
import static io.maas.internal.bundle.Samples.WEIGHTS;
import static io.maas.internal.bundle.Samples.assertRefused;
import static io.maas.internal.bundle.Samples.content;
import static io.maas.internal.bundle.Samples.digest;
import static io.maas.internal.bundle.Samples.folder;
import static io.maas.internal.bundle.Samples.good;
import static io.maas.internal.bundle.Samples.goodAnd;
import static io.maas.internal.bundle.Samples.packed;
import static io.maas.internal.bundle.Samples.read;
import static io.maas.internal.bundle.Samples.utf8;
import static io.maas.internal.bundle.Samples.zip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Digest;
import io.maas.repository.PackageLimits;
import io.maas.repository.PackageSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ZipArchiveTest {
    @TempDir
    Path temp;

    private PackageSource archive(HostileZip zip) {
        return PackageSource.zip(zip.write(temp.resolve("sample.zip")));
    }

    private PackageSource archive(byte[] bytes) {
        try {
            return PackageSource.zip(Files.write(temp.resolve("sample.zip"), bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A good package whose model file is the entry that {@code change} spoils. */
    private PackageSource spoilt(boolean isDeflated, Consumer<HostileZip.Entry> change) {
        HostileZip zip = new HostileZip();
        zip.stored(Bundle.MANIFEST, good().get(Bundle.MANIFEST));
        change.accept(isDeflated ? zip.deflated("model.bin", WEIGHTS) : zip.stored("model.bin", WEIGHTS));
        return archive(zip);
    }

    private Digest expected() {
        return digest(folder(temp.resolve("folder"), good()));
    }

    // ---- what is accepted

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v2"})
    void aZipIsTheSamePackageAsItsFolder(String version) throws IOException {
        Path file = temp.resolve("digits.zip");
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (String path : new String[] {"model.onnx", "maas.json", "README.md"}) {
                zip.putNextEntry(new ZipEntry(path)); // deflated, with descriptors
                zip.write(Files.readAllBytes(DIGITS.resolve(version).resolve(path)));
            }
        }
        assertThat(digest(PackageSource.zip(file))).isEqualTo(digest(PackageSource.directory(DIGITS.resolve(version))));
    }

    static Stream<Arguments> goodForms() {
        return Stream.<Consumer<HostileZip.Entry>>of(
                        entry -> {},
                        entry -> entry.descriptor(true, false),
                        entry -> entry.descriptor(false, false),
                        entry -> entry.descriptor(true, true),
                        entry -> entry.descriptor(false, true),
                        entry -> entry.flags(0),
                        HostileZip.Entry::large,
                        entry -> entry.kind = 0100644,
                        entry -> entry.centralExtra = HostileZip.extra(0x5455, new byte[5]))
                .flatMap(form -> Stream.of(Arguments.of(true, form), Arguments.of(false, form)));
    }

    @ParameterizedTest
    @MethodSource("goodForms")
    void readsEveryFormOfEntry(boolean isDeflated, Consumer<HostileZip.Entry> form) {
        try (Bundle bundle = read(spoilt(isDeflated, form))) {
            assertThat(bundle.digest()).isEqualTo(expected());
            assertThat(content(bundle.files().get(1))).isEqualTo(WEIGHTS);
            assertThat(content(bundle.files().get(1))).as("a second time").isEqualTo(WEIGHTS);
        }
    }

    @Test
    void readsArchivesWithTheLargeEnd() {
        assertThat(digest(archive(zip(good()).largeEnd()))).isEqualTo(expected());
    }

    @Test
    void readsFoldersAndEmptyFilesAndComments() {
        Map<String, byte[]> files = goodAnd("sub/empty.txt", new byte[0]);
        HostileZip zip = zip(files).comment(utf8("by git"));
        zip.folder("sub");
        zip.folder("unused").kind = 0040755;
        assertThat(digest(archive(zip))).isEqualTo(digest(folder(temp.resolve("f"), files)));
    }

    @Test
    void replacingTheArchiveDoesNotChangeAnOpenBundle() throws IOException {
        try (Bundle bundle = read(archive(zip(good())))) {
            Path other = Files.writeString(temp.resolve("other"), "other");
            Files.move(other, temp.resolve("sample.zip"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            assertThat(content(bundle.files().get(1))).isEqualTo(WEIGHTS);
        }
    }

    @Test
    void refusesAnArchiveThatShrinksUnderAnOpenBundle() throws IOException {
        try (Bundle bundle = read(archive(zip(good())))) {
            Files.write(temp.resolve("sample.zip"), new byte[10]);
            assertRefused(() -> content(bundle.files().get(1)), ErrorCode.PACKAGE_ARCHIVE);
        }
    }

    // ---- paths

    @ParameterizedTest
    @CsvSource({
        "/a, PACKAGE_PATH_ABSOLUTE",
        "../a, PACKAGE_PATH_PARENT",
        "a/../b, PACKAGE_PATH_PARENT",
        "./a, PACKAGE_PATH_PARENT",
        "a\\b, PACKAGE_PATH_BACKSLASH",
        "C:/a, PACKAGE_PATH_DRIVE",
        "a:stream, PACKAGE_PATH_DRIVE",
        "a\u0000b, PACKAGE_PATH_CONTROL",
        "a\u007f, PACKAGE_PATH_CONTROL",
        "a//b, PACKAGE_PATH_LENGTH",
        "'', PACKAGE_PATH_LENGTH",
        "1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6/7, PACKAGE_PATH_LENGTH"
    })
    void refusesPathsThatLeaveOrConfuse(String path, ErrorCode code) {
        HostileZip zip = zip(good());
        zip.stored(path, WEIGHTS);
        assertRefused(archive(zip), code);
        HostileZip folders = zip(good());
        folders.folder(path);
        // a lone slash is absolute
        assertRefused(archive(folders), path.isEmpty() ? ErrorCode.PACKAGE_PATH_LENGTH : code);
    }

    @Test
    void refusesNamesThatAreTooLong() {
        HostileZip zip = zip(good());
        zip.stored("\u00e9".repeat(128), WEIGHTS);
        assertRefused(archive(zip), ErrorCode.PACKAGE_PATH_LENGTH);
    }

    @ParameterizedTest
    @CsvSource({
        "model.bin, model.bin",
        "model.bin, MODEL.bin",
        "caf\u00e9, cafe\u0301",
        "\u017f, s",
        "stra\u00dfe, STRASSE",
        "a, a/b",
        "a/b, a",
        "a/b, A/c",
        "a/, a",
        "a, a/",
        "a/, a/",
        "a/, A/"
    })
    void refusesPathsThatMeet(String one, String two) {
        HostileZip zip = zip(Map.of(Bundle.MANIFEST, good().get(Bundle.MANIFEST)));
        zip.stored(one, new byte[0]);
        zip.stored(two, new byte[0]);
        assertRefused(archive(zip), ErrorCode.PACKAGE_DUPLICATE);
    }

    @ParameterizedTest
    @CsvSource({
        "0120777, PACKAGE_LINK",
        "0020644, PACKAGE_DEVICE",
        "0060644, PACKAGE_DEVICE",
        "0010644, PACKAGE_DEVICE",
        "0140644, PACKAGE_DEVICE",
        "0040755, PACKAGE_ARCHIVE"
    })
    void refusesWhatIsNoFileByItsAttributes(String mode, ErrorCode code) {
        assertRefused(spoilt(false, entry -> entry.kind = Integer.parseInt(mode, 8)), code);
    }

    @Test
    void refusesLinksOfOtherSystems() {
        assertRefused(spoilt(false, entry -> entry.attributes = 0x400), ErrorCode.PACKAGE_LINK);
        byte[] link = HostileZip.extra(0x000d, new byte[20]);
        assertRefused(spoilt(false, entry -> entry.centralExtra = link), ErrorCode.PACKAGE_LINK);
    }

    // ---- lies

    static Stream<Arguments> lies() {
        return Stream.of(
                lie("crc", ErrorCode.PACKAGE_CRC, entry -> entry.crc(7)),
                lie("shorter", ErrorCode.PACKAGE_SIZE, entry -> entry.size(5)),
                lie("longer", ErrorCode.PACKAGE_SIZE, entry -> entry.size(500)),
                lie("encrypted", ErrorCode.PACKAGE_TRAILING, entry -> entry.flags(1)),
                lie("strongly encrypted", ErrorCode.PACKAGE_TRAILING, entry -> entry.flags(1 << 6)),
                lie("masked", ErrorCode.PACKAGE_TRAILING, entry -> entry.flags(1 << 13)),
                lie("AES", ErrorCode.PACKAGE_TRAILING, entry -> entry.method(99)),
                lie("patched", ErrorCode.PACKAGE_ARCHIVE, entry -> entry.flags(1 << 5)),
                lie("bzip2", ErrorCode.PACKAGE_ARCHIVE, entry -> entry.method(12)),
                lie("other name", ErrorCode.PACKAGE_ARCHIVE, entry -> entry.localName = utf8("mOdel.bin")),
                lie("other flags", ErrorCode.PACKAGE_ARCHIVE, entry -> entry.localFlags = 0),
                lie("hidden descriptor", ErrorCode.PACKAGE_ARCHIVE, entry -> entry.localFlags |= 8),
                lie("other method", ErrorCode.PACKAGE_ARCHIVE, entry -> entry.localMethod = 8 - entry.localMethod),
                lie("other crc", ErrorCode.PACKAGE_ARCHIVE, entry -> entry.localCrc++),
                lie("other size", ErrorCode.PACKAGE_ARCHIVE, entry -> entry.localSize++),
                lie("other packed size", ErrorCode.PACKAGE_ARCHIVE, entry -> entry.localPacked++),
                lie("no crc", ErrorCode.PACKAGE_ARCHIVE, entry -> entry.localCrc = 0),
                lie("other disk", ErrorCode.PACKAGE_ARCHIVE, entry -> entry.startDisk = 1),
                lie(
                        "bad descriptor",
                        ErrorCode.PACKAGE_ARCHIVE,
                        entry -> entry.descriptor(true, false).descriptor[5]++),
                lie("bad descriptor size", ErrorCode.PACKAGE_ARCHIVE, e -> e.descriptor(true, false).descriptor[13]++),
                lie("bad descriptor packed", ErrorCode.PACKAGE_ARCHIVE, e -> e.descriptor(true, true).descriptor[8]++),
                lie("bad descriptor sign", ErrorCode.PACKAGE_ARCHIVE, e -> e.descriptor(true, false).descriptor[0]++),
                lie("no descriptor", ErrorCode.PACKAGE_ARCHIVE, entry -> entry.flags(8)),
                lie("huge", ErrorCode.PACKAGE_ARCHIVE, entry -> {
                    entry.large();
                    entry.localExtra = HostileZip.extra(1, HostileZip.longs(1));
                }),
                lie("huge without extra", ErrorCode.PACKAGE_ARCHIVE, entry -> {
                    entry.large();
                    entry.localExtra = new byte[0];
                }),
                lie("huge with broken extra", ErrorCode.PACKAGE_ARCHIVE, entry -> {
                    entry.large();
                    entry.localExtra = new byte[3];
                }),
                lie("huge with short extra", ErrorCode.PACKAGE_ARCHIVE, entry -> {
                    entry.large();
                    entry.centralExtra = HostileZip.extra(1, HostileZip.longs(21));
                }),
                lie("negative", ErrorCode.PACKAGE_ARCHIVE, entry -> {
                    entry.large();
                    entry.centralExtra = HostileZip.extra(1, HostileZip.longs(-2, -2));
                }),
                lie("cut extra", ErrorCode.PACKAGE_ARCHIVE, entry -> entry.centralExtra = new byte[] {1, 0, 9}),
                lie("long extra", ErrorCode.PACKAGE_ARCHIVE, entry -> entry.centralExtra = new byte[] {1, 0, 9, 0}),
                lie(
                        "double extra",
                        ErrorCode.PACKAGE_ARCHIVE,
                        entry -> entry.centralExtra = new byte[] {1, 0, 0, 0, 1, 0, 0, 0}),
                lie("not UTF-8", ErrorCode.PACKAGE_ARCHIVE, entry -> entry.name = new byte[] {'a', (byte) 0xff}));
    }

    private static Arguments lie(String name, ErrorCode code, Consumer<HostileZip.Entry> change) {
        return Arguments.of(name, code, change);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("lies")
    void refusesLies(String name, ErrorCode code, Consumer<HostileZip.Entry> change) {
        assertThat(name).isNotEmpty();
        assertRefused(spoilt(true, change), code);
    }

    @Test
    void refusesStoredEntriesOfTwoSizes() {
        assertRefused(spoilt(false, entry -> entry.size(5)), ErrorCode.PACKAGE_SIZE);
        assertRefused(spoilt(false, entry -> entry.crc(5)), ErrorCode.PACKAGE_CRC);
    }

    @Test
    void refusesASecondName() {
        for (byte[] other : new byte[][] {second("other.bin", 0), second("model.bin", 1), new byte[3]}) {
            byte[] extra = HostileZip.extra(0x7075, other);
            assertRefused(spoilt(false, entry -> entry.centralExtra = extra), ErrorCode.PACKAGE_ARCHIVE);
        }
        byte[] same = HostileZip.extra(0x7075, second("model.bin", 0));
        assertThat(digest(spoilt(false, entry -> entry.centralExtra = same))).isEqualTo(expected());
    }

    private static byte[] second(String name, int crcError) {
        byte[] crc = HostileZip.longs(HostileZip.crcOf(utf8("model.bin")) + crcError);
        return Samples.concat(new byte[] {1}, Arrays.copyOf(crc, 4), utf8(name));
    }

    @Test
    void refusesWhatCannotBeInflated() {
        assertRefused(spoilt(true, entry -> entry.packed[0] = 7), ErrorCode.PACKAGE_ARCHIVE);
        assertRefused(
                spoilt(true, entry -> {
                    entry.packed = Arrays.copyOf(entry.packed, entry.packed.length + 9);
                    entry.localPacked += 9;
                    entry.centralPacked += 9;
                }),
                ErrorCode.PACKAGE_ARCHIVE);
        assertRefused(
                spoilt(true, entry -> {
                    entry.packed = Arrays.copyOf(entry.packed, entry.packed.length - 3);
                    entry.localPacked -= 3;
                    entry.centralPacked -= 3;
                }),
                ErrorCode.PACKAGE_ARCHIVE);
    }

    @Test
    void refusesFoldersWithContent() {
        HostileZip zip = zip(good());
        zip.stored("folder/", WEIGHTS);
        assertRefused(archive(zip), ErrorCode.PACKAGE_ARCHIVE);
    }

    // ---- archives of this platform

    @Test
    void refusesMoreThanItIsToReadBeforeReadingAnything() {
        Path file = zip(good()).claim(10_000_000).largeEnd().write(temp.resolve("many.zip"));
        assertRefused(() -> ZipArchive.open(file, "read it", 1_000_000, name -> true), ErrorCode.PACKAGE_TOO_MANY);
    }

    @Test
    void refusesAnUnknownNameWhereItStands() {
        // the rest of the directory is missing, and nobody finds out
        Path file = zip(good()).claim(10_000).write(temp.resolve("other.zip"));
        assertRefused(() -> ZipArchive.open(file, "read it", 10_000, name -> false), ErrorCode.PACKAGE_UNLISTED);
        assertRefused(() -> ZipArchive.open(file, "read it", 10_000, name -> true), ErrorCode.PACKAGE_ARCHIVE);
    }

    @Test
    void opensWhatHasFoldersToo() {
        HostileZip zip = zip(good());
        zip.folder("sub");
        Path file = zip.write(temp.resolve("packed-again.zip"));
        try (ZipArchive archive = ZipArchive.open(file, "read it", 10, good()::containsKey)) {
            assertThat(archive.members()).containsOnlyKeys(good().keySet());
        }
    }

    // ---- the archive as a whole

    @Test
    void refusesDataAroundTheArchive() {
        assertRefused(archive(zip(good()).prefix(utf8("#!/bin/sh\n"))), ErrorCode.PACKAGE_TRAILING);
        assertRefused(archive(zip(good()).suffix(utf8("more"))), ErrorCode.PACKAGE_TRAILING);
        assertRefused(archive(zip(good()).gap(utf8("between"))), ErrorCode.PACKAGE_TRAILING);
        assertRefused(archive(zip(good()).suffix(zip(good()).bytes())), ErrorCode.PACKAGE_TRAILING);
    }

    @Test
    void refusesTwoEnds() {
        byte[] end = Arrays.copyOfRange(new HostileZip().bytes(), 0, 22);
        assertRefused(archive(zip(good()).comment(end)), ErrorCode.PACKAGE_ARCHIVE);
    }

    @Test
    void refusesWhatIsNoArchive() {
        assertRefused(archive(new byte[0]), ErrorCode.PACKAGE_EMPTY);
        assertRefused(archive(utf8("not a zip")), ErrorCode.PACKAGE_ARCHIVE);
        assertRefused(archive(new byte[200_000]), ErrorCode.PACKAGE_ARCHIVE);
        assertRefused(archive(new HostileZip()), ErrorCode.PACKAGE_EMPTY);
    }

    @Test
    void refusesPartsOfArchivesAndFalseCounts() {
        assertRefused(archive(zip(good()).disk(1)), ErrorCode.PACKAGE_ARCHIVE);
        assertRefused(archive(zip(good()).end(bytes -> bytes.putShort(8, (short) 1))), ErrorCode.PACKAGE_ARCHIVE);
        assertRefused(archive(zip(good()).claim(1)), ErrorCode.PACKAGE_ARCHIVE);
        assertRefused(archive(zip(good()).claim(3)), ErrorCode.PACKAGE_ARCHIVE);
        assertRefused(archive(zip(good()).end(bytes -> bytes.putInt(16, 90_000))), ErrorCode.PACKAGE_ARCHIVE);
        assertRefused(archive(zip(good()).end(bytes -> bytes.putInt(16, 9))), ErrorCode.PACKAGE_TRAILING);
    }

    static Stream<Consumer<java.nio.ByteBuffer>> largeLies() {
        return Stream.of(
                bytes -> bytes.putInt(0, 0),
                bytes -> bytes.putLong(4, 45),
                bytes -> bytes.putInt(16, 1),
                bytes -> bytes.putInt(20, 1),
                bytes -> bytes.putLong(24, 1),
                bytes -> bytes.putLong(40, -1),
                bytes -> bytes.putLong(40, 1L << 40),
                bytes -> bytes.putLong(48, -1),
                bytes -> bytes.putLong(48, 1L << 40),
                bytes -> bytes.putInt(60, 1),
                bytes -> bytes.putLong(64, -1),
                bytes -> bytes.putLong(64, 1L << 40),
                bytes -> bytes.putInt(72, 2));
    }

    @ParameterizedTest
    @MethodSource("largeLies")
    void refusesLiesInTheLargeEnd(Consumer<java.nio.ByteBuffer> lie) {
        assertRefused(archive(zip(good()).largeEnd(lie)), ErrorCode.PACKAGE_ARCHIVE);
    }

    @Test
    void refusesTwoEndsThatDisagree() {
        for (int at : new int[] {12, 16}) {
            HostileZip zip = zip(good()).largeEnd().end(bytes -> bytes.putInt(at, 4));
            assertRefused(archive(zip), ErrorCode.PACKAGE_ARCHIVE);
        }
        HostileZip zip =
                zip(good()).largeEnd().end(bytes -> bytes.putShort(8, (short) 4).putShort(10, (short) 4));
        assertRefused(archive(zip), ErrorCode.PACKAGE_ARCHIVE);
    }

    @Test
    void refusesEntriesThatOverlap() {
        HostileZip zip = zip(good());
        zip.stored("copy.bin", WEIGHTS).offset = 0;
        assertRefused(archive(zip), ErrorCode.PACKAGE_ARCHIVE);
        for (long offset : new long[] {20, 200, 100_000}) {
            HostileZip inside = zip(good());
            inside.stored("copy.bin", WEIGHTS).offset = offset;
            assertRefused(archive(inside), offset < 1000 ? ErrorCode.PACKAGE_ARCHIVE : ErrorCode.PACKAGE_TRAILING);
        }
    }

    @Test
    void refusesABombByItsStatedSizes() {
        byte[] zeros = new byte[64 << 20];
        HostileZip zip = zip(good());
        HostileZip.Entry entry = zip.deflated("zeros.bin", zeros);
        // sixteen times the same bytes, a gigabyte, without sixteen times the work
        entry.packed = repeated(entry.packed, 16);
        entry.localPacked = entry.packed.length;
        entry.centralPacked = entry.packed.length;
        entry.size(1L << 30);
        assertRefused(archive(zip), ErrorCode.PACKAGE_RATIO);
    }

    private static byte[] repeated(byte[] bytes, int times) {
        byte[] all = new byte[bytes.length * times];
        for (int i = 0; i < times; i++) {
            System.arraycopy(bytes, 0, all, i * bytes.length, bytes.length);
        }
        return all;
    }

    @Test
    void aBombThatHidesItsSizeIsRefusedAtItsFirstByteTooMany() {
        HostileZip zip = new HostileZip();
        zip.stored(Bundle.MANIFEST, good().get(Bundle.MANIFEST));
        zip.deflated("model.bin", new byte[64 << 20]).size(WEIGHTS.length);
        assertRefused(archive(zip), ErrorCode.PACKAGE_SIZE);
    }

    @Test
    void wellPackedSmallFilesAreNoBomb() {
        byte[] zeros = new byte[500_000];
        Map<String, byte[]> files = packed("scripted", Map.of("model.bin", zeros));
        HostileZip zip = new HostileZip();
        files.forEach(zip::deflated);
        try (Bundle bundle = read(archive(zip))) {
            assertThat(bundle.size()).isGreaterThan(zeros.length);
        }
    }

    @Test
    void refusesTooManyEntriesBeforeReadingThem() {
        HostileZip zip = new HostileZip();
        for (int i = 0; i < 65_000; i++) {
            zip.stored("f" + i, new byte[0]);
        }
        assertRefused(archive(zip.largeEnd()), ErrorCode.PACKAGE_TOO_MANY);
        // an end that claims a hundred thousand is enough
        assertRefused(
                archive(zip(good()).largeEnd(bytes -> bytes.putLong(24, 100_000).putLong(32, 100_000))),
                ErrorCode.PACKAGE_TOO_MANY);
    }

    @Test
    void keepsTheLimitOnBytes() {
        PackageSource source = archive(zip(good()));
        PackageLimits limits = new PackageLimits(10, 30, 100, 16, 255);
        assertRefused(() -> new BundleReader(limits).read(source), ErrorCode.PACKAGE_TOO_LARGE);
    }

    @Test
    void stopsCountingWhereSizesOverflow() {
        HostileZip zip = zip(good());
        for (int i = 0; i < 3; i++) {
            HostileZip.Entry entry = zip.deflated("f" + i, WEIGHTS).large();
            entry.centralExtra = HostileZip.extra(1, HostileZip.longs(Long.MAX_VALUE - 5, 21));
        }
        PackageLimits limits = new PackageLimits(10, Long.MAX_VALUE, Integer.MAX_VALUE, 16, 255);
        PackageSource source = archive(zip);
        assertRefused(() -> new BundleReader(limits).read(source), ErrorCode.PACKAGE_TOO_LARGE);
    }

    // ---- properties

    @Test
    void everyTruncationIsRefused() {
        byte[] whole = mixed().bytes();
        for (int length = 0; length < whole.length; length++) {
            PackageSource source = archive(Arrays.copyOf(whole, length));
            try (Bundle bundle = read(source)) {
                fail("%d of %d bytes were accepted as %s", length, whole.length, bundle.digest());
            } catch (InvalidInputException e) {
                assertThat(e.code().name()).startsWith("PACKAGE_");
            }
        }
    }

    @Test
    void everyDamageIsRefusedOrChangesNothing() {
        byte[] whole = mixed().bytes();
        Digest digest = digest(archive(whole));
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 3000; i++) {
            byte[] damaged = whole.clone();
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            }
            try (Bundle bundle = read(archive(damaged))) {
                assertThat(bundle.digest()).as("seed %d, round %d", seed, i).isEqualTo(digest);
            } catch (InvalidInputException e) {
                assertThat(e.code().name()).as("seed %d, round %d", seed, i).startsWith("PACKAGE_");
            }
        }
    }

    private static HostileZip mixed() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("model.bin", WEIGHTS);
        files.put("sub/notes.txt", utf8("some notes"));
        HostileZip zip = new HostileZip();
        packed("scripted", files).forEach((path, content) -> {
            if (path.equals("model.bin")) {
                zip.deflated(path, content).descriptor(true, false);
            } else {
                zip.stored(path, content).large();
            }
        });
        zip.folder("sub");
        return zip.largeEnd();
    }

    @Test
    void streamsOfAnArchiveCanBeSkipped() throws IOException {
        try (Bundle bundle = read(spoilt(true, entry -> {}));
                InputStream in = bundle.files().get(1).content().open()) {
            in.skipNBytes(6);
            assertThat(in.read()).isEqualTo(WEIGHTS[6]);
            assertThat(in.skip(0)).isZero();
        }
    }
}
