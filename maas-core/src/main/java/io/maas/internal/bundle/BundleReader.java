package io.maas.internal.bundle;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.repository.PackageLimits;
import io.maas.repository.PackageSource;
import io.maas.spi.ObjectStore.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads packages and checks everything that can be checked without the engine. Each reason to refuse one has its own
 * code. Files are streamed, so the heap it needs does not grow with them. Thread-safe.
 */
public final class BundleReader {
    private final PackageLimits limits;

    /** Creates a reader. */
    public BundleReader(PackageLimits limits) {
        this.limits = limits;
    }

    /**
     * Reads a package. Whoever calls this closes the bundle.
     *
     * @throws InvalidInputException if the package is refused; nothing is left behind then
     */
    public Bundle read(PackageSource source) {
        return read(source, Intake.NONE);
    }

    /**
     * Reads a package, and offers its large files while they are checked. What was taken of a package that is refused is to
     * be thrown away.
     *
     * @throws InvalidInputException if the package is refused; nothing is left behind here then
     */
    public Bundle read(PackageSource source, Intake intake) {
        Origin origin = new Origin(shown(source));
        Resources resources = new Resources();
        boolean read = false;
        try {
            Bundle bundle = new Verifier(origin, limits, resources, intake).verify(list(source, origin, resources));
            read = true;
            return bundle;
        } finally {
            if (!read) {
                resources.close();
            }
        }
    }

    /**
     * Reads a package whose files were gathered elsewhere. Whoever calls this closes the bundle, and keeps the files readable
     * until then.
     *
     * @param shown what the reader of a message would recognise it by
     * @param files the files by their paths, {@code maas.json} among them
     * @param intake is offered large files while they are checked
     * @throws InvalidInputException if the package is refused
     */
    public Bundle read(String shown, Map<String, Source> files, Intake intake) {
        List<Listing.Item> items = new ArrayList<>();
        files.forEach((path, content) -> items.add(new Listing.Item(path, content)));
        return new Verifier(new Origin(shown), limits, new Resources(), intake).verify(new Listing.Packed(items));
    }

    /**
     * Checks a bundle that was checked before, such as one in a store: reads every file again.
     *
     * @throws InvalidInputException if the package is refused
     */
    public void verify(Bundle bundle) {
        List<Listing.Item> items = bundle.files().stream()
                .map(file -> new Listing.Item(file.path(), file.content()))
                .toList();
        Origin origin = new Origin("of " + bundle.manifest().name());
        try (Resources resources = new Resources()) {
            Bundle read = new Verifier(origin, limits, resources, Intake.NONE).verify(new Listing.Packed(items));
            if (!read.digest().equals(bundle.digest())) {
                throw origin.refused(
                        ErrorCode.PACKAGE_DIGEST,
                        "its digest is " + read.digest() + ", it was registered with " + bundle.digest());
            }
        }
    }

    private Listing list(PackageSource source, Origin origin, Resources resources) {
        if (source instanceof PackageSource.Directory directory) {
            return FolderListing.list(directory.path(), origin, limits);
        } else if (source instanceof PackageSource.Archive archive) {
            return ZipListing.list(archive.path(), origin, limits, resources);
        } else if (source instanceof PackageSource.ModelFile model) {
            return LooseListing.of(model, origin);
        }
        return LooseListing.of((PackageSource.Assembled) source, origin, limits, resources);
    }

    private static String shown(PackageSource source) {
        if (source instanceof PackageSource.Directory directory) {
            return directory.path().toString();
        } else if (source instanceof PackageSource.Archive archive) {
            return archive.path().toString();
        } else if (source instanceof PackageSource.ModelFile model) {
            return model.path().toString();
        }
        return "of " + ((PackageSource.Assembled) source).manifest().name();
    }
}
