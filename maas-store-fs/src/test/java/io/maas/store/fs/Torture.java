package io.maas.store.fs;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.Maas;
import io.maas.error.MaasException;
import io.maas.model.Digest;
import io.maas.model.ModelName;
import io.maas.model.ModelRef;
import io.maas.repository.AuditEntry;
import io.maas.repository.AuditQuery;
import io.maas.repository.Commit;
import io.maas.repository.ModelRepository;
import io.maas.repository.ModelVersion;
import io.maas.repository.PackageSource;
import io.maas.testkit.ScriptedBackend;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/** What the writers of a store were told, held against what the store says. */
final class Torture {
    private static final int PAGE = 10_000;
    /** Repeated and exported in each check; all of them would take longer than the kills. */
    private static final int SAMPLE = 40;
    /** Of older tokens a store may forget the outcome. */
    private static final int RECENT = 20_000;

    private final Path store;
    private final Path scratch;
    private final SplittableRandom random;
    private final Map<String, String[]> asked = new LinkedHashMap<>();
    private final Map<String, String[]> acknowledged = new LinkedHashMap<>();
    private final Set<String> refused = new HashSet<>();
    private int exports;

    Torture(Path store, Path scratch, SplittableRandom random) {
        this.store = store;
        this.scratch = scratch;
        this.random = random;
    }

    int acknowledged() {
        return acknowledged.size();
    }

    /** Notes what a writer said; see {@link TortureWriter}. */
    synchronized void heard(List<String> lines) {
        for (String line : lines) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "ask" -> asked.put(words[1], words);
                case "ack" -> acknowledged.put(words[1], words);
                case "no" -> refused.add(words[1]);
                default -> throw new AssertionError("a writer said '" + line + "'");
            }
        }
    }

    /** Checks everything, while no writer runs. Returns the figures. */
    String check() throws IOException {
        StoredLog log = StoredLog.in(store);
        assertThat(log.torn()).as("torn").isEmpty();
        assertThat(log.strange()).as("what does not belong into a store").isEmpty();
        assertThat(log.missingBlobs()).as("missing blobs").isEmpty();
        int inDoubt;
        int landed;
        try (Maas maas = open()) {
            assertThat(maas.repository().head()).as("head").isEqualTo(log.commits() - 1);
            Map<String, Commit> audited = checkAudit(maas.repository());
            checkExports(maas.repository());
            List<String> unanswered = unanswered();
            inDoubt = unanswered.size();
            landed = (int) unanswered.stream().filter(audited::containsKey).count();
            repeatAcknowledged(maas.repository());
            repeatUnanswered(maas.repository(), unanswered, audited);
            checkAudit(maas.repository());
        }
        return "%d commits, %d changes acknowledged, %d in doubt of which %d landed, %d temporary files, %d orphan blobs"
                .formatted(log.commits(), acknowledged.size(), inDoubt, landed, log.temporary(), log.orphanBlobs());
    }

    private Maas open() {
        return Maas.builder()
                .store(store)
                .cache(scratch.resolve("cache-of-checks"))
                .backend(new ScriptedBackend())
                .pollInterval(Duration.ZERO)
                .open();
    }

    // ---- the log

    private Map<String, Commit> checkAudit(ModelRepository registry) {
        Map<String, Commit> commits = new HashMap<>();
        Set<Long> numbers = new HashSet<>();
        List<String> duplicates = new ArrayList<>();
        Set<String> versions = new HashSet<>();
        List<AuditEntry> page =
                registry.audit().entries(AuditQuery.everything(), PAGE).entries();
        while (!page.isEmpty()) {
            for (AuditEntry entry : page) {
                numbers.add(entry.commit().number());
                String token = entry.commit().reason().orElseThrow();
                if (!entry.kind().equals("attach") && commits.put(token, entry.commit()) != null) {
                    duplicates.add(token);
                }
                if (entry.kind().equals("register") && !versions.add(entry.subject())) {
                    duplicates.add(entry.subject());
                }
            }
            page = registry.audit()
                    .entries(
                            AuditQuery.everything()
                                    .fromCommit(
                                            page.get(page.size() - 1).commit().number() + 1),
                            PAGE)
                    .entries();
        }
        assertThat(duplicates).as("duplicates").isEmpty();
        assertThat(lost(commits)).as("lost").isEmpty();
        assertThat(asked.keySet()).as("made up by nobody").containsAll(commits.keySet());
        assertThat((long) numbers.size()).as("numbers without a gap").isEqualTo(registry.head() + 1);
        return commits;
    }

    private List<String> lost(Map<String, Commit> commits) {
        return acknowledged.values().stream()
                .filter(ack -> {
                    Commit commit = commits.get(ack[1]);
                    return commit == null || commit.number() != Long.parseLong(ack[2]);
                })
                .map(ack -> String.join(" ", ack) + " is " + commits.get(ack[1]))
                .toList();
    }

    // ---- the content

    private void checkExports(ModelRepository registry) throws IOException {
        List<String[]> registered =
                acknowledged.values().stream().filter(ack -> ack.length == 5).toList();
        for (String[] ack : sample(registered)) {
            ModelVersion version = registry.resolve(ack[3]);
            assertThat(version.digest().hex()).as(ack[3]).isEqualTo(ack[4]);
            Path folder = scratch.resolve("export-" + exports++);
            registry.exportDirectory(version, folder);
            assertThat(folder.resolve("model.scripted"))
                    .hasContent("scale " + Objects.requireNonNull(asked.get(ack[1]))[4]);
            assertThat(digestOf(folder).hex()).as("exported " + ack[3]).isEqualTo(ack[4]);
        }
    }

    /** The digest that somebody else finds who is given the folder. */
    private Digest digestOf(Path folder) {
        try (Maas other = Maas.builder()
                .store(URI.create("memory:other"))
                .cache(scratch.resolve("cache-of-exports"))
                .backend(new ScriptedBackend())
                .pollInterval(Duration.ZERO)
                .open()) {
            return other.repository().register(PackageSource.directory(folder)).digest();
        }
    }

    // ---- tokens

    private void repeatAcknowledged(ModelRepository registry) {
        List<String[]> all = List.copyOf(acknowledged.values());
        long head = registry.head();
        for (String[] ack : sample(all.subList(Math.max(0, all.size() - RECENT), all.size()))) {
            assertThat(repeat(registry, ack[1]))
                    .as(() -> "the outcome of " + String.join(" ", ack))
                    .isEqualTo(Long.parseLong(ack[2]));
        }
        assertThat(registry.head()).as("head after repeated calls").isEqualTo(head);
    }

    private List<String> unanswered() {
        return asked.keySet().stream()
                .filter(token -> !acknowledged.containsKey(token) && !refused.contains(token))
                .toList();
    }

    /** What was killed before it was answered has landed or not; repeating it makes that certain, and does it once. */
    private void repeatUnanswered(ModelRepository registry, List<String> unanswered, Map<String, Commit> audited) {
        for (String token : unanswered) {
            Commit landed = audited.get(token);
            long head = registry.head();
            long number;
            try {
                number = repeat(registry, token);
            } catch (MaasException e) {
                assertThat(landed).as(() -> token + " had landed, and now " + e).isNull();
                refused.add(token);
                continue;
            }
            if (landed != null) {
                assertThat(number).as("the outcome of " + token).isEqualTo(landed.number());
            } else if (number <= head) {
                refused.add(token); // it is so already
                continue;
            }
            acknowledged.put(token, new String[] {"ack", token, Long.toString(number), "repeated"});
        }
    }

    private long repeat(ModelRepository registry, String token) {
        String[] ask = Objects.requireNonNull(asked.get(token));
        return switch (ask[2]) {
            case "register" ->
                TortureWriter.register(registry, token, ask[3], Integer.parseInt(ask[4]))
                        .commit();
            case "publish" -> {
                ModelVersion version = registry.resolve(new ModelRef.ByVersion(ModelName.of(ask[3]), ask[4]));
                yield TortureWriter.publish(registry, token, version, ask[5]).number();
            }
            default -> TortureWriter.rollback(registry, token, ask[3], ask[4]).number();
        };
    }

    private <T> List<T> sample(List<T> all) {
        return all.isEmpty()
                ? all
                : random.ints(SAMPLE, 0, all.size())
                        .distinct()
                        .mapToObj(all::get)
                        .collect(Collectors.toList());
    }

    // ---- bases and segments

    /** Bases and segments only save time: without them the store says the same. */
    void checkWithoutShortcuts() throws IOException {
        Map<String, Map<String, String>> before = state();
        for (String shortcuts : List.of("base", "segments")) {
            try (var files = Files.newDirectoryStream(store.resolve("default/" + shortcuts))) {
                for (Path file : files) {
                    Files.delete(file);
                }
            }
        }
        assertThat(state()).isEqualTo(before);
    }

    private Map<String, Map<String, String>> state() {
        Map<String, Map<String, String>> state = new HashMap<>();
        try (Maas maas = open()) {
            ModelRepository registry = maas.repository();
            for (ModelName name : registry.models()) {
                Map<String, String> model = new HashMap<>();
                registry.versions(name).forEach(version -> model.put(version.version(), version.toString()));
                registry.aliases(name).forEach((alias, version) -> model.put("@" + alias, version.version()));
                state.put(name.value(), model);
            }
        }
        return state;
    }
}
