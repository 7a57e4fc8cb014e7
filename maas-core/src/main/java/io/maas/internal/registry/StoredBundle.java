package io.maas.internal.registry;

import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.internal.bundle.Bundle;
import io.maas.internal.bundle.BundleFile;
import io.maas.internal.log.BlobKey;
import io.maas.internal.log.CheckedStream;
import io.maas.internal.log.CommitLog;
import io.maas.model.Manifest;
import io.maas.spi.ObjectStore;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A bundle whose files lie in the store. */
public final class StoredBundle {
    /** Up to this many bytes are held in memory. */
    private static final int SMALL = 1 << 20;

    private final Blobs blobs;
    private final Manifest manifest;
    private final VersionState version;

    /** Creates a view of a version's files. */
    public StoredBundle(Blobs blobs, Manifest manifest, VersionState version) {
        this.blobs = blobs;
        this.manifest = manifest;
        this.version = version;
    }

    /** The blobs in the order of the log: the manifest's files as it lists them, then the signature if there is one. */
    static List<BlobKey> order(Manifest manifest, Map<String, BlobKey> stored) {
        List<BlobKey> ordered = new ArrayList<>();
        for (Manifest.FileEntry file : manifest.files()) {
            ordered.add(Objects.requireNonNull(stored.get(file.path()), file.path()));
        }
        BlobKey signature = stored.get(Bundle.SIGNATURE);
        if (signature != null) {
            ordered.add(signature);
        }
        return ordered;
    }

    /** Returns where each file lies, by its path in the bundle. */
    public Map<String, BlobKey> files() {
        Map<String, BlobKey> files = new LinkedHashMap<>();
        files.put(Bundle.MANIFEST, version.manifest());
        List<BlobKey> ordered = version.blobs();
        int listed = manifest.files().size();
        if (ordered.size() < listed || ordered.size() > listed + 1) {
            throw new UnavailableException(
                    ErrorCode.CORRUPT_BLOB,
                    "read the files of a model",
                    "its manifest lists " + listed + " files and the log " + ordered.size(),
                    "restore the store from a copy");
        }
        for (int i = 0; i < listed; i++) {
            files.put(manifest.files().get(i).path(), ordered.get(i));
        }
        if (ordered.size() > listed) {
            files.put(Bundle.SIGNATURE, ordered.get(listed));
        }
        return files;
    }

    Bundle toBundle() {
        List<BundleFile> files = new ArrayList<>();
        Map<String, Long> sizes = new LinkedHashMap<>();
        manifest.files().forEach(file -> sizes.put(file.path(), file.size()));
        files().forEach((path, blob) -> files.add(new BundleFile(path, blob.digest(), content(blob, sizes.get(path)))));
        return Bundle.of(manifest, files);
    }

    private ObjectStore.Source content(BlobKey blob, @Nullable Long size) {
        // maas.json and the signature are not listed with their sizes, and are small
        return size == null
                ? CommitLog.source(blobs.read(blob))
                : new ObjectStore.Source() {
                    @Override
                    public long length() {
                        return size;
                    }

                    @Override
                    public InputStream open() {
                        if (size <= SMALL) {
                            return new ByteArrayInputStream(blobs.fetch(blob)); // read again where the way here is bad
                        }
                        return new CheckedStream(blobs.open(blob, 0), size, blob.digest(), () -> blobs.corrupt(blob));
                    }
                };
    }
}
