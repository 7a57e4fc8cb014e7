package io.maas.internal.bundle;

import io.maas.error.ErrorCode;
import io.maas.model.Manifest;
import io.maas.model.Manifest.Role;
import io.maas.repository.PackageLimits;
import io.maas.repository.PackageSource.Assembled;
import io.maas.repository.PackageSource.Content;
import io.maas.repository.PackageSource.ModelFile;
import io.maas.repository.PackageSource.Part;
import io.maas.spi.ObjectStore.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Lists files that come without a {@code maas.json}. */
final class LooseListing {
    /** Larger content is copied to a file, so that a package of many parts does not fill the heap. */
    private static final int IN_MEMORY = 64 << 10;

    private LooseListing() {}

    static Listing.Loose of(ModelFile model, Origin origin) {
        // not the file's own name: the same model is the same package, whatever its file is called
        String path = model.format().equals("torchscript") ? "model.pt" : "model." + model.format();
        Source content = file(model.path(), origin);
        Manifest draft = Manifest.builder(model.name().value(), model.format()).build();
        return new Listing.Loose(List.of(new Listing.Item(path, content)), draft, Map.of(path, Role.WEIGHTS));
    }

    static Listing.Loose of(Assembled assembled, Origin origin, PackageLimits limits, Resources resources) {
        PathRules rules = new PathRules(origin, limits);
        Contents contents = new Contents(origin, limits, resources);
        List<Listing.Item> files = new ArrayList<>();
        Map<String, Role> roles = new HashMap<>();
        rules.addFile(Bundle.MANIFEST);
        for (Part part : assembled.parts()) {
            rules.addFile(part.path());
            files.add(new Listing.Item(part.path(), contents.of(part.content())));
            roles.put(part.path(), part.role());
        }
        return new Listing.Loose(files, assembled.manifest(), roles);
    }

    /** The contents of one package's parts. An archive that several of them lie in is checked once. */
    private record Contents(
            Origin origin, PackageLimits limits, Resources resources, Map<Path, Map<String, Source>> archives) {
        Contents(Origin origin, PackageLimits limits, Resources resources) {
            this(origin, limits, resources, new HashMap<>());
        }

        Source of(Content content) {
            if (content instanceof Content.File file) {
                return file(file.path(), origin);
            } else if (content instanceof Content.Member member) {
                return member(member);
            }
            return copy(((Content.Bytes) content).data(), origin, resources);
        }

        private Source member(Content.Member member) {
            Map<String, Source> members = archives.computeIfAbsent(member.archive(), archive -> {
                Map<String, Source> found = new HashMap<>();
                ZipListing.list(archive, origin, limits, resources)
                        .files()
                        .forEach(item -> found.put(item.path(), item.content()));
                return found;
            });
            Source source = members.get(member.name());
            if (source == null) {
                throw origin.refused(
                        ErrorCode.PACKAGE_MISSING,
                        "the archive '" + member.archive() + "' has no " + Origin.quoted(member.name()),
                        "name a file that it has");
            }
            return source;
        }
    }

    static Source file(Path path, Origin origin) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                throw origin.refused(
                        ErrorCode.PACKAGE_UNREADABLE, "it is not a file, '" + path + "'", "give the model's file");
            }
            return new Sources.InFile(path.toAbsolutePath(), attributes.size(), List.of());
        } catch (IOException e) {
            throw origin.unreadable(e);
        }
    }

    /** The bytes are borrowed only until the package was read. */
    private static Source copy(byte[] data, Origin origin, Resources resources) {
        if (data.length <= IN_MEMORY) {
            return new Sources.InMemory(data.clone());
        }
        try {
            return new Sources.InFile(resources.copy(data), data.length, List.of());
        } catch (IOException e) {
            throw origin.unreadable(e);
        }
    }
}
