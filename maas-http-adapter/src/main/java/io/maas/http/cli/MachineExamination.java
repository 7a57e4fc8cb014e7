package io.maas.http.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Looks at the machine. */
final class MachineExamination {
    private static final int LEAST_JAVA = 17;
    private static final long LITTLE_DISK = 1L << 30;
    private static final long FEW_FILES = 1_024;

    private MachineExamination() {}

    static List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        findings.add(java());
        findings.add(system());
        findings.add(temporary());
        findings.add(files());
        findings.add(Finding.good(
                "memory",
                (Runtime.getRuntime().maxMemory() >> 20) + " MiB heap, "
                        + Runtime.getRuntime().availableProcessors() + " cores"));
        return findings;
    }

    private static Finding java() {
        String what = Runtime.version() + " from " + System.getProperty("java.vendor");
        return Runtime.version().feature() >= LEAST_JAVA
                ? Finding.good("java", what)
                : Finding.bad("java", what, "run it with Java 17 or later");
    }

    private static Finding system() {
        String what = System.getProperty("os.name") + " on " + System.getProperty("os.arch");
        return isMusl()
                ? Finding.bad(
                        "system",
                        what + " with musl",
                        "engines are built for glibc: use an image with it, such as one of Debian, in place of Alpine")
                : Finding.good("system", what);
    }

    /** Musl names its loader after itself. */
    private static boolean isMusl() {
        try (Stream<Path> libraries = Files.list(Path.of("/lib"))) {
            return libraries.anyMatch(file -> String.valueOf(file.getFileName()).startsWith("ld-musl-"));
        } catch (IOException e) {
            return false;
        }
    }

    /** Engines unpack their native libraries there, unless they are told of another place, and must be able to run them. */
    private static Finding temporary() {
        Path folder = Path.of(System.getProperty("maas.natives", System.getProperty("java.io.tmpdir", "/tmp")));
        try {
            Path program = Files.createTempFile(folder, "maas-doctor", ".sh");
            try {
                return examined(folder, program);
            } finally {
                Files.delete(program);
            }
        } catch (IOException e) {
            return Finding.bad(
                    "natives folder",
                    folder + " cannot be written to, " + e,
                    "name another with -Dmaas.natives=<folder>, or make it writable");
        }
    }

    private static Finding examined(Path folder, Path program) throws IOException {
        FileStore disk = Files.getFileStore(folder);
        if (disk.supportsFileAttributeView("posix")) {
            Files.writeString(program, "#!/bin/sh\nexit 0\n");
            Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
            if (!runs(program)) {
                return Finding.bad(
                        "natives folder",
                        folder + " is on a disk from which nothing may be run (noexec)",
                        "name another with -Dmaas.natives=<folder>");
            }
        }
        return disk.getUsableSpace() < LITTLE_DISK
                ? Finding.doubtful(
                        "natives folder",
                        folder + " has " + (disk.getUsableSpace() >> 20) + " MiB left",
                        "make room: engines and models are unpacked to disk")
                : Finding.good("natives folder", folder + ", " + (disk.getUsableSpace() >> 30) + " GiB left");
    }

    private static boolean runs(Path program) {
        try {
            return new ProcessBuilder(program.toString()).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static Finding files() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.UnixOperatingSystemMXBean unix
                && unix.getMaxFileDescriptorCount() <= FEW_FILES) {
            return Finding.doubtful(
                    "open files",
                    "at most " + unix.getMaxFileDescriptorCount(),
                    "allow more for many connections, with ulimit -n");
        }
        return Finding.good("open files", "enough");
    }
}
