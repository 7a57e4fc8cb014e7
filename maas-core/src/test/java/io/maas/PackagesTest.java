package io.maas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Manifest;
import io.maas.model.Manifest.Role;
import io.maas.repository.PackageLimits;
import io.maas.repository.PackageSource;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackagesTest {
    private static final Path DIGITS = Path.of("../examples/models/digits/v1");

    @TempDir
    Path temp;

    @Test
    void aPackageIsTheSameAsFolderAndArchive() {
        Packages.Summary original = Packages.verify(PackageSource.directory(DIGITS));
        Packages.Summary folder = Packages.writeDirectory(PackageSource.directory(DIGITS), temp.resolve("a"));
        Packages.Summary zip = Packages.writeZip(PackageSource.directory(temp.resolve("a")), temp.resolve("a.zip"));
        assertThat(Packages.verify(PackageSource.zip(temp.resolve("a.zip")))).isEqualTo(original);
        assertThat(folder).isEqualTo(original);
        assertThat(zip).isEqualTo(original);
        assertThat(original.size()).isEqualTo(1382 + 1951 + 3864);
    }

    @Test
    void aModelFileCanBePackaged() {
        Manifest manifest =
                Manifest.builder("digits", "onnx").license("CC-BY-4.0").build();
        PackageSource source = PackageSource.builder(manifest)
                .file("model.onnx", Role.WEIGHTS, DIGITS.resolve("model.onnx"))
                .build();
        Packages.Summary written = Packages.writeZip(source, temp.resolve("digits.zip"));
        assertThat(Packages.verify(PackageSource.zip(temp.resolve("digits.zip"))))
                .isEqualTo(written);
    }

    @Test
    void limitsAreTheCallersChoice() {
        PackageLimits limits = new PackageLimits(10, 100, 100, 16, 255);
        assertThatThrownBy(() -> Packages.verify(PackageSource.directory(DIGITS), limits))
                .isInstanceOfSatisfying(
                        InvalidInputException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PACKAGE_TOO_LARGE));
    }
}
