package io.maas.benchmarks.registry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Folders for one measurement, on the disk that the working directory is on: temporary folders may be in memory. */
final class Folders {
    private Folders() {}

    static Path make() throws IOException {
        return Files.createTempDirectory(Path.of("").toAbsolutePath(), "benchmark-");
    }

    static void delete(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(folder)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.delete(path);
        }
    }
}
