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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

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

    /** What is read whole, which is all but the files that a manifest lists, is no larger than the largest manifest. */
    public static final int LARGEST_WHOLE = 16 << 20;

    /** The most members of the file, and the most files of all its versions together: all are named in memory at once. */
    public static final int MOST_FILES = 1_000_000;

    private static final Pattern MEMBER = Pattern.compile("model\\.json|audit\\.jsonl|blobs/sha256/[0-9a-f]{64}");
    private static final String BLOBS = "blobs/sha256/";

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
        ZipArchive archive = ZipArchive.open(
                file, doing, MOST_FILES, name -> MEMBER.matcher(name).matches());
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

    /**
     * Every part is there, nothing else is, and what is small has the digest that it should. Versions may share what they
     * consist of; each part is read once.
     */
    private void check() {
        Map<Digest, List<FileEntry>> manifests = manifests();
        Set<String> known = new HashSet<>(Set.of(DOCUMENT, AUDIT));
        Set<Digest> checked = new HashSet<>();
        for (ModelDocument.Version version : document.versions()) {
            for (FileEntry entry : Objects.requireNonNull(manifests.get(version.manifest()))) {
                String member = member(entry.digest());
                content(member);
                known.add(member);
            }
            known.add(member(version.manifest()));
            List<Digest> whole = new ArrayList<>(version.facts().values());
            version.signature().ifPresent(whole::add);
            for (Digest digest : whole) {
                known.add(member(digest));
                if (checked.add(digest)) {
                    small(digest);
                }
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

    /** What each manifest lists. */
    private Map<Digest, List<FileEntry>> manifests() {
        Map<Digest, List<FileEntry>> manifests = new HashMap<>();
        long files = 0;
        for (ModelDocument.Version version : document.versions()) {
            files += manifests
                    .computeIfAbsent(version.manifest(), manifest -> listed(version))
                    .size();
            if (files > MOST_FILES) {
                throw archive.refused(
                        ErrorCode.PACKAGE_TOO_MANY, "its versions have more than " + MOST_FILES + " files together");
            }
        }
        return manifests;
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
