package io.maas.internal.bundle;

import io.maas.error.ErrorCode;
import io.maas.model.Digest;
import io.maas.model.Manifest;
import io.maas.model.Manifest.FileEntry;
import io.maas.model.Manifest.Role;
import io.maas.repository.PackageLimits;
import io.maas.spi.ObjectStore.Source;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Holds the files of a package against its manifest and their content against the rules. Used once. */
final class Verifier {
    /** A package of this format is a graph of other models and has no weights of its own. */
    private static final String PIPELINE = "pipeline";

    private static final int MAX_LABELS_BYTES = 16 << 20;
    /** To read this much twice takes no time. */
    private static final int LARGE = 8 << 20;

    private final Origin origin;
    private final PackageLimits limits;
    private final Resources resources;
    private final Intake intake;
    private final ManifestCodec codec = new ManifestCodec();

    Verifier(Origin origin, PackageLimits limits, Resources resources, Intake intake) {
        this.origin = origin;
        this.limits = limits;
        this.resources = resources;
        this.intake = intake;
    }

    Bundle verify(Listing listing) {
        checkTotal(listing.files());
        if (listing instanceof Listing.Packed packed) {
            return verifyPacked(packed);
        }
        return writeManifest((Listing.Loose) listing);
    }

    private void checkTotal(List<Listing.Item> files) {
        long left = limits.bytes();
        for (Listing.Item file : files) {
            if (file.path().equals(Bundle.SIGNATURE) && file.content().length() > Bundle.MAX_SIGNATURE) {
                throw origin.refused(
                        ErrorCode.SIGNATURE_MALFORMED,
                        "its signature has " + file.content().length() + " bytes, more than " + Bundle.MAX_SIGNATURE,
                        "sign the package again");
            }
            left -= file.content().length();
            if (left < 0) {
                throw origin.refused(
                        ErrorCode.PACKAGE_TOO_LARGE,
                        "its files have more than " + limits.bytes() + " bytes together",
                        "leave out what is not needed, or raise the limit");
            }
        }
    }

    // ---- packages with a manifest

    private Bundle verifyPacked(Listing.Packed packed) {
        byte[] json = manifestBytes(packed);
        Manifest listed = codec.read(json);
        Map<String, FileEntry> entries = entries(listed);
        compare(packed.files(), entries);
        checkWeights(listed);
        List<BundleFile> files = new ArrayList<>();
        for (Listing.Item item : packed.files()) {
            if (item.path().equals(Bundle.MANIFEST)) {
                files.add(manifestFile(json)); // the bytes that were parsed, whatever the file has become since
                continue;
            }
            FileEntry entry = entries.get(item.path());
            files.add(entry == null ? scanned(item, Role.DOC, listed.format()) : listed(item, entry, listed.format()));
        }
        return finish(json, files);
    }

    private static BundleFile manifestFile(byte[] json) {
        return new BundleFile(Bundle.MANIFEST, Digest.of(json), new Sources.InMemory(json));
    }

    private byte[] manifestBytes(Listing.Packed packed) {
        if (packed.files().isEmpty()) {
            throw origin.refused(ErrorCode.PACKAGE_EMPTY, "there is no file in it", "add the model and maas.json");
        }
        for (Listing.Item item : packed.files()) {
            if (item.path().equals(Bundle.MANIFEST)) {
                return readSmall(item.content(), item.path(), ManifestCodec.MAX_BYTES, ErrorCode.PACKAGE_MANIFEST);
            }
        }
        boolean nested = packed.files().stream().anyMatch(item -> item.path().endsWith("/" + Bundle.MANIFEST));
        throw origin.refused(
                ErrorCode.PACKAGE_MANIFEST,
                "it has no maas.json at its root, only " + packed.files().size() + " other files",
                nested ? "package the content of the folder, not the folder" : "add a maas.json");
    }

    private Map<String, FileEntry> entries(Manifest manifest) {
        PathRules rules = new PathRules(origin, limits);
        Map<String, FileEntry> entries = new LinkedHashMap<>();
        for (FileEntry entry : manifest.files()) {
            rules.addFile(entry.path());
            entries.put(entry.path(), entry);
        }
        return entries;
    }

    private void compare(List<Listing.Item> found, Map<String, FileEntry> entries) {
        Set<String> missing = new LinkedHashSet<>(entries.keySet());
        for (Listing.Item item : found) {
            missing.remove(item.path());
            FileEntry entry = entries.get(item.path());
            if (entry != null) {
                checkSize(item, entry);
            } else if (!item.path().equals(Bundle.MANIFEST) && !item.path().equals(Bundle.SIGNATURE)) {
                throw origin.refused(
                        ErrorCode.PACKAGE_UNLISTED,
                        "the file " + Origin.quoted(item.path()) + " is not listed in maas.json",
                        "list it, or remove it");
            }
        }
        for (String path : missing) {
            throw origin.refused(
                    ErrorCode.PACKAGE_MISSING,
                    "the file " + Origin.quoted(path) + " is listed in maas.json and is not there",
                    "add it, or remove it from the list");
        }
    }

    private void checkSize(Listing.Item item, FileEntry entry) {
        if (item.content().length() != entry.size()) {
            throw origin.refused(
                    ErrorCode.PACKAGE_SIZE,
                    "the file " + Origin.quoted(item.path()) + " has "
                            + item.content().length() + " bytes, maas.json says " + entry.size());
        }
    }

    /** A file whose digest is stated. A large one is offered to whoever takes it while it is checked. */
    private BundleFile listed(Listing.Item item, FileEntry entry, String format) {
        if (item.content().length() < LARGE) {
            BundleFile file = scanned(item, entry.role(), format);
            if (!file.digest().equals(entry.digest())) {
                throw ContentScan.wrongDigest(origin, entry.path(), file.digest(), entry.digest());
            }
            return file;
        }
        try {
            Source checking =
                    new ContentScan(origin, item, entry.role(), format).through(item.content(), entry.digest());
            if (!intake.offer(entry.digest(), checking)) {
                try (InputStream in = checking.open()) {
                    in.transferTo(OutputStream.nullOutputStream());
                }
            }
            return checked(item, entry.digest());
        } catch (IOException e) {
            throw origin.unreadable(e);
        }
    }

    private BundleFile checked(Listing.Item item, Digest digest) {
        return new BundleFile(item.path(), digest, new Sources.Verified(item.content(), digest, origin, item.path()));
    }

    // ---- packages without one

    private Bundle writeManifest(Listing.Loose loose) {
        List<BundleFile> files = new ArrayList<>();
        List<FileEntry> entries = new ArrayList<>();
        for (Listing.Item item : loose.files()) {
            Role role = loose.roles().getOrDefault(item.path(), Role.DOC);
            BundleFile file = scanned(item, role, loose.draft().format());
            files.add(file);
            if (!item.path().equals(Bundle.SIGNATURE)) {
                entries.add(loose.entry(file));
            }
        }
        Manifest manifest = loose.draft().toBuilder().files(entries).build();
        byte[] json = codec.write(manifest);
        files.add(manifestFile(json));
        checkWeights(manifest);
        return finish(json, files);
    }

    // ---- both

    private void checkWeights(Manifest manifest) {
        boolean any = manifest.format().equals(PIPELINE);
        for (FileEntry entry : manifest.files()) {
            if (entry.role() == Role.WEIGHTS) {
                any = true;
                if (entry.size() == 0) {
                    throw origin.refused(
                            ErrorCode.PACKAGE_EMPTY,
                            "the model file " + Origin.quoted(entry.path()) + " is empty",
                            "export the model again");
                }
            }
        }
        if (!any) {
            throw origin.refused(
                    ErrorCode.PACKAGE_EMPTY,
                    "none of its " + manifest.files().size() + " files has the role 'weights'",
                    "add the model file");
        }
    }

    private BundleFile scanned(Listing.Item item, Role role, String format) {
        try {
            return checked(item, new ContentScan(origin, item, role, format).run(item.content()));
        } catch (IOException e) {
            throw origin.unreadable(e);
        }
    }

    private Bundle finish(byte[] json, List<BundleFile> files) {
        Map<String, BundleFile> byPath = new HashMap<>();
        files.forEach(file -> byPath.put(file.path(), file));
        // read back even where it was just written: a bundle must say the same whoever reads it
        Manifest manifest = codec.read(json, entry -> labels(found(byPath, entry)));
        Set<String> listed = new HashSet<>();
        manifest.files().forEach(entry -> listed.add(entry.path()));
        for (FileEntry entry : manifest.files()) {
            if (isOnnx(entry, manifest)) {
                checkExternalData(found(byPath, entry), listed);
            }
        }
        return new Bundle(manifest, files, resources);
    }

    private static BundleFile found(Map<String, BundleFile> byPath, FileEntry entry) {
        return Objects.requireNonNull(byPath.get(entry.path()), "compared before");
    }

    private void checkExternalData(BundleFile file, Set<String> listed) {
        try {
            new OnnxExternalData(origin, limits, file.path(), listed).check(file.content());
        } catch (IOException e) {
            throw origin.unreadable(e);
        }
    }

    private static boolean isOnnx(FileEntry entry, Manifest manifest) {
        return (entry.role() == Role.WEIGHTS && manifest.format().equals("onnx"))
                || entry.path().toLowerCase(Locale.ROOT).endsWith(".onnx");
    }

    private List<String> labels(BundleFile file) {
        byte[] bytes = readSmall(file.content(), file.path(), MAX_LABELS_BYTES, ErrorCode.PACKAGE_MANIFEST);
        JsonPlace at = JsonPlace.root(ErrorCode.PACKAGE_MANIFEST, "read the labels in " + Origin.quoted(file.path()));
        return Json.text(bytes, at).lines().toList();
    }

    private byte[] readSmall(Source content, String path, int most, ErrorCode code) {
        if (content.length() > most) {
            throw origin.refused(
                    code, "the file " + Origin.quoted(path) + " has more than " + most + " bytes", "shorten it");
        }
        try (InputStream in = content.open()) {
            byte[] bytes = in.readNBytes(most + 1);
            if (bytes.length != content.length()) {
                throw ContentScan.wrongLength(origin, path, content.length());
            }
            return bytes;
        } catch (IOException e) {
            throw origin.unreadable(e);
        }
    }
}
