package io.maas.store.fs;

import io.maas.spi.StoreKeys;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * Lists keys in the order of their bytes.
 *
 * <p>That is not the order of names in a folder: a folder {@code a} holds keys that start with {@code a/}, and {@code a-b}
 * comes before those. Whether a name is a folder costs a system call, too many for a folder of 100,000. So names wait in a
 * heap under the least key they may stand for, which is the name itself; only one that comes to the top is looked at, and
 * a folder goes back under its name and a slash. Of a folder that is read, only names are in memory.
 */
final class KeyWalk {
    /** What a name may stand for: as it is, or with a slash at the end, then it is known to be a folder. */
    private record Candidate(String least, Path path) implements Comparable<Candidate> {
        /** Names are ASCII, so that the order of strings is that of bytes. */
        @Override
        public int compareTo(Candidate other) {
            return least.compareTo(other.least);
        }

        boolean isFolder() {
            return least.endsWith("/");
        }
    }

    private final String prefix;
    private final String after;
    private final int limit;
    private final List<String> keys = new ArrayList<>();

    KeyWalk(String prefix, String after, int limit) {
        this.prefix = prefix;
        this.after = after;
        this.limit = limit;
    }

    /** Returns the keys in a store. */
    List<String> in(Folders folders) throws IOException {
        String base = prefix.substring(0, prefix.lastIndexOf('/') + 1);
        Optional<Path> start = folders.findFolder(base);
        if (start.isPresent()) {
            visit(start.get(), base);
        }
        return List.copyOf(keys);
    }

    /**
     * Adds the keys of a folder.
     *
     * @param base what they start with: the empty string, or something with a slash at the end
     */
    private void visit(Path folder, String base) throws IOException {
        PriorityQueue<Candidate> candidates = new PriorityQueue<>(names(folder, base));
        while (keys.size() < limit && !candidates.isEmpty()) {
            Candidate next = candidates.remove();
            if (next.isFolder()) {
                visit(next.path, next.least);
                continue;
            }
            Optional<BasicFileAttributes> found = Folders.look(next.path);
            if (found.isEmpty()) {
                continue; // deleted at the same time
            }
            if (found.get().isDirectory()) {
                candidates.add(new Candidate(next.least + "/", next.path));
            } else if (found.get().isRegularFile() && isKeyInRange(next.least)) {
                keys.add(next.least);
            }
        }
    }

    private List<Candidate> names(Path folder, String base) throws IOException {
        List<Candidate> names = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String key = base + file.getFileName();
                if (StoreKeys.isKey(key) && (isKeyInRange(key) || isFolderInRange(key + "/"))) {
                    names.add(new Candidate(key, file));
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of(); // replaced at the same time; the store's own folder was looked at before
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return names;
    }

    private boolean isKeyInRange(String key) {
        return key.startsWith(prefix) && key.compareTo(after) > 0;
    }

    /** Returns whether keys that start with this may be in range. */
    private boolean isFolderInRange(String start) {
        return (start.startsWith(prefix) || prefix.startsWith(start))
                && (start.compareTo(after) > 0 || after.startsWith(start));
    }
}
