package io.maas.internal.bundle;

import static io.maas.internal.bundle.Samples.WEIGHTS;
import static io.maas.internal.bundle.Samples.assertRefused;
import static io.maas.internal.bundle.Samples.concat;
import static io.maas.internal.bundle.Samples.digest;
import static io.maas.internal.bundle.Samples.folder;
import static io.maas.internal.bundle.Samples.goodAnd;
import static io.maas.internal.bundle.Samples.packed;
import static io.maas.internal.bundle.Samples.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.maas.error.ErrorCode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContentScanTest {
    @TempDir
    Path temp;

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    // ---- pickles

    /** Written with ISO 8859-1 for bytes beyond ASCII. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                // protocols 0 and 1
                "(dp0\nS'a'\np1\nI1\ns.",
                "(dp0\nVa\np1\n(lp2\nI1\naF2.5\naL3L\naI01\nas.",
                "(lp0\nI1\na.",
                "cos\nsystem\n(S'ls'\ntR.",
                "c__builtin__\neval\np0\n(Vprint(1)\np1\ntp2\nRp3\n.",
                "(S'ls'\nios\nsystem\n.",
                "(cos\nsystem\nS'ls'\no.",
                "ccopy_reg\n_reconstructor\nq\u0000(cfoo\nBar\nq\u0001c__builtin__\nobject\nq\u0002Ntq\u0003Rq\u0004.",
                "}q\u0000(U\u0001aq\u0001K\u0001U\u0001bq\u0002M\u0001\u0001u.",
                // protocol 2 and on
                "\u0080\u0002}q\u0000.",
                "\u0080\u0002N.",
                "\u0080\u0002ccollections\nOrderedDict\nq\u0000)Rq\u0001.",
                "\u0080\u0002\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019.\u0080\u0002M\u00e9\u0003.",
                "\u0080\u0003]q\u0000(K\u0001K\u0002e.",
                "\u0080\u0004\u0095\u0003\u0000\u0000\u0000\u0000\u0000\u0000\u0000}\u0094.",
                "\u0080\u0004\u0095\u001d\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u008c\u0005posix\u0094\u008c\u0006system"
                        + "\u0094\u0093\u0094\u008c\u0002ls\u0094\u0085\u0094R\u0094.",
                "\u0080\u0005\u0095\u0005\u0000\u0000\u0000\u0000\u0000\u0000\u0000K\u0001K\u0002\u0086\u0094.",
                // tricks: no protocol, things pushed and dropped before, a memo in between
                "N0I1\n0cos\nsystem\nN0(S'ls'\ntR.",
                "\u008c\u0002os\u008c\u0006system\u0093\u008c\u0002ls\u0085R.",
                "cos\nsystem\nq\u00000h\u0000(Vls\ntR.",
                "B\u0003\u0000\u0000\u0000abc0cos\nsystem\n)R.",
                "((10cos\nsystem\n)\u0081.",
                "cfoo\nBar\n)}\u0092.",
                "\u0082\u0001)R.",
                "Pid\nQ0G\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u00000cos\nsystem\n2(NtR."
            })
    void refusesPickles(String pickle) {
        byte[] content = latin(pickle);
        assertRefused(folder(temp, goodAnd("notes.txt", content)), ErrorCode.PACKAGE_PICKLE);
        assertRefused(
                folder(temp.resolve("b"), packed("torchscript", Map.of("model.pt", content))),
                ErrorCode.PACKAGE_PICKLE);
    }

    /** {@code {'a': [1, 2.5, 'x', (True, None), b'yy', 10**20], 'b': OrderedDict(k=1), 's': {1, 2}}}, dumped by CPython. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "286470300a56610a70310a286c70320a49310a6146322e350a6156780a70330a61284930310a4e7470340a6163"
                        + "5f636f646563730a656e636f64650a70350a285679790a70360a566c6174696e310a70370a7470380a5270390a"
                        + "614c3130303030303030303030303030303030303030304c0a617356620a7031300a63636f6c6c656374696f6e"
                        + "730a4f726465726564446963740a7031310a2874527031320a566b0a7031330a49310a737356730a7031340a63"
                        + "5f5f6275696c74696e5f5f0a7365740a7031350a28286c7031360a49310a6149320a61747031370a527031380a"
                        + "732e",
                "7d71002858010000006171015d7102284b014740040000000000005801000000787103284930310a4e74710463"
                        + "5f636f646563730a656e636f64650a71052858020000007979710658060000006c6174696e3171077471085271"
                        + "094c3130303030303030303030303030303030303030304c0a65580100000062710a63636f6c6c656374696f6e"
                        + "730a4f726465726564446963740a710b2952710c58010000006b710d4b0173580100000073710e635f5f627569"
                        + "6c74696e5f5f0a7365740a710f285d7110284b014b0265747111527112752e",
                "80027d71002858010000006171015d7102284b014740040000000000005801000000787103884e867104635f63"
                        + "6f646563730a656e636f64650a710558020000007979710658060000006c6174696e3171078671085271098a09"
                        + "000010632d5ec76b0565580100000062710a63636f6c6c656374696f6e730a4f726465726564446963740a710b"
                        + "2952710c58010000006b710d4b0173580100000073710e635f5f6275696c74696e5f5f0a7365740a710f5d7110"
                        + "284b014b0265857111527112752e",
                "80037d71002858010000006171015d7102284b014740040000000000005801000000787103884e867104430279"
                        + "7971058a09000010632d5ec76b0565580100000062710663636f6c6c656374696f6e730a4f7264657265644469"
                        + "63740a71072952710858010000006b71094b0173580100000073710a636275696c74696e730a7365740a710b5d"
                        + "710c284b014b026585710d52710e752e",
                "80049568000000000000007d94288c0161945d94284b014740040000000000008c017894884e86944302797994"
                        + "8a09000010632d5ec76b05658c0162948c0b636f6c6c656374696f6e73948c0b4f726465726564446963749493"
                        + "942952948c016b944b01738c0173948f94284b014b0290752e",
                "80059568000000000000007d94288c0161945d94284b014740040000000000008c017894884e86944302797994"
                        + "8a09000010632d5ec76b05658c0162948c0b636f6c6c656374696f6e73948c0b4f726465726564446963749493"
                        + "942952948c016b944b01738c0173948f94284b014b0290752e"
            })
    void refusesWhatPythonWritesInEveryProtocol(String hex) {
        byte[] pickle = HexFormat.of().parseHex(hex);
        assertRefused(folder(temp, goodAnd("notes.txt", pickle)), ErrorCode.PACKAGE_PICKLE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "N.B. this is a text",
                "cat\ndog\nfish\n",
                "cat\ndog\nPig\nRat\nbird\n",
                "cow\nox\nNewt\n.hidden\n",
                "(c) 2026 by us\n",
                "(iris\nset osa\n",
                "Iguana\nLabrador\nFox\nSheep\n",
                "}{",
                "]",
                "0.5,1.5\n",
                "S'abc\n",
                "Very long line\nVery long line\n",
                "\u0080",
                "\u0080\u0009}q\u0000.",
                "\u0080\u0002\u00ff\u00ff",
                "K\u0001",
                "s",
                "a",
                "t",
                "u",
                "R",
                "o",
                "Q",
                "1",
                "2",
                "q\u0001",
                "\u0093",
                "\u0092",
                "\u0085",
                "(.",
                "(R",
                "((R",
                "U\u00ffabc",
                "B\u00ff\u00ff\u00ff\u00ffabc",
                "\u008e\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ffabc",
                "(No.",
                "N(\u0081",
                "Nabc",
                "h\u0001)R.",
                "(h\u0001o."
            })
    void leavesAloneWhatIsNone(String text) {
        assertThatCode(() -> digest(folder(temp, goodAnd("notes.txt", latin(text)))))
                .doesNotThrowAnyException();
    }

    @Test
    void longLinesAndDeepStacksAreFollowed() throws IOException {
        assertThat(isPickle(latin("V" + "x".repeat(100_000) + "\n0cos\nsystem\n(NtR.")))
                .isTrue();
        assertThat(isPickle(latin("I" + "1".repeat(100_000) + "\n.cos\nsystem\n(NtR.")))
                .isFalse();
        assertThat(isPickle(latin("N".repeat(3 << 20) + "cos\nsystem\n(NtR."))).isTrue();
        assertThat(isPickle(latin("N".repeat(100)))).isFalse();
    }

    private static boolean isPickle(byte[] content) throws IOException {
        return new PickleWalk(new ByteArrayInputStream(content), content.length).isPickle();
    }

    @Test
    void randomWeightsAreNoPickles() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] content = new byte[64];
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            random.nextBytes(content);
            refused += isPickle(content) ? 1 : 0;
        }
        // chance makes a pickle of about one in a million
        assertThat(refused).as("seed %d", seed).isLessThanOrEqualTo(1);
    }

    @Test
    void refusesCompressedPickles() throws IOException {
        byte[] pickle = latin("\u0080\u0003]q\u0000(K\u0001K\u0002e.");
        for (byte[] content : new byte[][] {gzip(pickle), zlib(pickle)}) {
            assertRefused(folder(temp, goodAnd("data.gz", content)), ErrorCode.PACKAGE_PICKLE);
        }
    }

    @Test
    void leavesAloneOtherCompressedFiles() throws IOException {
        byte[] cut = Arrays.copyOf(gzip(utf8("text")), 12);
        byte[] broken = {0x78, (byte) 0x9c, 7, 7, 7, 7};
        for (byte[] content : new byte[][] {gzip(utf8("text")), zlib(utf8("text")), cut, broken, {0x18, 1, 2}}) {
            assertThatCode(() -> digest(folder(temp, goodAnd("data.gz", content))))
                    .doesNotThrowAnyException();
        }
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        }
        return out.toByteArray();
    }

    private static byte[] zlib(byte[] content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream zlib = new DeflaterOutputStream(out)) {
            zlib.write(content);
        }
        return out.toByteArray();
    }

    @ParameterizedTest
    @CsvSource({"|O, true", "O, true", "<f4, false"})
    void refusesNumPyArraysOfObjects(String descr, boolean isRefused) {
        String header = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (1,), }\n";
        byte[] npy = latin("\u0093NUMPY\u0001\u0000v\u0000" + header + "data");
        if (isRefused) {
            assertRefused(folder(temp, goodAnd("x.npy", npy)), ErrorCode.PACKAGE_PICKLE);
        } else {
            assertThatCode(() -> digest(folder(temp, goodAnd("x.npy", npy)))).doesNotThrowAnyException();
        }
    }

    // ---- archives in files

    private static byte[] torch() {
        HostileZip zip = new HostileZip();
        zip.stored("archive/data.pkl", latin("\u0080\u0002}q\u0000."));
        zip.stored("archive/data/0", new byte[300_000]);
        return zip.bytes();
    }

    @Test
    void refusesPyTorchFilesUnlessTheFormatIsTorchScript() {
        for (byte[] content : new byte[][] {torch(), concat(new byte[300_000], torch())}) {
            assertRefused(folder(temp, packed("onnx", Map.of("model.onnx", content))), ErrorCode.PACKAGE_PICKLE);
        }
        Map<String, byte[]> files = packed("torchscript", Map.of("model.pt", torch()));
        assertThatCode(() -> digest(folder(temp.resolve("b"), files))).doesNotThrowAnyException();
        Map<String, byte[]> hidden = packed("torchscript", Map.of("model.pt", torch(), "notes.txt", torch()));
        assertRefused(folder(temp.resolve("c"), hidden), ErrorCode.PACKAGE_PICKLE);
    }

    @Test
    void findsMembersAcrossBuffers() {
        for (int before = (256 << 10) - 60; before < (256 << 10) + 4; before++) {
            byte[] content = concat(new byte[before], torch());
            ZipMemberNamesProbe probe = new ZipMemberNamesProbe();
            probe.feed(content, 256 << 10);
            assertThat(probe.names).contains("archive/data.pkl");
        }
    }

    private static final class ZipMemberNamesProbe {
        private final java.util.Set<String> names = new java.util.HashSet<>();

        void feed(byte[] content, int step) {
            ZipMemberNames members = new ZipMemberNames(names::add);
            for (int at = 0; at < content.length; at += step) {
                byte[] part = Arrays.copyOfRange(content, at, Math.min(content.length, at + step));
                members.update(part, 0, part.length);
            }
        }
    }

    @Test
    void refusesJarsByWhatIsInThem() {
        HostileZip jar = new HostileZip();
        jar.deflated("a/B.class", WEIGHTS);
        assertRefused(folder(temp, goodAnd("data.bin", jar.bytes())), ErrorCode.PACKAGE_CODE);
    }

    @Test
    void leavesAloneOtherArchives() {
        HostileZip zip = new HostileZip();
        zip.deflated("a.txt", WEIGHTS);
        assertThatCode(() -> digest(folder(temp, goodAnd("samples.zip", zip.bytes()))))
                .doesNotThrowAnyException();
    }

    // ---- code

    @ParameterizedTest
    @ValueSource(
            strings = {
                "serving.properties",
                "sub/Serving.Properties",
                "libs/a.jar",
                "a.CLASS",
                "liba.so",
                "liba.so.1.2",
                "a.dll",
                "a.dylib",
                "a.pyd",
                "a.exe",
                "classes/a.txt",
                "a/Classes/b/c.txt"
            })
    void refusesNamesThatEnginesLoadCodeFrom(String path) {
        assertRefused(folder(temp, goodAnd(path, utf8("x"))), ErrorCode.PACKAGE_CODE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"classes", "classes.txt", "also.txt", "a.solution", "lib.so.txt"})
    void leavesAloneSimilarNames(String path) {
        assertThatCode(() -> digest(folder(temp, goodAnd(path, utf8("x"))))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "7f454c4602010100",
                "cafebabe00000041",
                "cffaedfe07000001",
                "cefaedfe07000001",
                "feedfacf00000001",
                "feedface00000001"
            })
    void refusesMachineCodeWhateverItsName(String hex) {
        byte[] content = HexFormat.of().parseHex(hex);
        assertRefused(folder(temp, goodAnd("a.txt", content)), ErrorCode.PACKAGE_CODE);
    }

    @Test
    void refusesWindowsProgramsByTheirInnerHeader() {
        byte[] content = new byte[200];
        ByteBuffer bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putShort(0, (short) 0x5a4d).putInt(60, 128).putInt(128, 0x4550);
        assertRefused(folder(temp, goodAnd("a.txt", content)), ErrorCode.PACKAGE_CODE);
        for (int at : new int[] {100, -5, 5000}) {
            bytes.putInt(60, at);
            assertThatCode(() -> digest(folder(temp.resolve("b"), goodAnd("a.txt", content))))
                    .doesNotThrowAnyException();
        }
        assertThatCode(() -> digest(folder(temp.resolve("c"), goodAnd("a.txt", utf8("MZ is not enough")))))
                .doesNotThrowAnyException();
    }
}
