package io.maas.internal.bundle;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.repository.PackageLimits;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;

/** Lists a folder without following anything out of it. Used once. */
final class FolderListing extends SimpleFileVisitor<Path> {
    private final Path root;
    private final Origin origin;
    private final PathRules rules;
    private final boolean countsLinks;
    private final Optional<Path> linked;
    private final List<Listing.Item> files = new ArrayList<>();

    private FolderListing(Path root, Origin origin, PackageLimits limits, Optional<Path> linked) throws IOException {
        this.root = root;
        this.linked = linked;
        this.origin = origin;
        this.rules = new PathRules(origin, limits);
        this.countsLinks = Files.getFileStore(root).supportsFileAttributeView("unix")
                || root.getFileSystem().supportedFileAttributeViews().contains("unix");
    }

    static Listing.Packed list(Path folder, Origin origin, PackageLimits limits) {
        return list(folder, origin, limits, Optional.empty());
    }

    /** @param linked the only folder that symbolic links may lead into, as a real path; if empty, links are refused */
    static Listing.Packed list(Path folder, Origin origin, PackageLimits limits, Optional<Path> linked) {
        try {
            // the caller chose this path, so links on the way to it are the caller's
            Path root = folder.toRealPath();
            if (!Files.isDirectory(root)) {
                throw origin.refused(
                        ErrorCode.PACKAGE_UNREADABLE, "it is not a folder", "give the folder that has maas.json");
            }
            FolderListing visitor = new FolderListing(root, origin, limits, linked);
            Files.walkFileTree(root, visitor);
            return new Listing.Packed(visitor.files);
        } catch (IOException e) {
            throw origin.unreadable(e);
        }
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
        if (!folder.equals(root)) {
            rules.addFolder(inPackage(folder));
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        String path = inPackage(file);
        rules.addFile(path);
        if (attributes.isSymbolicLink() && linked.isPresent()) {
            return visitLinked(path, file.toRealPath(), linked.get());
        } else if (attributes.isSymbolicLink()) {
            throw link(path, "a symbolic link");
        } else if (!attributes.isRegularFile()) {
            throw origin.refused(
                    ErrorCode.PACKAGE_DEVICE, Origin.quoted(path) + " is neither file nor folder", "remove it");
        } else if (countsLinks && (int) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS) > 1) {
            throw link(path, "a hard link");
        }
        files.add(new Listing.Item(
                path, new Sources.InFile(file, attributes.size(), List.of(LinkOption.NOFOLLOW_LINKS))));
        return FileVisitResult.CONTINUE;
    }

    private FileVisitResult visitLinked(String path, Path target, Path folder) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(target, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!target.startsWith(folder) || !attributes.isRegularFile()) {
            throw link(path, "a link to something else than a file in " + folder);
        }
        files.add(new Listing.Item(
                path, new Sources.InFile(target, attributes.size(), List.of(LinkOption.NOFOLLOW_LINKS))));
        return FileVisitResult.CONTINUE;
    }

    private InvalidInputException link(String path, String what) {
        return origin.refused(
                ErrorCode.PACKAGE_LINK, Origin.quoted(path) + " is " + what, "put a copy of the file in its place");
    }

    private String inPackage(Path path) {
        StringJoiner joined = new StringJoiner("/");
        root.relativize(path).forEach(part -> joined.add(part.toString()));
        return joined.toString();
    }
}
