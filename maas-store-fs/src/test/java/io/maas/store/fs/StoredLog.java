package io.maas.store.fs;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.maas.model.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What lies in the folder of a store, looked at without the platform's help. */
final class StoredLog {
    private static final Pattern PREVIOUS = Pattern.compile("\"previous\":\"([0-9a-f]{64})\"");
    private static final Pattern BLOB = Pattern.compile("([0-9a-f]{64})\\.\\d{1,12}-[0-9a-f]{8,32}");
    /** All that may lie in a store. Probes are those of an opening that was killed before the store had a format. */
    private static final Pattern KNOWN = Pattern.compile("\\.tmp/(janitor\\.lock|\\.tmp-[0-9a-f-]{36})"
            + "|default/(format\\.json|hint/last|probe/[0-9a-f]{16}|log/\\d{12}\\.json|base/\\d{12}\\.gz"
            + "|segments/\\d{12}-\\d{12}\\.gz|blobs/sha256/[0-9a-f]{2}/" + BLOB + ")");

    private final Path store;
    private final List<String> commits = new ArrayList<>();
    /** Commits that do not follow on the one before, or that are cut short. */
    private final List<String> torn = new ArrayList<>();

    private final List<String> strange = new ArrayList<>();
    private final Set<Path> blobs = new HashSet<>();
    private int temporary;

    private StoredLog(Path store) {
        this.store = store;
    }

    static StoredLog in(Path store) throws IOException {
        StoredLog log = new StoredLog(store);
        log.readCommits();
        log.readFiles();
        return log;
    }

    private void readCommits() throws IOException {
        Digest previous = Digest.of(Files.readAllBytes(store.resolve("default/format.json")));
        Path file = commit(0);
        while (Files.exists(file)) {
            byte[] bytes = Files.readAllBytes(file);
            String text = new String(bytes, UTF_8);
            Matcher follows = PREVIOUS.matcher(text);
            if (!text.endsWith("}") || !follows.find() || !follows.group(1).equals(previous.hex())) {
                torn.add(file.getFileName() + ": " + text);
            }
            commits.add(text);
            previous = Digest.of(bytes);
            file = commit(commits.size());
        }
    }

    private Path commit(int number) {
        return store.resolve("default/log/%012d.json".formatted(number));
    }

    private void readFiles() throws IOException {
        int files = 0;
        try (Stream<Path> walk = Files.walk(store)) {
            for (Path file : walk.filter(Files::isRegularFile).toList()) {
                String name = store.relativize(file).toString();
                Matcher blob = BLOB.matcher(file.getFileName().toString());
                if (!KNOWN.matcher(name).matches()) {
                    strange.add(name);
                } else if (name.startsWith(".tmp/.tmp-")) {
                    temporary++;
                } else if (name.startsWith("default/log/")) {
                    files++;
                } else if (blob.matches()) {
                    blobs.add(file);
                    if (!Digest.of(Files.readAllBytes(file)).hex().equals(blob.group(1))) {
                        torn.add(name);
                    }
                }
            }
        }
        if (files != commits.size()) {
            strange.add("after a gap at commit " + commits.size() + ", " + (files - commits.size()) + " more");
        }
    }

    int commits() {
        return commits.size();
    }

    List<String> torn() {
        return torn;
    }

    /** Files that have no business in a store, and commits behind a gap. */
    List<String> strange() {
        return strange;
    }

    /** Files that were being written when their process was killed. */
    int temporary() {
        return temporary;
    }

    /** Blobs that commits name and that are missing. */
    Set<String> missingBlobs() {
        Set<String> missing = named();
        blobs.forEach(file -> missing.remove(file.getFileName().toString()));
        return missing;
    }

    /** Blobs that no commit names. */
    long orphanBlobs() {
        Set<String> named = named();
        return blobs.stream()
                .filter(file -> !named.contains(file.getFileName().toString()))
                .count();
    }

    private Set<String> named() {
        Set<String> named = new HashSet<>();
        for (String commit : commits) {
            BLOB.matcher(commit).results().forEach(match -> named.add(match.group()));
        }
        return named;
    }
}
