package io.maas.benchmarks.registry;

import io.maas.Maas;
import io.maas.benchmarks.Figure;
import io.maas.benchmarks.Figure.Goal;
import io.maas.benchmarks.Figures.Effort;
import io.maas.model.ModelName;
import io.maas.repository.ChangeOptions;
import io.maas.repository.Governance;
import io.maas.spi.ObjectStore;
import io.maas.spi.StoreProvider;
import io.maas.testkit.ScriptedBackend;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.ServiceLoader;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;

/**
 * Processes that commit to one registry as fast as they can, in a folder and on S3Proxy. The machine's own figure is what one
 * process does that creates objects of the size of a commit as durably, one after another and against nobody.
 */
final class ManyWriters {
    private static final String KEY = "AKIABENCHMARKBENCHMA";
    private static final String SECRET = "no-secret-on-loopback";
    private static final int COMMIT_BYTES = 300;

    private ManyWriters() {}

    static List<Figure> measure(Effort effort) throws IOException, InterruptedException {
        double seconds = effort == Effort.FULL ? 10 : 1;
        List<Figure> figures = new ArrayList<>();
        Path folder = Folders.make();
        try {
            double raw = rawFolder(Files.createDirectory(folder.resolve("raw")), seconds / 2);
            for (int writers : List.of(1, 4, 16)) {
                URI store = folder.resolve("store-" + writers).toUri();
                figures.addAll(run("folder", store, writers, seconds, raw, List.of(), folder));
            }
            figures.addAll(onProxy(folder, seconds));
        } finally {
            Folders.delete(folder);
        }
        return figures;
    }

    /** Creates objects as a folder store does: a temporary file that is forced, a link, a folder that is forced. */
    private static double rawFolder(Path folder, double seconds) throws IOException {
        long start = System.nanoTime();
        long count = 0;
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            while (System.nanoTime() - start < seconds * 1e9) {
                Path temporary = folder.resolve("tmp");
                try (FileChannel file =
                        FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                    file.write(ByteBuffer.allocate(COMMIT_BYTES));
                    file.force(true);
                }
                Files.createLink(folder.resolve("object-" + count++), temporary);
                directory.force(true);
                Files.delete(temporary);
            }
        }
        return count / ((System.nanoTime() - start) / 1e9);
    }

    private static List<Figure> onProxy(Path folder, double seconds) throws IOException, InterruptedException {
        Properties properties = new Properties();
        Files.createDirectories(folder.resolve("proxy/models"));
        properties.setProperty(
                "jclouds.filesystem.basedir", folder.resolve("proxy").toString());
        List<Figure> figures = new ArrayList<>();
        S3Proxy server = S3Proxy.builder()
                .blobStore(BlobStores.create("filesystem-nio2", properties))
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, KEY, SECRET)
                .build();
        List<String> credentials = List.of("-Daws.accessKeyId=" + KEY, "-Daws.secretAccessKey=" + SECRET);
        try {
            server.start();
            // its streaming bodies break off now and then when an object is there already
            String address = "s3://models/%s?preset=compatible&endpoint=http://127.0.0.1:" + server.getPort();
            Measured raw = ChildJvm.run(credentials, RawStore.class, String.format(address, "raw"), seconds / 2);
            for (int writers : List.of(1, 4)) {
                URI store = URI.create(String.format(Locale.ROOT, address, "store-" + writers));
                figures.addAll(
                        run("S3Proxy", store, writers, seconds, raw.get("creationsPerSecond"), credentials, folder));
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("S3Proxy does not start", e);
        } finally {
            stop(server);
        }
        return figures;
    }

    private static void stop(S3Proxy server) {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("S3Proxy does not stop", e);
        }
    }

    private static List<Figure> run(
            String kind, URI store, int writers, double seconds, double raw, List<String> jvm, Path folder)
            throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(jvm);
        arguments.addAll(List.of("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        // long enough for all to be there: starting takes a second each on few cores
        long start = System.currentTimeMillis() + 2_000 + 700L * writers;
        List<ChildJvm> children = new ArrayList<>();
        for (int i = 0; i < writers; i++) {
            children.add(
                    ChildJvm.start(arguments, Writer.class, store, folder.resolve("cache-" + i), i, start, seconds));
        }
        double commits = 0;
        double fewest = Double.MAX_VALUE;
        double attempts = 0;
        double longest = 0;
        for (ChildJvm child : children) {
            Measured measured = child.result();
            commits += measured.get("commits");
            attempts += measured.get("attempts");
            fewest = Math.min(fewest, measured.get("commits"));
            longest = Math.max(longest, measured.get("longestMs"));
        }
        String name = kind + ", " + writers + (writers == 1 ? " writer: " : " writers: ");
        return List.of(
                new Figure(
                        name + "commits a second, against raw creations", commits / seconds, "1/s", raw, Goal.none()),
                new Figure(name + "attempts a commit", attempts / commits, "", Double.NaN, Goal.atMost(2.0 * writers)),
                new Figure(
                        name + "slowest writer, against an equal share",
                        fewest,
                        "commits",
                        commits / writers,
                        Goal.ratioAtLeast(0.25)),
                new Figure(name + "longest commit", longest, "ms", Double.NaN, Goal.atMost(30_000)));
    }

    private static ObjectStore open(URI where) {
        return ServiceLoader.load(StoreProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.schemes().contains(where.getScheme()))
                .findFirst()
                .orElseThrow()
                .open(where, false);
    }

    /** In a child: commits until the time is up. */
    static final class Writer {
        private Writer() {}

        /** Arguments: the store, a cache, a number, when to start in milliseconds, for how many seconds. */
        public static void main(String[] args) throws InterruptedException {
            double seconds = Double.parseDouble(args[4]);
            CountingStore store = new CountingStore(open(URI.create(args[0])));
            try (Maas maas = Maas.builder()
                    .store(store)
                    .cache(Path.of(args[1]))
                    .backend(new ScriptedBackend())
                    .pollInterval(Duration.ZERO)
                    .open()) {
                String name = "model-" + args[2];
                maas.repository().register(ScriptedBackend.model(name, "scale 1"));
                Thread.sleep(Math.max(0, Long.parseLong(args[3]) - System.currentTimeMillis()));
                commit(maas.repository().governance(), ModelName.of(name), store, seconds);
            }
        }

        private static void commit(Governance governance, ModelName name, CountingStore store, double seconds) {
            long before = store.attempts();
            long start = System.nanoTime();
            long longest = 0;
            long commits = 0;
            for (long at = start; at - start < seconds * 1e9; commits++) {
                if (commits % 2 == 0) {
                    governance.hold(name, ChangeOptions.defaults());
                } else {
                    governance.unhold(name, ChangeOptions.defaults());
                }
                long now = System.nanoTime();
                longest = Math.max(longest, now - at);
                at = now;
            }
            ChildJvm.report("commits", (double) commits);
            ChildJvm.report("attempts", (double) (store.attempts() - before));
            ChildJvm.report("longestMs", longest / 1e6);
        }
    }

    /** In a child: creates objects one after another. */
    static final class RawStore {
        private RawStore() {}

        /** Arguments: the store, for how many seconds. */
        public static void main(String[] args) {
            double seconds = Double.parseDouble(args[1]);
            try (ObjectStore store = open(URI.create(args[0]))) {
                ObjectStore.Source content = io.maas.internal.log.CommitLog.source(new byte[COMMIT_BYTES]);
                long start = System.nanoTime();
                long count = 0;
                while (System.nanoTime() - start < seconds * 1e9) {
                    store.createIfAbsent("raw/object-" + count++, content);
                }
                ChildJvm.report("creationsPerSecond", count / ((System.nanoTime() - start) / 1e9));
            }
        }
    }
}
