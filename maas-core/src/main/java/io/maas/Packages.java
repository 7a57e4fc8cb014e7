package io.maas;

import io.maas.error.ConflictException;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.UnavailableException;
import io.maas.internal.bundle.Bundle;
import io.maas.internal.bundle.BundleReader;
import io.maas.internal.bundle.BundleWriter;
import io.maas.internal.imports.Importer;
import io.maas.model.Digest;
import io.maas.model.Manifest;
import io.maas.repository.ImportOptions;
import io.maas.repository.ImportReport;
import io.maas.repository.PackageLimits;
import io.maas.repository.PackageSource;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Makes and checks model packages without a registry: in a build, in a training job, or at the door.
 *
 * <pre>{@code
 * Manifest manifest = Manifest.builder("digits", "onnx").license("CC-BY-4.0").build();
 * PackageSource source = PackageSource.builder(manifest)
 *         .file("model.onnx", Manifest.Role.WEIGHTS, Path.of("out/digits.onnx"))
 *         .build();
 * Packages.Summary written = Packages.writeZip(source, Path.of("digits.zip"));
 * Packages.Summary checked = Packages.verify(PackageSource.zip(Path.of("digits.zip")));   // the same digest
 * }</pre>
 *
 * <p>Every method checks the whole package first: sizes, digests, paths, that nothing is left out of {@code maas.json},
 * and that no file is a program. Nothing in it is run. Whether an engine can load the model, and whether its self-tests
 * pass, is found out when it is registered. All methods are thread-safe.
 */
public final class Packages {
    private Packages() {}

    /**
     * What a package is.
     *
     * @param manifest what it says about itself
     * @param digest its identity: equal digests are equal packages, as a folder, as an archive or in a registry
     * @param size the bytes of all its files
     */
    public record Summary(Manifest manifest, Digest digest, long size) {}

    /**
     * Checks a package within the {@linkplain PackageLimits#standard() standard limits}.
     *
     * @throws InvalidInputException if it is refused; each reason has its own {@link ErrorCode}
     */
    public static Summary verify(PackageSource source) {
        return verify(source, PackageLimits.standard());
    }

    /**
     * Checks a package within other limits.
     *
     * @throws InvalidInputException if it is refused; each reason has its own {@link ErrorCode}
     */
    public static Summary verify(PackageSource source, PackageLimits limits) {
        return read(source, limits, bundle -> {});
    }

    /**
     * Checks a package and writes it as a folder, with its {@code maas.json}. The folder appears when it is complete.
     *
     * @param newFolder a folder that does not exist, or is empty
     * @throws InvalidInputException if the package is refused
     * @throws ConflictException {@link ErrorCode#TARGET_EXISTS} if there is something else
     * @throws UnavailableException {@link ErrorCode#TARGET_UNWRITABLE} if it cannot be written
     */
    public static Summary writeDirectory(PackageSource source, Path newFolder) {
        return read(source, PackageLimits.standard(), bundle -> new BundleWriter().writeDirectory(bundle, newFolder));
    }

    /**
     * Checks a package and writes it as a zip archive: the same bytes for the same package, whenever and wherever. A file
     * that is there is replaced once the archive is complete.
     *
     * @throws InvalidInputException if the package is refused
     * @throws UnavailableException {@link ErrorCode#TARGET_UNWRITABLE} if it cannot be written
     */
    public static Summary writeZip(PackageSource source, Path file) {
        return read(source, PackageLimits.standard(), bundle -> new BundleWriter().writeZip(bundle, file));
    }

    /**
     * Imports a model that was made elsewhere, with the defaults.
     *
     * @throws InvalidInputException as {@link #importFrom(Path, ImportOptions)}
     */
    public static ImportReport importFrom(Path path) {
        return importFrom(path, ImportOptions.defaults());
    }

    /**
     * Imports a model that was made elsewhere: an {@code .onnx} or a TorchScript file; a folder, or a zip archive of one,
     * of DJL ({@code serving.properties}), Triton ({@code config.pbtxt} and version folders), MLflow ({@code MLmodel})
     * or Hugging Face (a snapshot with an export to ONNX).
     *
     * <pre>{@code
     * ImportReport report = Packages.importFrom(Path.of("triton/densenet"), ImportOptions.defaults().version("2"));
     * report.items(ImportReport.Outcome.DROPPED).forEach(System.out::println);
     * ModelVersion version = maas.repository().register(report.source());
     * }</pre>
     *
     * <p>The report says of every field and every file what became of it. Nothing is run and nothing is fetched, whatever
     * the source says; code, archives of classes, native libraries and pickles never become part of a package. The
     * weights stay where they are, and are checked when the package is used, as those of any package.
     *
     * <p>A TorchScript model can be imported, checked and written. Registering it takes a backend for the format {@code
     * torchscript}; without one it is refused with {@link ErrorCode#NO_BACKEND}.
     *
     * @param path a file or a folder; symbolic links in a folder are refused, but for those of a snapshot in the Hugging
     *     Face cache that lead to its blobs
     * @throws InvalidInputException {@link ErrorCode#IMPORT_UNKNOWN} if nothing tells what it is, {@link
     *     ErrorCode#IMPORT_AMBIGUOUS} if the options have to say more, {@link ErrorCode#IMPORT_UNSUPPORTED} if it cannot
     *     become a package, {@link ErrorCode#BAD_DOCUMENT} if one of its documents is malformed; else as {@link #verify}
     */
    public static ImportReport importFrom(Path path, ImportOptions options) {
        return Importer.run(path, options);
    }

    private static Summary read(PackageSource source, PackageLimits limits, Consumer<Bundle> use) {
        try (Bundle bundle = new BundleReader(limits).read(source)) {
            use.accept(bundle);
            return new Summary(bundle.manifest(), bundle.digest(), bundle.size());
        }
    }
}
