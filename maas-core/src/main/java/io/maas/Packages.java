package io.maas;

import io.maas.error.ConflictException;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.UnavailableException;
import io.maas.internal.bundle.Bundle;
import io.maas.internal.bundle.BundleReader;
import io.maas.internal.bundle.BundleWriter;
import io.maas.internal.imports.Importer;
import io.maas.internal.signing.PackageSigner;
import io.maas.internal.signing.SignatureVerifier;
import io.maas.model.Digest;
import io.maas.model.Manifest;
import io.maas.model.SignedBy;
import io.maas.model.TrustKey;
import io.maas.repository.ImportOptions;
import io.maas.repository.ImportReport;
import io.maas.repository.PackageLimits;
import io.maas.repository.PackageSource;
import io.maas.spi.Signer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Makes, checks and signs model packages without a registry: in a build, in a training job, or at the door.
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
     * <p>A TorchScript model can be imported, checked and written. Registering it takes a signature by a trusted key, or a
     * platform opened with {@link MaasBuilder#allowTorchScript()}; its tensors and a self-test in {@code maas.json}, since a
     * bare file tells nothing of them; and PyTorch on the class path, see {@code docs/engines.md}.
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

    /**
     * Checks the package in a folder and signs it: writes {@code model.sig} into the folder, all at once, and replaces one
     * that is there. The package keeps its digest.
     *
     * <p>The signature is in the format of OpenSSF Model Signing v1.0 and covers every other file, so that its root digest
     * is the package's digest. The verifiers of that project accept it; where a package has files of git, such as {@code
     * .gitattributes}, theirs has to be told {@code --no-ignore-git-paths}.
     *
     * @throws InvalidInputException if the package is refused; {@link ErrorCode#BAD_KEY} if the signer's key or
     *     certificates do not fit
     * @throws UnavailableException {@link ErrorCode#SIGNING_FAILED} if the signer fails, {@link
     *     ErrorCode#TARGET_UNWRITABLE} if the signature cannot be written
     */
    public static Summary sign(Path folder, Signer signer) {
        return sign(
                PackageSource.directory(folder),
                signer,
                (bundle, signature) -> new BundleWriter().writeSignature(signature, folder));
    }

    /**
     * Checks a package, signs it and writes it as a zip archive, as {@link #sign} and {@link #writeZip} do. The source is
     * left as it is, unless it is the file that is written.
     *
     * @throws InvalidInputException if the package is refused; {@link ErrorCode#BAD_KEY} if the signer's key or
     *     certificates do not fit
     * @throws UnavailableException {@link ErrorCode#SIGNING_FAILED} if the signer fails, {@link
     *     ErrorCode#TARGET_UNWRITABLE} if the archive cannot be written
     */
    public static Summary signZip(PackageSource source, Path file, Signer signer) {
        return sign(source, signer, (bundle, signature) -> new BundleWriter().writeZip(bundle, file));
    }

    /**
     * Checks a package and its signature, and returns who signed it.
     *
     * @param trusted whose signatures count: their keys must be trusted, and certificates valid, now
     * @throws InvalidInputException as {@link #verifySignature(PackageSource, Collection, Instant)}
     */
    public static SignedBy verifySignature(PackageSource source, Collection<TrustKey> trusted) {
        return verifySignature(source, trusted, Instant.now());
    }

    /**
     * Checks a package and its signature, and returns who signed it. Nothing is asked of any network; certificates are not
     * looked up in revocation lists.
     *
     * @param trusted whose signatures count
     * @param at the time at which their keys must be trusted, and certificates valid
     * @throws InvalidInputException if the package is refused; {@link ErrorCode#SIGNATURE_MISSING} if it is not signed;
     *     {@link ErrorCode#SIGNATURE_MALFORMED} or {@link ErrorCode#SIGNATURE_UNSUPPORTED} if what it has is no signature,
     *     or one of another kind; {@link ErrorCode#SIGNER_UNTRUSTED} or {@link ErrorCode#CERTIFICATE_EXPIRED} if the
     *     signer does not count; {@link ErrorCode#SIGNATURE_INVALID} if it is forged; {@link
     *     ErrorCode#SIGNATURE_MISMATCH} if a file was changed, added or removed
     */
    public static SignedBy verifySignature(PackageSource source, Collection<TrustKey> trusted, Instant at) {
        try (Bundle bundle = new BundleReader(PackageLimits.standard()).read(source)) {
            return SignatureVerifier.verify(bundle, trusted, at);
        }
    }

    private static Summary sign(PackageSource source, Signer signer, BiConsumer<Bundle, byte[]> write) {
        try (Bundle bundle = new BundleReader(PackageLimits.standard()).read(source)) {
            byte[] signature = PackageSigner.sign(bundle, signer);
            Bundle signed = bundle.withSignature(signature);
            write.accept(signed, signature);
            return summary(signed);
        }
    }

    private static Summary read(PackageSource source, PackageLimits limits, Consumer<Bundle> use) {
        try (Bundle bundle = new BundleReader(limits).read(source)) {
            use.accept(bundle);
            return summary(bundle);
        }
    }

    private static Summary summary(Bundle bundle) {
        return new Summary(bundle.manifest(), bundle.digest(), bundle.size());
    }
}
