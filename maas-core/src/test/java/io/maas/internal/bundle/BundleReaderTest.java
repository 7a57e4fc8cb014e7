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
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.maas.error.ErrorCode;
import io.maas.model.Digest;
import io.maas.model.Manifest;
import io.maas.model.Manifest.Role;
import io.maas.model.ModelName;
import io.maas.model.TensorSpec;
import io.maas.repository.PackageLimits;
import io.maas.repository.PackageSource;
import io.maas.tensor.DataType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BundleReaderTest {
    @TempDir
    Path temp;

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v2"})
    void readsTheExamplePackages(String version) throws IOException {
        try (Bundle bundle = read(PackageSource.directory(DIGITS.resolve(version)))) {
            assertThat(bundle.manifest().name()).isEqualTo(ModelName.of("digits"));
            assertThat(bundle.manifest().selfTests()).hasSize(1);
            assertThat(bundle.files())
                    .extracting(BundleFile::path)
                    .containsExactly("README.md", "maas.json", "model.onnx");
            for (BundleFile file : bundle.files()) {
                byte[] content = Files.readAllBytes(DIGITS.resolve(version).resolve(file.path()));
                assertThat(content(file)).isEqualTo(content);
                assertThat(file.digest()).isEqualTo(Digest.of(content));
            }
        }
    }

    @Test
    void theRootDigestIsOverTheFilesDigestsInPathOrder() throws IOException {
        MessageDigest sha = Digest.sha256();
        for (String path : List.of("README.md", "maas.json", "model.onnx")) {
            sha.update(Digest.of(Files.readAllBytes(DIGITS.resolve("v1").resolve(path)))
                    .toBytes());
        }
        assertThat(digest(PackageSource.directory(DIGITS.resolve("v1")))).isEqualTo(Digest.ofBytes(sha.digest()));
    }

    @Test
    void pathsAreOrderedPartByPartAndByCodePoints() {
        // as whole texts, "a-b" would come before "a/b", and U+1F600 before U+FF5E
        assertThat(Stream.of("a-b", "a/b", "a", "\uff5e", "\ud83d\ude00", "B").sorted(PathRules.order()))
                .containsExactly("B", "a", "a/b", "a-b", "\uff5e", "\ud83d\ude00");
    }

    @Test
    void theSignatureIsAFileButNotPartOfTheDigest() {
        Digest unsigned = digest(folder(temp.resolve("unsigned"), good()));
        Map<String, byte[]> files = new HashMap<>(good());
        files.put(Bundle.SIGNATURE, utf8("{}"));
        try (Bundle signed = read(folder(temp.resolve("signed"), files))) {
            assertThat(signed.digest()).isEqualTo(unsigned);
            assertThat(signed.files()).extracting(BundleFile::path).contains(Bundle.SIGNATURE);
            assertThat(signed.size())
                    .isEqualTo(files.values().stream().mapToLong(f -> f.length).sum());
        }
    }

    @Test
    void refusesAFileThatIsNotListed() {
        Map<String, byte[]> files = new HashMap<>(good());
        files.put("extra.txt", utf8("x"));
        assertRefused(folder(temp, files), ErrorCode.PACKAGE_UNLISTED);
    }

    @Test
    void refusesAMissingFile() throws IOException {
        PackageSource source = folder(temp, goodAnd("a.txt", utf8("x")));
        Files.delete(temp.resolve("a.txt"));
        assertRefused(source, ErrorCode.PACKAGE_MISSING);
    }

    @Test
    void refusesAnotherSize() throws IOException {
        PackageSource source = folder(temp, good());
        Files.writeString(temp.resolve("model.bin"), "longer than it should be");
        assertRefused(source, ErrorCode.PACKAGE_SIZE);
    }

    @Test
    void refusesAnotherDigest() throws IOException {
        PackageSource source = folder(temp, good());
        byte[] other = WEIGHTS.clone();
        other[3] ^= 1;
        Files.write(temp.resolve("model.bin"), other);
        assertRefused(source, ErrorCode.PACKAGE_DIGEST);
    }

    @Test
    void refusesWhatHasNoManifest() throws IOException {
        assertRefused(PackageSource.directory(temp), ErrorCode.PACKAGE_EMPTY);
        assertRefused(folder(temp, Map.of("model.bin", WEIGHTS)), ErrorCode.PACKAGE_MANIFEST);
        Path outer = Files.createDirectory(temp.resolve("outer"));
        folder(outer.resolve("inner"), good());
        assertRefused(PackageSource.directory(outer), ErrorCode.PACKAGE_MANIFEST);
    }

    @Test
    void refusesAManifestThatIsTooLarge() throws IOException {
        Files.write(temp.resolve(Bundle.MANIFEST), new byte[ManifestCodec.MAX_BYTES + 1]);
        assertRefused(PackageSource.directory(temp), ErrorCode.PACKAGE_MANIFEST);
    }

    @Test
    void refusesPackagesWithoutWeights() {
        assertRefused(folder(temp.resolve("a"), packed("onnx", Map.of("a.txt", WEIGHTS))), ErrorCode.PACKAGE_EMPTY);
        assertRefused(
                folder(temp.resolve("b"), packed("onnx", Map.of("model.onnx", new byte[0]))), ErrorCode.PACKAGE_EMPTY);
    }

    @Test
    void aPipelineNeedsNoWeights() {
        try (Bundle bundle = read(folder(temp, packed("pipeline", Map.of("pipeline.json", utf8("{}")))))) {
            assertThat(bundle.files()).hasSize(2);
        }
    }

    @Test
    void refusesLinks() throws IOException {
        PackageSource symbolic = folder(temp.resolve("a"), good());
        Files.createSymbolicLink(temp.resolve("a/link"), Path.of("/etc/passwd"));
        assertRefused(symbolic, ErrorCode.PACKAGE_LINK);

        PackageSource folderLink = folder(temp.resolve("b"), good());
        Files.createSymbolicLink(temp.resolve("b/link"), temp.resolve("a"));
        assertRefused(folderLink, ErrorCode.PACKAGE_LINK);

        PackageSource hard = folder(temp.resolve("c"), good());
        Files.createLink(temp.resolve("other-name"), temp.resolve("c/model.bin"));
        assertRefused(hard, ErrorCode.PACKAGE_LINK);
    }

    @Test
    void followsLinksOnTheWayToThePackage() throws IOException {
        Digest digest = digest(folder(temp.resolve("real"), good()));
        Path link = Files.createSymbolicLink(temp.resolve("link"), temp.resolve("real"));
        assertThat(digest(PackageSource.directory(link))).isEqualTo(digest);
    }

    @Test
    void refusesDevices() throws Exception {
        PackageSource source = folder(temp, good());
        Process made = new ProcessBuilder("mkfifo", temp.resolve("pipe").toString()).start();
        assumeThat(made.waitFor()).isZero();
        assertRefused(source, ErrorCode.PACKAGE_DEVICE);
    }

    @Test
    void refusesBackslashesOfFolders() throws IOException {
        PackageSource source = folder(temp, good());
        Files.writeString(temp.resolve("a\\b"), "x");
        assertRefused(source, ErrorCode.PACKAGE_PATH_BACKSLASH);
    }

    @Test
    void refusesWhatCannotBeRead() throws IOException {
        assertRefused(PackageSource.directory(temp.resolve("none")), ErrorCode.PACKAGE_UNREADABLE);
        assertRefused(PackageSource.zip(temp.resolve("none")), ErrorCode.PACKAGE_UNREADABLE);
        assertRefused(PackageSource.zip(temp), ErrorCode.PACKAGE_UNREADABLE);
        assertRefused(PackageSource.onnx("a", temp.resolve("none")), ErrorCode.PACKAGE_UNREADABLE);
        assertRefused(PackageSource.onnx("a", temp), ErrorCode.PACKAGE_UNREADABLE);
        Path file = Files.writeString(temp.resolve("file"), "x");
        assertRefused(PackageSource.directory(file), ErrorCode.PACKAGE_UNREADABLE);
    }

    @ParameterizedTest
    @CsvSource({
        "2, 1000, 16, 255, PACKAGE_TOO_MANY",
        "9, 10, 16, 255, PACKAGE_TOO_LARGE",
        "9, 1000, 1, 255, PACKAGE_PATH_LENGTH",
        "9, 1000, 16, 8, PACKAGE_PATH_LENGTH"
    })
    void keepsTheLimitsOfFolders(int entries, long bytes, int depth, int name, ErrorCode code) {
        PackageSource source = folder(temp, goodAnd("sub/a.txt", utf8("x")));
        PackageLimits limits = new PackageLimits(entries, bytes, 100, depth, name);
        assertRefused(() -> new BundleReader(limits).read(source), code);
    }

    @Test
    void labelsComeFromTheirFile() {
        byte[] labels = utf8("cat\ndog\r\nchien d'\u00e9t\u00e9\n");
        String manifest = """
                {"schema": "maas/1", "name": "a", "format": "scripted",
                 "outputs": [{"name": "p", "dtype": "FP32", "shape": ["n", 3], "labelsFile": "labels.txt"}],
                 "files": [{"path": "labels.txt", "role": "labels", "size": %d, "sha256": "%s"},
                           {"path": "model.bin", "role": "weights", "size": %d, "sha256": "%s"}]}
                """.formatted(
                        labels.length,
                        Digest.of(labels).hex(),
                        WEIGHTS.length,
                        Digest.of(WEIGHTS).hex());
        Map<String, byte[]> files = new HashMap<>();
        files.put(Bundle.MANIFEST, utf8(manifest));
        files.put("model.bin", WEIGHTS);
        files.put("labels.txt", labels);
        try (Bundle bundle = read(folder(temp, files))) {
            assertThat(bundle.manifest().outputs().get(0).labels())
                    .containsExactly("cat", "dog", "chien d'\u00e9t\u00e9");
        }
        files.put(
                Bundle.MANIFEST, utf8(manifest.replace("\"labelsFile\": \"labels.txt\"", "\"labelsFile\": \"b.txt\"")));
        assertRefused(folder(temp, files), ErrorCode.PACKAGE_MISSING);
    }

    @Test
    void refusesLabelsThatAreNotText() {
        byte[] labels = {(byte) 0xff, '\n'};
        String manifest = new String(
                        goodAnd("a.txt", labels).get(Bundle.MANIFEST), java.nio.charset.StandardCharsets.UTF_8)
                .replace(
                        "\"format\"",
                        "\"inputs\": [{\"name\": \"p\", \"dtype\": \"FP32\", \"shape\": [3],"
                                + " \"labelsFile\": \"a.txt\"}], \"format\"");
        Map<String, byte[]> files = new HashMap<>(goodAnd("a.txt", labels));
        files.put(Bundle.MANIFEST, utf8(manifest));
        assertRefused(folder(temp, files), ErrorCode.PACKAGE_MANIFEST);
    }

    // ---- single files

    @Test
    void aModelFileBecomesAPackage() throws IOException {
        Path one = Files.copy(DIGITS.resolve("v1/model.onnx"), temp.resolve("one.onnx"));
        Path two = Files.copy(one, temp.resolve("two.onnx"));
        try (Bundle bundle = read(PackageSource.onnx("digits", one))) {
            assertThat(bundle.files()).extracting(BundleFile::path).containsExactly("maas.json", "model.onnx");
            assertThat(bundle.manifest().format()).isEqualTo("onnx");
            assertThat(bundle.manifest().files().get(0).role()).isEqualTo(Role.WEIGHTS);
            assertThat(bundle.digest()).isEqualTo(digest(PackageSource.onnx("digits", two)));
        }
    }

    @Test
    void refusesAnEmptyModelFile() throws IOException {
        Path empty = Files.createFile(temp.resolve("empty.onnx"));
        assertRefused(PackageSource.onnx("digits", empty), ErrorCode.PACKAGE_EMPTY);
    }

    @Test
    void aTorchScriptFileIsCalledAsUsual() throws IOException {
        Path file = Files.write(temp.resolve("x"), WEIGHTS);
        try (Bundle bundle = read(new PackageSource.ModelFile(ModelName.of("a"), "torchscript", file))) {
            assertThat(bundle.files()).extracting(BundleFile::path).contains("model.pt");
        }
    }

    // ---- assembled

    @Test
    void anAssembledPackageIsTheSameAsItsFolder() throws IOException {
        Path file = Files.write(temp.resolve("weights"), WEIGHTS);
        Manifest manifest = Manifest.builder("a", "scripted")
                .output(TensorSpec.of("p", DataType.FP32, "n", 2).labelled(List.of("x", "y")))
                .build();
        PackageSource source = PackageSource.builder(manifest)
                .file("model.bin", Role.WEIGHTS, file)
                .file("README.md", Role.DOC, utf8("read me"))
                .build();
        try (Bundle bundle = read(source)) {
            Map<String, byte[]> files = new HashMap<>();
            bundle.files().forEach(f -> files.put(f.path(), content(f)));
            assertThat(digest(folder(temp.resolve("out"), files))).isEqualTo(bundle.digest());
            assertThat(bundle.manifest().outputs()).isEqualTo(manifest.outputs());
        }
    }

    @Test
    void bytesMayChangeOnceThePackageWasRead() {
        for (int size : new int[] {100, 100_000}) {
            byte[] data = new byte[size];
            Manifest manifest = Manifest.builder("a", "scripted").build();
            PackageSource source = PackageSource.builder(manifest)
                    .file("model.bin", Role.WEIGHTS, data)
                    .build();
            try (Bundle bundle = read(source)) {
                data[5] = 1;
                assertThat(content(bundle.files().get(1))).hasSize(size).containsOnly(0);
            }
        }
    }

    @Test
    void closingRemovesScratchFiles() {
        PackageSource source = PackageSource.builder(
                        Manifest.builder("a", "scripted").build())
                .file("model.bin", Role.WEIGHTS, new byte[100_000])
                .build();
        Bundle bundle = read(source);
        Sources.Verified content = (Sources.Verified) bundle.files().get(1).content();
        Path scratch = ((Sources.InFile) content.content()).path();
        assertThat(scratch).hasSize(100_000);
        bundle.close();
        bundle.close();
        assertThat(scratch).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({
        "maas.json, PACKAGE_DUPLICATE",
        "MODEL.bin, PACKAGE_DUPLICATE",
        "../a, PACKAGE_PATH_PARENT",
        "/a, PACKAGE_PATH_ABSOLUTE",
        "C:a, PACKAGE_PATH_DRIVE"
    })
    void refusesPartsInTheWrongPlace(String path, ErrorCode code) {
        Manifest manifest = Manifest.builder("a", "scripted").build();
        assertRefused(
                PackageSource.builder(manifest)
                        .file("model.bin", Role.WEIGHTS, WEIGHTS)
                        .file(path, Role.DOC, WEIGHTS)
                        .build(),
                code);
    }

    @Test
    void anAssembledPackageMayBringItsSignature() {
        PackageSource source = PackageSource.builder(
                        Manifest.builder("a", "scripted").build())
                .file("model.bin", Role.WEIGHTS, WEIGHTS)
                .file("model.sig", Role.DOC, utf8("{}"))
                .build();
        try (Bundle bundle = read(source)) {
            assertThat(bundle.manifest().files()).hasSize(1);
            assertThat(bundle.files()).hasSize(3);
        }
    }

    // ---- files that change after the check

    @Test
    void aFileThatChangesAfterTheCheckIsNotHandedOut() throws IOException {
        try (Bundle bundle = read(folder(temp, good()))) {
            byte[] other = WEIGHTS.clone();
            other[0] ^= 1;
            Files.write(temp.resolve("model.bin"), other);
            assertRefused(() -> content(bundle.files().get(1)), ErrorCode.PACKAGE_DIGEST);
            assertRefused(() -> readExactly(bundle.files().get(1)), ErrorCode.PACKAGE_DIGEST);
            Files.write(temp.resolve("model.bin"), new byte[3]);
            assertRefused(() -> content(bundle.files().get(1)), ErrorCode.PACKAGE_DIGEST);
            Files.write(temp.resolve("model.bin"), new byte[300]);
            assertRefused(() -> content(bundle.files().get(1)), ErrorCode.PACKAGE_DIGEST);
        }
    }

    /** Reads as a copier would that knows the length: it never sees the end of the stream. */
    private static void readExactly(BundleFile file) throws IOException {
        try (InputStream in = file.content().open()) {
            assertThat(in.markSupported()).isFalse();
            for (long left = file.content().length() - in.skip(2); left > 0; left--) {
                in.read();
            }
        }
    }
}
