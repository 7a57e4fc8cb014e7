package io.maas.http.internal.platform;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Temporary folders of requests, with a file or none in each. A process that is killed leaves its own behind. */
public final class Scratch {
    private static final Logger LOG = LoggerFactory.getLogger(Scratch.class);
    private static final String UPLOAD = "maas-upload";
    private static final String BUNDLE = "maas-bundle";
    /** Nothing that somebody still writes is as old. */
    private static final Duration OLD = Duration.ofDays(1);

    private Scratch() {}

    static Path ofUpload() throws IOException {
        return Files.createTempDirectory(UPLOAD);
    }

    static Path ofBundle() throws IOException {
        return Files.createTempDirectory(BUNDLE);
    }

    /** Removes what this user's processes left behind more than a day ago. Whatever goes wrong is only logged. */
    public static void sweep(Instant now) {
        try {
            Path own = ofUpload();
            try {
                sweep(own.resolveSibling(""), Files.getOwner(own), now);
            } finally {
                Files.deleteIfExists(own);
            }
        } catch (IOException | UnsupportedOperationException e) {
            LOG.debug("Left-over uploads could not be looked for", e);
        }
    }

    static void sweep(Path where, UserPrincipal owner, Instant now) throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(where, "{" + UPLOAD + "," + BUNDLE + "}*")) {
            for (Path folder : folders) {
                try {
                    if (isOwn(folder, owner)) {
                        removeIfOld(folder, now.minus(OLD));
                    }
                } catch (IOException e) {
                    LOG.debug("{} stays", folder, e);
                }
            }
        }
    }

    private static boolean isOwn(Path folder, UserPrincipal owner) throws IOException {
        return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                && Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(owner);
    }

    /** A file that grows is new, though its folder is not. */
    private static void removeIfOld(Path folder, Instant before) throws IOException {
        List<Path> all = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            files.forEach(all::add);
        }
        all.add(folder);
        for (Path path : all) {
            if (!Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS)
                    .toInstant()
                    .isBefore(before)) {
                return;
            }
        }
        for (Path path : all) {
            Files.delete(path);
        }
        LOG.debug("{} was left behind, and is removed", folder);
    }
}
