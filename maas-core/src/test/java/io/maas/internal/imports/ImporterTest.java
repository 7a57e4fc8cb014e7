package io.maas.internal.imports;

import static io.maas.internal.imports.Fixture.paths;
import static io.maas.internal.imports.Fixture.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.Packages;
import io.maas.error.ErrorCode;
import io.maas.repository.ImportOptions;
import io.maas.repository.ImportReport;
import io.maas.repository.ImportReport.Item;
import io.maas.repository.ImportReport.Kind;
import io.maas.repository.ImportReport.Outcome;
import io.maas.repository.PackageLimits;
import io.maas.repository.PackageSource;
import io.maas.testkit.onnx.OnnxModels;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImporterTest {
    private static final byte[] MLP = OnnxModels.mlp(4, 3);
    private static final ImportOptions DEFAULTS = ImportOptions.defaults();

    @TempDir
    Path temp;

    @Test
    void aSingleOnnxFileIsAModel() throws IOException {
        Path file = Files.write(temp.resolve("my model.onnx"), MLP);
        ImportReport report = Packages.importFrom(file);
        assertThat(report.kind()).isEqualTo(Kind.MODEL_FILE);
        assertThat(report.manifest().name().value()).isEqualTo("my-model");
        assertThat(Packages.verify(report.source()).digest())
                .isEqualTo(Packages.verify(PackageSource.onnx("my-model", file)).digest());
        assertThat(Packages.importFrom(file, DEFAULTS.name("other"))
                        .manifest()
                        .name()
                        .value())
                .isEqualTo("other");
    }

    @ParameterizedTest
    @ValueSource(strings = {"net.pt", "net.pth", "net.torchscript"})
    void aSingleTorchScriptFileIsAModelByItsContent(String name) throws IOException {
        Path file = Files.write(temp.resolve(name), Fixture.torchScript());
        ImportReport report = Packages.importFrom(file);
        assertThat(report.manifest().format()).isEqualTo("torchscript");
        assertThat(report.manifest().name().value()).isEqualTo("net");
        assertThat(paths(report)).containsExactly("model.pt");
        Packages.Summary written = Packages.writeZip(report.source(), temp.resolve("net.zip"));
        assertThat(Packages.verify(PackageSource.zip(temp.resolve("net.zip")))).isEqualTo(written);
    }

    @Test
    void aPickleIsNoTorchScriptWhateverItIsCalled() throws IOException {
        Path bare = Files.write(temp.resolve("a.pt"), new byte[] {(byte) 0x80, 2, '}', '.'});
        refused(bare, DEFAULTS, ErrorCode.IMPORT_UNSUPPORTED, "a.pt");
        Path saved =
                new Fixture(temp.resolve("b")).with("b.pt", Fixture.torchSave()).folder();
        refused(saved, DEFAULTS, ErrorCode.IMPORT_UNSUPPORTED, "b.pt");
        Path onnx = Files.write(temp.resolve("c.onnx"), new byte[] {(byte) 0x80, 2, '}', '.'});
        refused(onnx, DEFAULTS, ErrorCode.PACKAGE_PICKLE);
    }

    @Test
    void aPointerToAModelIsNoModel() throws IOException {
        Path file = Files.writeString(
                temp.resolve("a.onnx"), "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n");
        refused(file, DEFAULTS, ErrorCode.PACKAGE_MISSING, "git lfs pull");
    }

    @Test
    void keysThatLookLikePathsHideNothing() {
        ImportReport report = new Fixture(temp.resolve("x"))
                .with("model.onnx", MLP)
                .with("MLmodel", """
                        flavors: {onnx: {data: model.onnx, "x: ": 1, "": 2}}
                        "flavors.onnx.data": 3
                        "": {"": 4}
                        "a: ": 5
                        """)
                .run();
        assertThat(report.items(Outcome.DROPPED))
                .extracting(Item::place)
                .contains("MLmodel: \"flavors.onnx.data\"", "MLmodel: \"\".\"\"", "MLmodel: a: ");
    }

    @Test
    void saysThatNothingTellsWhatItIs() throws IOException {
        Path folder = new Fixture(temp.resolve("x"))
                .with("a.txt", "a")
                .with("b.txt", "b")
                .folder();
        refused(folder, DEFAULTS, ErrorCode.IMPORT_UNKNOWN, "2 files", "config.pbtxt");
        refused(folder.resolve("a.txt"), DEFAULTS, ErrorCode.IMPORT_UNKNOWN);
        refused(temp.resolve("gone"), DEFAULTS, ErrorCode.PACKAGE_UNREADABLE, "import");
        refused(Files.createDirectory(temp.resolve("empty")), DEFAULTS, ErrorCode.IMPORT_UNKNOWN);
        refused(Path.of("../examples/models/digits/v1"), DEFAULTS, ErrorCode.IMPORT_UNKNOWN, "package already");
    }

    @Test
    void foldersAreHeldToTheRulesOfPackages() throws IOException {
        Fixture model = new Fixture(temp.resolve("x")).with("1/model.onnx", MLP);
        Path secret = Files.writeString(temp.resolve("secret"), "secret");
        Path link = Files.createSymbolicLink(model.folder().resolve("config.pbtxt"), secret);
        model.refused(ErrorCode.PACKAGE_LINK, "config.pbtxt");
        Files.delete(link);
        Files.createLink(link, secret);
        model.refused(ErrorCode.PACKAGE_LINK, "hard link");
        Files.delete(link);
        for (int i = 0; i < 20; i++) {
            model.with("notes/" + i, "");
        }
        PackageLimits limits = new PackageLimits(10, 1 << 20, 100, 16, 255);
        model.refused(DEFAULTS.limits(limits), ErrorCode.PACKAGE_TOO_MANY, "10");
    }

    @Test
    void documentsHaveTheirLimits() {
        Fixture model = new Fixture(temp.resolve("x")).with("1/model.onnx", MLP);
        model.with("config.pbtxt", "#".repeat(2 << 20)).refused(ErrorCode.BAD_DOCUMENT, "bytes");
        Fixture flow = new Fixture(temp.resolve("y")).with("model.onnx", MLP);
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 9; i++) {
            bomb.append("a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ", ").repeat(9) + "*a" + (i - 1)));
        }
        flow.with("MLmodel", bomb.toString()).refused(ErrorCode.BAD_DOCUMENT, "aliases");
    }

    @Test
    void archivesAreHeldToTheRulesOfPackages() throws IOException {
        refused(zip("up.zip", "../config.pbtxt"), DEFAULTS, ErrorCode.PACKAGE_PATH_PARENT);
        refused(zip("case.zip", "a/serving.properties", "a/SERVING.properties"), DEFAULTS, ErrorCode.PACKAGE_DUPLICATE);
        refused(zip("none.zip"), DEFAULTS, ErrorCode.IMPORT_UNKNOWN);
    }

    private Path zip(String name, String... members) throws IOException {
        Path file = temp.resolve(name);
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (String member : members) {
                zip.putNextEntry(new ZipEntry(member));
                zip.closeEntry();
            }
        }
        return file;
    }

    @Test
    void anArchiveThatChangesAfterwardsIsNoticed() throws IOException {
        Fixture model = new Fixture(temp.resolve("x"))
                .with("serving.properties", "engine=OnnxRuntime")
                .with("model.onnx", MLP);
        Path zip = model.zipped(temp.resolve("x.zip"));
        ImportReport report = Packages.importFrom(zip);
        zip("x.zip", "other.txt");
        assertThatThrownBy(() -> Packages.verify(report.source())).hasMessageContaining("model.onnx");
    }
}
