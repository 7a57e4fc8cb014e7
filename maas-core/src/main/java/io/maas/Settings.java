package io.maas;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the environment says. The only place that asks. */
final class Settings {
    private static final Logger LOG = LoggerFactory.getLogger(Settings.class);
    private static final int NAME = 150;

    private Settings() {}

    static String user() {
        String user = System.getProperty("user.name", "");
        return user.isBlank() ? "unknown" : user;
    }

    /** Returns the name of the machine, as it calls itself, and the number of the process. The network is not asked. */
    static String hostName() {
        String name = Stream.of("HOSTNAME", "COMPUTERNAME")
                .map(System::getenv)
                .filter(value -> value != null && !value.isBlank())
                .findFirst()
                .orElseGet(Settings::fileHostName);
        String clean = name.strip().replaceAll("[^A-Za-z0-9._-]", "-");
        return clean.substring(0, Math.min(NAME, clean.length())) + "-"
                + ProcessHandle.current().pid();
    }

    private static String fileHostName() {
        for (String file : List.of("/proc/sys/kernel/hostname", "/etc/hostname")) {
            try {
                return Files.readString(Path.of(file));
            } catch (IOException | UncheckedIOException e) {
                LOG.trace("{} cannot be read", file, e);
            }
        }
        return "host";
    }

    static Path cacheFolder() {
        String caches = System.getenv("XDG_CACHE_HOME");
        Path root = caches == null || caches.isBlank()
                ? Path.of(System.getProperty("user.home", "."), ".cache")
                : Path.of(caches);
        return root.resolve("maas");
    }
}
