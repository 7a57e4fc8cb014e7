package io.maas.benchmarks.registry;

import io.maas.Maas;
import io.maas.Packages;
import io.maas.benchmarks.Figure;
import io.maas.benchmarks.Figure.Goal;
import io.maas.benchmarks.Figures.Effort;
import io.maas.model.Digest;
import io.maas.model.Manifest;
import io.maas.model.Manifest.Role;
import io.maas.repository.PackageSource;
import io.maas.testkit.ScriptedBackend;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Registers a package with a large file in a folder store, in a process with a heap of 64 MiB. The same process computes a
 * SHA-256 of the file, and writes and forces as many bytes: registering has to do both, so the slower of the two is the
 * least it can take.
 */
final class RegisterLarge {
    private static final int BLOCK = 1 << 20;

    private RegisterLarge() {}

    static List<Figure> measure(Effort effort) throws IOException, InterruptedException {
        long bytes = effort == Effort.FULL ? 2L << 30 : 256L << 20;
        int rounds = effort == Effort.FULL ? 5 : 1;
        Path folder = Folders.make();
        try {
            Path source = makePackage(folder, bytes);
            List<Double> register = new ArrayList<>();
            List<Double> raw = new ArrayList<>();
            List<Double> ratios = new ArrayList<>();
            double heap = 0;
            for (int i = 0; i < rounds; i++) {
                Measured measured =
                        ChildJvm.run(List.of("-Xmx64m"), RegisterLarge.class, source, folder.resolve("work"));
                Folders.delete(folder.resolve("work"));
                double slower = Math.max(measured.get("sha"), measured.get("write"));
                register.add(measured.get("register"));
                raw.add(slower);
                ratios.add(slower / measured.get("register"));
                heap = Math.max(heap, measured.get("heapMiB"));
            }
            double value = bytes / median(register) / 1e6;
            String name = String.format("register %d MiB, heap 64 MiB, median of %d", bytes >> 20, rounds);
            return List.of(
                    // the ratio is the median of the rounds' own, since the machine's speed drifts between rounds
                    new Figure(name, value, "MB/s", value / median(ratios), Goal.ratioAtLeast(0.8)),
                    Figure.of("  slower of raw SHA-256 and raw write, median", bytes / median(raw) / 1e6, "MB/s"),
                    Figure.of("  heap in use at the end, most", heap, "MiB"));
        } finally {
            Folders.delete(folder);
        }
    }

    private static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }

    private static Path makePackage(Path folder, long bytes) throws IOException {
        Path large = folder.resolve("large");
        writeRaw(large, bytes);
        Path source = folder.resolve("package");
        Packages.writeDirectory(
                PackageSource.builder(Manifest.builder("large", ScriptedBackend.FORMAT)
                                .build())
                        .file("model.scripted", Role.WEIGHTS, "scale 2".getBytes(StandardCharsets.UTF_8))
                        .file("weights.bin", Role.WEIGHTS, large)
                        .build(),
                source);
        Files.delete(large);
        return source;
    }

    /** In the child: measures the raw figures, then registers. */
    public static void main(String[] args) throws IOException {
        Path source = Path.of(args[0]);
        Path work = Files.createDirectory(Path.of(args[1]));
        Path weights = source.resolve("weights.bin");
        ChildJvm.report("sha", seconds(() -> sha(weights)));
        Path raw = work.resolve("raw");
        ChildJvm.report("write", seconds(() -> writeRaw(raw, Files.size(weights))));
        Files.delete(raw);
        try (Maas maas = Maas.builder()
                .store(work.resolve("store"))
                .cache(work.resolve("cache"))
                .backend(new ScriptedBackend())
                .pollInterval(Duration.ZERO)
                .open()) {
            ChildJvm.report("register", seconds(() -> maas.repository().register(PackageSource.directory(source))));
        }
        Runtime runtime = Runtime.getRuntime();
        ChildJvm.report("heapMiB", (runtime.totalMemory() - runtime.freeMemory()) / (double) BLOCK);
    }

    private interface Work {
        void run() throws IOException;
    }

    private static double seconds(Work work) throws IOException {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e9;
    }

    private static void sha(Path file) throws IOException {
        MessageDigest sha = Digest.sha256();
        byte[] block = new byte[BLOCK];
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(block); count > 0; count = in.read(block)) {
                sha.update(block, 0, count);
            }
        }
        sha.digest();
    }

    private static void writeRaw(Path file, long bytes) throws IOException {
        ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
        byte[] noise = new byte[BLOCK];
        new Random(1).nextBytes(noise);
        block.put(noise);
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (long i = 0; i < bytes / BLOCK; i++) {
                block.putLong(0, i);
                block.rewind();
                while (block.hasRemaining()) {
                    out.write(block);
                }
            }
            out.force(true);
        }
    }
}
