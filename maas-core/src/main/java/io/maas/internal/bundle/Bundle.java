package io.maas.internal.bundle;

import io.maas.model.Digest;
import io.maas.model.Manifest;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A package that was checked, with its files. Closing it removes what reading it left behind. Thread-safe. */
public final class Bundle implements AutoCloseable {
    /** The path of the manifest. */
    public static final String MANIFEST = "maas.json";

    /** The path of the signature. */
    public static final String SIGNATURE = "model.sig";

    /** The largest signature in bytes: enough for the 10,000 files that a package may have. It is read whole. */
    public static final int MAX_SIGNATURE = 16 << 20;

    private final Manifest manifest;
    private final List<BundleFile> files;
    private final Digest digest;
    private final Resources resources;

    Bundle(Manifest manifest, List<BundleFile> files, Resources resources) {
        this.manifest = manifest;
        this.files = files.stream()
                .sorted(Comparator.comparing(BundleFile::path, PathRules.order()))
                .toList();
        this.digest = rootDigest(this.files);
        this.resources = resources;
    }

    /** Returns a bundle of files that were checked before, such as those of a registry. */
    public static Bundle of(Manifest manifest, List<BundleFile> files) {
        return new Bundle(manifest, files, new Resources());
    }

    /**
     * The root digest of OpenSSF Model Signing, so that a signature over the package is one over this digest. The
     * signature itself is left out: signing does not change what a package is.
     */
    private static Digest rootDigest(List<BundleFile> sorted) {
        MessageDigest sha = Digest.sha256();
        for (BundleFile file : sorted) {
            if (!file.path().equals(SIGNATURE)) {
                sha.update(file.digest().toBytes());
            }
        }
        return Digest.ofBytes(sha.digest());
    }

    /** Returns what the package says about itself. Labels that it keeps in files are in the specifications. */
    public Manifest manifest() {
        return manifest;
    }

    /** Returns the identity: the digest over the digests of all files but the signature. */
    public Digest digest() {
        return digest;
    }

    /** Returns the number of bytes of all files. */
    public long size() {
        return files.stream().mapToLong(file -> file.content().length()).sum();
    }

    /** Returns every file, the manifest and the signature included, in the order of the digest. */
    public List<BundleFile> files() {
        return files;
    }

    /**
     * Returns this package with another signature. Its digest is the same. The files are those of this bundle: they can be
     * read until either is closed.
     */
    public Bundle withSignature(byte[] signature) {
        List<BundleFile> signed = new ArrayList<>(files);
        signed.removeIf(file -> file.path().equals(SIGNATURE));
        signed.add(new BundleFile(SIGNATURE, Digest.of(signature), new Sources.InMemory(signature.clone())));
        return new Bundle(manifest, signed, resources);
    }

    /** Removes what reading left behind; the files cannot be read any more. Closing twice is harmless. */
    @Override
    public void close() {
        resources.close();
    }
}
