package io.maas.internal.transfer;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.internal.bundle.Bundle;
import io.maas.internal.bundle.BundleReader;
import io.maas.internal.bundle.Intake;
import io.maas.internal.bundle.ManifestCodec;
import io.maas.internal.bundle.ZipArchive;
import io.maas.model.Digest;
import io.maas.model.Manifest.FileEntry;
import io.maas.model.Names;
import io.maas.repository.Origin;
import io.maas.spi.ObjectStore.Source;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The file of a model with its history, as it is read: a zip archive with {@code model.json}, the part of the audit log
 * that is about the model, for people, and what the versions consist of, by digest. It is checked as a whole when it is
 * opened, but for the content of packages, which is checked with each package. Thread-safe.
 */
public final class ModelArchive implements AutoCloseable {
    /** Where the document is. */
    public static final String DOCUMENT = "model.json";

    /** Where the part of the audit log is, one line of JSON for each operation. */
    public static final String AUDIT = "audit.jsonl";

    private static final String BLOBS = "blobs/sha256/";
    /** What is read whole is no larger than the largest manifest or origin. */
    private static final int LARGEST_WHOLE = 16 << 20;

    private final ZipArchive archive;
    private final ModelDocument document;

    private ModelArchive(ZipArchive archive, String doing) {
        this.archive = archive;
        this.document = ModelDocument.read(bytes(DOCUMENT), doing);
        check();
    }

    /**
     * Opens a file. Whoever calls this closes it.
     *
     * @param doing what it is opened for, continuing "Cannot "
     * @throws InvalidInputException if it is no such file; the code says why
     */
    public static ModelArchive open(Path file, String doing) {
        ZipArchive archive = ZipArchive.open(file, doing);
        boolean opened = false;
        try {
            ModelArchive model = new ModelArchive(archive, doing);
            opened = true;
            return model;
        } finally {
            if (!opened) {
                archive.close();
            }
        }
    }

    /** Returns the name of the member with a content. */
    public static String member(Digest digest) {
        return BLOBS + digest.hex();
    }

    /** Returns what is in the file. */
    public ModelDocument document() {
        return document;
    }

    /** Every part is there, nothing else is, and what is small has the digest that it should. */
    private void check() {
        Set<String> known = new HashSet<>(Set.of(DOCUMENT, AUDIT));
        for (ModelDocument.Version version : document.versions()) {
            files(version).forEach((path, content) -> {});
            for (FileEntry entry : listed(version)) {
                known.add(member(entry.digest()));
            }
            known.add(member(version.manifest()));
            version.signature().ifPresent(signature -> known.add(member(signature)));
            for (Digest fact : version.facts().values()) {
                small(fact);
                known.add(member(fact));
            }
            checkOrigin(version);
            known.add(member(version.origin()));
        }
        for (String name : archive.members().keySet()) {
            if (!known.contains(name)) {
                throw archive.refused(
                        ErrorCode.PACKAGE_UNLISTED,
                        "nothing in its model.json names the member '" + Names.shown(name) + "'");
            }
        }
    }

    private void checkOrigin(ModelDocument.Version version) {
        Origin origin = OriginCodec.read(small(version.origin()), ErrorCode.BAD_DOCUMENT);
        boolean same = origin.version().name().equals(document.model())
                && origin.version().version().equals(version.label())
                && origin.version().digest().equals(version.digest())
                && origin.standing().lifecycle() == version.lifecycle()
                && origin.registry().equals(document.registry());
        if (!same) {
            throw archive.refused(
                    ErrorCode.BAD_DOCUMENT,
                    "what it says of the origin of version '" + version.label() + "' is about another one, "
                            + origin.version() + " with " + origin.version().digest());
        }
    }

    /** Reads and checks the package of a version. Whoever calls this closes the bundle, before this. */
    public Bundle bundle(ModelDocument.Version version, BundleReader reader, Intake intake) {
        String shown = "of " + document.model() + ":" + version.label();
        Bundle bundle = reader.read(shown, files(version), intake);
        boolean right = false;
        try {
            right = bundle.digest().equals(version.digest())
                    && bundle.manifest().name().equals(document.model());
            if (!right) {
                throw archive.refused(
                        ErrorCode.PACKAGE_DIGEST,
                        "the package " + shown + " is one of "
                                + bundle.manifest().name() + " with " + bundle.digest() + ", and should be "
                                + version.digest());
            }
            return bundle;
        } finally {
            if (!right) {
                bundle.close();
            }
        }
    }

    private List<FileEntry> listed(ModelDocument.Version version) {
        return new ManifestCodec().read(small(version.manifest())).files();
    }

    private Map<String, Source> files(ModelDocument.Version version) {
        Map<String, Source> files = new LinkedHashMap<>();
        files.put(Bundle.MANIFEST, content(member(version.manifest())));
        for (FileEntry entry : listed(version)) {
            files.put(entry.path(), content(member(entry.digest())));
        }
        version.signature().ifPresent(signature -> {
            small(signature);
            files.put(Bundle.SIGNATURE, content(member(signature)));
        });
        return files;
    }

    /** Returns something small, checked. */
    public byte[] small(Digest digest) {
        byte[] bytes = bytes(member(digest));
        if (!Digest.of(bytes).equals(digest)) {
            throw archive.refused(
                    ErrorCode.PACKAGE_DIGEST, "its member '" + member(digest) + "' has the digest " + Digest.of(bytes));
        }
        return bytes;
    }

    private Source content(String member) {
        Source content = archive.members().get(member);
        if (content == null) {
            throw archive.refused(ErrorCode.PACKAGE_MISSING, "its member '" + member + "' is missing");
        }
        return content;
    }

    private byte[] bytes(String member) {
        Source content = content(member);
        if (content.length() > LARGEST_WHOLE) {
            throw archive.refused(
                    ErrorCode.PACKAGE_TOO_LARGE,
                    "its member '" + member + "' has " + content.length() + " bytes, more than " + LARGEST_WHOLE);
        }
        try (InputStream in = content.open()) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw archive.refused(
                    ErrorCode.PACKAGE_UNREADABLE,
                    "its member '" + member + "' cannot be read, " + Names.shown(e.toString()));
        }
    }

    /** Closes the file. Closing twice is harmless. */
    @Override
    public void close() {
        archive.close();
    }
}
