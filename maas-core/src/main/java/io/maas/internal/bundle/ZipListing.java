package io.maas.internal.bundle;

import io.maas.error.ErrorCode;
import io.maas.repository.PackageLimits;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Lists a zip archive after checking it as a whole. Nothing is unpacked. */
final class ZipListing {
    /** Below this, what an archive expands to harms nobody: constant test weights and empty images pack very well. */
    private static final long HARMLESS = 1 << 20;

    private ZipListing() {}

    static Listing.Packed list(Path archive, Origin origin, PackageLimits limits, Resources resources) {
        return list(archive, origin, limits, resources, name -> {});
    }

    /** As above; {@code onName} is told each name when it is read, a folder's with its slash, and may refuse it. */
    static Listing.Packed list(
            Path archive, Origin origin, PackageLimits limits, Resources resources, Consumer<String> onName) {
        try {
            if (!Files.isRegularFile(archive)) {
                throw origin.refused(
                        ErrorCode.PACKAGE_UNREADABLE,
                        Files.exists(archive) ? "it is not a file" : "it does not exist",
                        "give the path of a zip archive");
            }
            FileChannel channel = resources.open(archive);
            if (channel.size() == 0) {
                throw origin.refused(ErrorCode.PACKAGE_EMPTY, "the archive has no bytes", "copy the package again");
            }
            ZipEnd end = ZipEnd.find(channel, origin);
            List<ZipMember> members = new ZipDirectory(channel, origin, limits, onName).read(end);
            checkPaths(members, new PathRules(origin, limits), origin);
            checkExpansion(members, channel.size(), origin, limits);
            List<Listing.Item> files = new ArrayList<>();
            for (ZipContent content : new ZipLayout(channel, origin).contents(members, end.start())) {
                if (!content.member().isFolder()) {
                    files.add(new Listing.Item(content.member().name(), content));
                }
            }
            return new Listing.Packed(files);
        } catch (IOException e) {
            throw origin.unreadable(e);
        }
    }

    private static void checkPaths(List<ZipMember> members, PathRules rules, Origin origin) {
        Set<String> folders = new HashSet<>();
        for (ZipMember member : members) {
            if (!member.isFolder()) {
                rules.addFile(member.name());
            } else if (folders.add(member.name())) {
                rules.addFolder(member.name());
            } else {
                throw origin.refused(
                        ErrorCode.PACKAGE_DUPLICATE, "the folder " + Origin.quoted(member.name()) + " is there twice");
            }
        }
    }

    /** By the sizes that the directory states, before anything is unpacked; reading fails where these are exceeded. */
    private static void checkExpansion(List<ZipMember> members, long packed, Origin origin, PackageLimits limits) {
        long most = Math.max(HARMLESS, saturated(packed, limits.ratio()));
        long total = 0;
        for (ZipMember member : members) {
            total += member.size();
            if (total < 0 || total > limits.bytes()) {
                throw origin.refused(
                        ErrorCode.PACKAGE_TOO_LARGE,
                        "its files have more than " + limits.bytes() + " bytes together",
                        "leave out what is not needed, or raise the limit");
            }
        }
        if (total > most) {
            throw origin.refused(
                    ErrorCode.PACKAGE_RATIO,
                    "it has " + packed + " bytes and would expand to " + total + ", more than " + limits.ratio()
                            + " times as many",
                    "pack the files without compression, or raise the limit");
        }
    }

    private static long saturated(long a, long b) {
        return Math.multiplyHigh(a, b) == 0 && a * b >= 0 ? a * b : Long.MAX_VALUE;
    }
}
