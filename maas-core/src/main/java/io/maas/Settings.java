package io.maas;

import java.nio.file.Path;

/** What the environment says. The only place that asks. */
final class Settings {
    private Settings() {}

    static String user() {
        String user = System.getProperty("user.name", "");
        return user.isBlank() ? "unknown" : user;
    }

    static Path cacheFolder() {
        String caches = System.getenv("XDG_CACHE_HOME");
        Path root = caches == null || caches.isBlank()
                ? Path.of(System.getProperty("user.home", "."), ".cache")
                : Path.of(caches);
        return root.resolve("maas");
    }
}
