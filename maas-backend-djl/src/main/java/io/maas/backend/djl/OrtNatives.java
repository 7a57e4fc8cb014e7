package io.maas.backend.djl;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks ONNX Runtime's natives into the folder that the host has set for natives. ONNX Runtime itself would only take them
 * from a folder where they lie already, or unpack them into the temporary one, which may not run code.
 */
final class OrtNatives {
    private static final List<String> LIBRARIES =
            List.of("onnxruntime", "onnxruntime4j_jni", "onnxruntime_providers_shared", "onnxruntime_providers_cuda");

    private OrtNatives() {}

    /** Does so if the host has set a folder, and has not unpacked them by itself. */
    static void unpack() throws IOException {
        Optional<Path> natives = Settings.natives();
        if (natives.isEmpty() || Settings.hasOrtNatives()) {
            return;
        }
        URL main = resource(LIBRARIES.get(0));
        if (main == null) {
            return; // no natives for this platform, which ONNX Runtime says better
        }
        Path folder = natives.get().resolve("onnxruntime").resolve(version(main));
        for (String library : LIBRARIES) {
            URL url = resource(library);
            if (url != null) {
                copy(url, folder.resolve(System.mapLibraryName(library)));
            }
        }
        Settings.loadOrtFrom(folder);
    }

    private static @Nullable URL resource(String library) {
        return OrtEnvironment.class.getResource(Settings.ortResources() + System.mapLibraryName(library));
    }

    /** Another version of the jar must not find these: the checksum of its main library is in the jar's directory. */
    private static String version(URL main) throws IOException {
        URLConnection connection = main.openConnection();
        connection.setUseCaches(false);
        try (InputStream opened = connection.getInputStream()) {
            long crc = connection instanceof JarURLConnection jar
                    ? jar.getJarEntry().getCrc()
                    : opened.available();
            return connection.getContentLengthLong() + "-" + Long.toHexString(crc);
        }
    }

    /** Several processes may do this at once, so a library appears under its name when it is complete. */
    private static void copy(URL url, Path target) throws IOException {
        if (Files.exists(target)) {
            return;
        }
        Files.createDirectories(target.getParent());
        Path part = Files.createTempFile(target.getParent(), "unpacking", ".part");
        try (InputStream in = url.openStream()) {
            Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
