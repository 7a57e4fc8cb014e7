package io.maas.store.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.maas.Maas;
import io.maas.error.CommitStateUnknownException;
import io.maas.error.ConflictException;
import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.model.Digest;
import io.maas.model.ModelName;
import io.maas.repository.AuditEntry;
import io.maas.repository.AuditQuery;
import io.maas.repository.Commit;
import io.maas.repository.ModelRepository;
import io.maas.repository.ModelVersion;
import io.maas.repository.PublishOptions;
import io.maas.repository.RegisterOptions;
import io.maas.repository.RollbackOptions;
import io.maas.testkit.ScriptedBackend;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Threads of several platforms that change one registry, and what they were told. Each change has a token, which is also its
 * reason, so that the audit log says what became of it.
 */
final class Writers {
    private static final int MODELS = 5;
    private static final List<String> ALIASES = List.of("production", "canary");
    private static final Pattern PREVIOUS = Pattern.compile("\"previous\":\"([0-9a-f]{64})\"");
    /** So is it already, or there is nothing to go back to. */
    private static final Set<ErrorCode> REFUSALS =
            Set.of(ErrorCode.NOTHING_TO_ROLL_BACK, ErrorCode.UNKNOWN_ALIAS, ErrorCode.UNKNOWN_MODEL);

    /** A change, which can be asked for again. */
    private interface Change {
        long on(ModelRepository registry);
    }

    private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();
    private final Map<String, Change> unknown = new ConcurrentHashMap<>();
    private final Map<String, MaasException> refused = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<ModelVersion> versions = new ConcurrentLinkedQueue<>();

    /** Makes some changes, as one thread. */
    void work(Maas maas, String thread, SplittableRandom random, int changes) {
        for (int i = 0; i < changes; i++) {
            String token = thread + "-" + i;
            change(maas.repository(), token, next(token, random));
        }
    }

    private Change next(String token, SplittableRandom random) {
        String name = "m" + random.nextInt(MODELS);
        String alias = ALIASES.get(random.nextInt(ALIASES.size()));
        List<ModelVersion> known = List.copyOf(versions);
        int kind = known.isEmpty() ? 0 : random.nextInt(5);
        if (kind <= 1) {
            int scale = random.nextInt(1_000_000_000);
            return registry -> {
                ModelVersion version = registry.register(
                        ScriptedBackend.model(name, "scale " + scale),
                        RegisterOptions.defaults().token(token).reason(token));
                versions.add(version);
                return version.commit();
            };
        }
        if (kind <= 3) {
            ModelVersion version = known.get(random.nextInt(known.size()));
            return registry -> own(
                    token,
                    registry.publish(
                            version, PublishOptions.to(alias).token(token).reason(token)));
        }
        return registry -> own(
                token,
                registry.rollback(
                        ModelName.of(name),
                        RollbackOptions.of(alias).token(token).reason(token)));
    }

    /** Returns the number of the commit, or -1 if it is another's because it is so already. */
    private static long own(String token, Commit commit) {
        return commit.reason().filter(token::equals).isPresent() ? commit.number() : -1;
    }

    private void change(ModelRepository registry, String token, Change change) {
        try {
            long number = change.on(registry);
            if (number >= 0) {
                acknowledged.put(token, number);
            }
        } catch (CommitStateUnknownException e) {
            unknown.put(token, change);
        } catch (UnavailableException e) {
            refused.put(token, e); // says that nothing was written
        } catch (MaasException e) {
            if (!REFUSALS.contains(e.code()) && !(e instanceof ConflictException)) {
                throw e;
            }
            refused.put(token, e);
        }
    }

    /** Checks what was told against what is there, on a healthy server. Returns the figures. */
    String check(Maas maas, Map<String, byte[]> objects) {
        ModelRepository registry = maas.repository();
        Map<String, Long> before = audited(registry);
        int landed = 0;
        for (Map.Entry<String, Change> each : unknown.entrySet()) {
            Long number = before.get(each.getKey());
            landed += number == null ? 0 : 1;
            resolve(registry, each.getKey(), each.getValue(), number);
        }
        Map<String, Long> audited = audited(registry);
        assertThat(audited).as("lost").containsAllEntriesOf(acknowledged);
        assertThat(audited.keySet())
                .as("told that it failed, and it is there")
                .doesNotContainAnyElementsOf(refused.keySet());
        long head = checkChain(objects);
        return "%d commits, %d acknowledged, %d refused, %d unknown of which %d had landed"
                .formatted(head, acknowledged.size(), refused.size(), unknown.size(), landed);
    }

    /** The same token again tells what became of it, once and for all. */
    private void resolve(
            ModelRepository registry, String token, Change change, @org.jspecify.annotations.Nullable Long landed) {
        try {
            long number = change.on(registry);
            if (landed != null) {
                assertThat(number).as("the outcome of " + token).isEqualTo(landed);
            }
            if (number >= 0) {
                acknowledged.put(token, number);
            }
        } catch (MaasException e) {
            assertThat(landed).as(() -> token + " had landed, and now " + e).isNull();
            refused.put(token, e);
        }
    }

    private static Map<String, Long> audited(ModelRepository registry) {
        Map<String, Long> commits = new ConcurrentHashMap<>();
        Set<String> registered = new HashSet<>();
        List<String> twice = new ArrayList<>();
        List<AuditEntry> entries =
                registry.audit().entries(AuditQuery.everything(), 1_000_000).entries();
        for (AuditEntry entry : entries) {
            String token = entry.commit().reason().orElseThrow();
            if (!entry.kind().equals("attach")
                    && commits.put(token, entry.commit().number()) != null) {
                twice.add(token);
            }
            if (entry.kind().equals("register") && !registered.add(entry.subject())) {
                twice.add(entry.subject());
            }
        }
        assertThat(twice).as("twice").isEmpty();
        return commits;
    }

    /** Follows the chain in the bucket without the platform's help. Returns the number of commits. */
    private static long checkChain(Map<String, byte[]> objects) {
        Digest previous = Digest.of(objects.get("p/default/format.json"));
        long number = 0;
        for (Map.Entry<String, byte[]> each : objects.entrySet()) {
            if (each.getKey().startsWith("p/default/log/")) {
                assertThat(each.getKey()).isEqualTo("p/default/log/%012d.json".formatted(number));
                Matcher follows = PREVIOUS.matcher(new String(each.getValue(), UTF_8));
                assertThat(follows.find() && follows.group(1).equals(previous.hex()))
                        .as("the chain at " + number)
                        .isTrue();
                previous = Digest.of(each.getValue());
                number++;
            }
        }
        return number;
    }
}
