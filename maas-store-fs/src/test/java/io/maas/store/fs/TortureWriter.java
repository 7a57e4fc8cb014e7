package io.maas.store.fs;

import io.maas.Maas;
import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.model.ModelName;
import io.maas.repository.Commit;
import io.maas.repository.ModelRepository;
import io.maas.repository.ModelVersion;
import io.maas.repository.PackageSource;
import io.maas.repository.PublishOptions;
import io.maas.repository.RegisterOptions;
import io.maas.repository.RollbackOptions;
import io.maas.testkit.ScriptedBackend;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process that changes a registry as fast as it can until it is killed. It says a line before each change, and one when
 * the change is acknowledged:
 *
 * <pre>
 * ask TOKEN register MODEL SCALE          ack TOKEN COMMIT MODEL:VERSION DIGEST
 * ask TOKEN publish MODEL VERSION ALIAS   ack TOKEN COMMIT MODEL@ALIAS
 * ask TOKEN rollback MODEL ALIAS          ack TOKEN COMMIT MODEL@ALIAS
 *                                         no TOKEN: it is so already, or there is nothing to go back to
 * </pre>
 */
final class TortureWriter {
    private static final Logger LOG = LoggerFactory.getLogger(TortureWriter.class);

    /** Few enough that writers meet, enough that none grows large. */
    static final int MODELS = 40;

    static final List<String> ALIASES = List.of("production", "canary");

    /** Several, so that changes ride together. */
    private static final int THREADS = 2;

    private static final int CHANGES = 100_000;
    private static final Set<ErrorCode> REFUSALS =
            Set.of(ErrorCode.NOTHING_TO_ROLL_BACK, ErrorCode.UNKNOWN_ALIAS, ErrorCode.UNKNOWN_MODEL);
    private static final FileOutputStream OUT = new FileOutputStream(FileDescriptor.out);

    private final ModelRepository registry;
    private final int id;
    private final SplittableRandom random;
    private final List<ModelVersion> mine = new ArrayList<>();

    private TortureWriter(ModelRepository registry, int id, SplittableRandom random) {
        this.registry = registry;
        this.id = id;
        this.random = random;
    }

    /** Takes the store's folder, a cache folder, the number of the writer and a seed. */
    public static void main(String[] args) {
        Maas maas = Maas.builder()
                .store(Path.of(args[0]))
                .cache(Path.of(args[1]))
                .backend(new ScriptedBackend())
                .pollInterval(Duration.ZERO)
                .open();
        SplittableRandom random = new SplittableRandom(Long.parseLong(args[3]));
        for (int i = 0; i < THREADS; i++) {
            int id = Integer.parseInt(args[2]) * THREADS + i;
            TortureWriter writer = new TortureWriter(maas.repository(), id, random.split());
            new Thread(writer::run).start();
        }
    }

    @SuppressWarnings("SystemExitOutsideMain") // whatever is not expected must end the process, to be noticed
    private void run() {
        try {
            for (int n = 0; n < CHANGES; n++) {
                change(id + "-" + n, id * CHANGES + n);
            }
        } catch (IOException | RuntimeException | Error e) {
            LOG.error("Something that no writer should meet", e);
        }
        System.exit(1);
    }

    private void change(String token, int unique) throws IOException {
        int kind = mine.isEmpty() ? 0 : random.nextInt(5);
        try {
            if (kind == 0) {
                register(token, unique);
            } else if (kind == 1) {
                rollback(token);
            } else {
                publish(token);
            }
        } catch (MaasException e) {
            if (!REFUSALS.contains(e.code())) {
                throw e;
            }
            say("no " + token);
        }
    }

    private void register(String token, int unique) throws IOException {
        String name = "m" + random.nextInt(MODELS);
        say("ask " + token + " register " + name + " " + unique);
        ModelVersion version = register(registry, token, name, unique);
        mine.add(version);
        say("ack " + token + " " + version.commit() + " " + version + " "
                + version.digest().hex());
    }

    private void publish(String token) throws IOException {
        ModelVersion version = mine.get(random.nextInt(mine.size()));
        String alias = ALIASES.get(random.nextInt(ALIASES.size()));
        say("ask " + token + " publish " + version.name() + " " + version.version() + " " + alias);
        acknowledge(token, publish(registry, token, version, alias), version.name() + "@" + alias);
    }

    private void rollback(String token) throws IOException {
        String name = "m" + random.nextInt(MODELS);
        String alias = ALIASES.get(random.nextInt(ALIASES.size()));
        say("ask " + token + " rollback " + name + " " + alias);
        acknowledge(token, rollback(registry, token, name, alias), name + "@" + alias);
    }

    private static void acknowledge(String token, Commit commit, String subject) throws IOException {
        boolean own = commit.reason().filter(token::equals).isPresent();
        say(own ? "ack " + token + " " + commit.number() + " " + subject : "no " + token);
    }

    /** One system call for each line, which a pipe takes whole or not at all. */
    private static void say(String line) throws IOException {
        OUT.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    // ---- the changes, also for whoever repeats them; the reason makes the token visible in the audit log

    static ModelVersion register(ModelRepository registry, String token, String name, int scale) {
        PackageSource model = ScriptedBackend.model(name, "scale " + scale);
        return registry.register(model, RegisterOptions.defaults().token(token).reason(token));
    }

    static Commit publish(ModelRepository registry, String token, ModelVersion version, String alias) {
        return registry.publish(version, PublishOptions.to(alias).token(token).reason(token));
    }

    static Commit rollback(ModelRepository registry, String token, String name, String alias) {
        return registry.rollback(
                ModelName.of(name), RollbackOptions.of(alias).token(token).reason(token));
    }
}
