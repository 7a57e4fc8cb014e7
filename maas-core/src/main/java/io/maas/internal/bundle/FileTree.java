package io.maas.internal.bundle;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Manifest.Role;
import io.maas.repository.PackageLimits;
import io.maas.repository.PackageSource.Content;
import io.maas.spi.ObjectStore.Source;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A folder, an archive or a single file that is no package yet. Paths, links, sizes and entries are held to the rules of
 * packages when it is opened; what the files hold is not trusted. Not thread-safe.
 */
public final class FileTree implements AutoCloseable {
    private record Entry(Source source, Content content) {}

    private final Path path;
    private final Origin origin;
    private final PackageLimits limits;
    private final Resources resources = new Resources();
    private final SortedMap<String, Entry> files = new TreeMap<>();

    private FileTree(Path path, PackageLimits limits) {
        this.path = path;
        this.origin = new Origin(path.toString(), "import " + path);
        this.limits = limits;
    }

    /**
     * Lists what is at a path. An archive of one folder counts as one of its content. A TorchScript file is an archive
     * too, and a single file here.
     *
     * @throws InvalidInputException if it cannot be read or breaks a rule of packages
     */
    public static FileTree open(Path path, PackageLimits limits) {
        FileTree tree = new FileTree(path, limits);
        boolean opened = false;
        try {
            tree.list();
            opened = true;
            return tree;
        } catch (IOException e) {
            throw tree.origin.unreadable(e);
        } finally {
            if (!opened) {
                tree.close();
            }
        }
    }

    private void list() throws IOException {
        if (Files.isDirectory(path)) {
            for (Listing.Item item :
                    FolderListing.list(path, origin, limits, snapshotBlobs()).files()) {
                Path file = ((Sources.InFile) item.content()).path();
                files.put(item.path(), new Entry(item.content(), new Content.File(file)));
            }
            return;
        }
        Source whole = LooseListing.file(path, origin);
        if (!isArchive(whole) || TorchScriptLayout.is(whole)) {
            String name = String.valueOf(path.getFileName());
            new PathRules(origin, limits).check(name);
            files.put(name, new Entry(whole, new Content.File(path)));
            return;
        }
        Listing.Packed packed = ZipListing.list(path, origin, limits, resources);
        int root = root(packed).length();
        for (Listing.Item item : packed.files()) {
            files.put(item.path().substring(root), new Entry(item.content(), new Content.Member(path, item.path())));
        }
    }

    /** In its cache, the Hugging Face client makes a snapshot of links into the folder {@code blobs} beside it. */
    private Optional<Path> snapshotBlobs() throws IOException {
        Path snapshots = path.toRealPath().getParent();
        if (snapshots == null || !snapshots.endsWith("snapshots") || snapshots.getParent() == null) {
            return Optional.empty();
        }
        Path blobs = snapshots.resolveSibling("blobs");
        return Files.isDirectory(blobs) ? Optional.of(blobs.toRealPath()) : Optional.empty();
    }

    private static boolean isArchive(Source file) throws IOException {
        try (InputStream in = file.open()) {
            byte[] magic = in.readNBytes(4);
            return magic.length == 4 && LittleEndian.intAt(magic, 0) == 0x04034b50;
        }
    }

    /** Archives of a folder rather than of its content have nothing else at their root. */
    private static String root(Listing.Packed packed) {
        if (packed.files().isEmpty()) {
            return "";
        }
        String first = packed.files().get(0).path();
        String folder = first.substring(0, first.indexOf('/') + 1);
        return packed.files().stream().allMatch(item -> item.path().startsWith(folder)) ? folder : "";
    }

    /** Returns the paths of all files, in order. */
    public Set<String> files() {
        return Collections.unmodifiableSet(files.keySet());
    }

    /** Tells whether there is such a file. */
    public boolean has(String file) {
        return files.containsKey(file);
    }

    /** Returns the content, for a package made of it. */
    public Content content(String file) {
        return entry(file).content();
    }

    /** Returns how many bytes a file has. */
    public long size(String file) {
        return entry(file).source().length();
    }

    /**
     * Reads a small file.
     *
     * @throws InvalidInputException {@link ErrorCode#BAD_DOCUMENT} if it has more than {@code most} bytes
     */
    public byte[] bytes(String file, int most) {
        Source source = entry(file).source();
        if (source.length() > most) {
            throw document(file).refused("it has " + source.length() + " bytes, more than " + most);
        }
        try (InputStream in = source.open()) {
            return in.readNBytes(most);
        } catch (IOException e) {
            throw origin.unreadable(e);
        }
    }

    /** Returns the place that errors in a document of this tree name. */
    public JsonPlace document(String file) {
        return JsonPlace.root(ErrorCode.BAD_DOCUMENT, "read " + Origin.quoted(file) + " of " + path);
    }

    /** Tells whether a file is a scripted or traced module of PyTorch, by its content. */
    public boolean isTorchScript(String file) {
        try {
            return TorchScriptLayout.is(entry(file).source());
        } catch (IOException e) {
            throw origin.unreadable(e);
        }
    }

    /**
     * Refuses a file that the package could not have in this role and format.
     *
     * @throws InvalidInputException {@link ErrorCode#PACKAGE_PICKLE} or {@link ErrorCode#PACKAGE_CODE}
     */
    public void checkContent(String file, Role role, String format) {
        try {
            new ContentScan(origin, new Listing.Item(file, entry(file).source()), role, format)
                    .run(entry(file).source());
        } catch (IOException e) {
            throw origin.unreadable(e);
        }
    }

    /** Returns what an ONNX file says that it takes and gives. */
    public OnnxSignature onnxSignature(String file) {
        try {
            return OnnxSignature.read(entry(file).source());
        } catch (IOException e) {
            throw origin.unreadable(e);
        }
    }

    /**
     * Returns the files that an ONNX file has the engine read, relative to it.
     *
     * @throws InvalidInputException if one of them lies outside of its folder
     */
    public Set<String> onnxExternalData(String file) {
        try {
            return OnnxExternalData.locations(origin, limits, file, entry(file).source());
        } catch (IOException e) {
            throw origin.unreadable(e);
        }
    }

    private Entry entry(String file) {
        Entry entry = files.get(file);
        if (entry == null) {
            throw origin.refused(
                    ErrorCode.PACKAGE_MISSING, "there is no file " + Origin.quoted(file), "add it, or name another");
        }
        return entry;
    }

    /** Lets go of the archive. */
    @Override
    public void close() {
        resources.close();
    }
}
