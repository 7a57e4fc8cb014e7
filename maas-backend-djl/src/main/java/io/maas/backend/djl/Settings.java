package io.maas.backend.djl;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The one place that reads and sets properties of the JVM for the engines. */
final class Settings {
    /** Where all natives are unpacked and loaded from; see {@code docs/engines.md}. */
    static final String NATIVES = "maas.natives";

    private static final String DJL_CACHE = "DJL_CACHE_DIR";
    private static final String ENGINE_CACHE = "ENGINE_CACHE_DIR";
    private static final String ORT_NATIVES = "onnxruntime.native.path";
    private static final String TORCH_THREADS = "ai.djl.pytorch.num_threads";
    private static final String OPENMP_THREADS = "OMP_NUM_THREADS";

    /** What must hold before DJL's first class is initialised. */
    private static final Map<String, String> BEFORE_DJL = Map.of(
            // natives come with the class path: nothing is ever downloaded
            "ai.djl.offline", "true",
            // DJL asks the cloud's metadata address who it is and reports to a bucket otherwise
            "OPT_OUT_TRACKING", "true",
            // with PyTorch on the class path DJL would start it for every ONNX model as well
            "ai.djl.onnx.disable_alternative", "true");

    private Settings() {}

    /** Sets what the host has not set by itself. */
    static void prepareEngines() {
        BEFORE_DJL.forEach(Settings::suggest);
        natives().ifPresent(folder -> {
            if (value(ENGINE_CACHE).isEmpty() && value(DJL_CACHE).isEmpty()) {
                System.setProperty(DJL_CACHE, folder.toString());
            }
            // what DJL asks CUDA's library with unpacks itself at each start, and complains where it cannot
            if (Files.isWritable(folder)) {
                suggest("jna.tmpdir", folder.toString());
            }
        });
    }

    /** PyTorch takes all cores for each call unless told otherwise, and callers there are many. */
    static void prepareTorch() {
        if (environment(OPENMP_THREADS).isEmpty()) {
            suggest(TORCH_THREADS, "1");
        }
    }

    /** Tells ONNX Runtime where its natives lie, unless the host did. */
    static void loadOrtFrom(Path folder) {
        suggest(ORT_NATIVES, folder.toString());
    }

    /** Tells whether the host itself says where ONNX Runtime's natives lie. */
    static boolean hasOrtNatives() {
        return System.getProperty(ORT_NATIVES) != null;
    }

    /** Returns the folder for natives that the host has set. */
    static Optional<Path> natives() {
        return value(NATIVES)
                .or(() -> environment("MAAS_NATIVES"))
                .map(text -> Path.of(text).toAbsolutePath());
    }

    private static void suggest(String name, String value) {
        if (System.getProperty(name) == null) {
            System.setProperty(name, value);
        }
    }

    /** As DJL looks things up. */
    private static Optional<String> value(String name) {
        return environment(name)
                .or(() -> Optional.ofNullable(System.getProperty(name)))
                .filter(text -> !text.isBlank());
    }

    private static Optional<String> environment(String name) {
        return Optional.ofNullable(System.getenv(name)).filter(text -> !text.isBlank());
    }

    /** Where a library is unpacked, for messages. */
    static String nativesFolder(String library) {
        if (library.equals(OrtRuntime.NAME)) {
            return System.getProperty(ORT_NATIVES, System.getProperty("java.io.tmpdir", "/tmp"));
        }
        return value(ENGINE_CACHE)
                .or(() -> value(DJL_CACHE))
                .orElseGet(() ->
                        Path.of(System.getProperty("user.home", ""), ".djl.ai").toString());
    }

    static String platform() {
        return System.getProperty("os.name") + " " + System.getProperty("os.arch");
    }

    /** Where ONNX Runtime has the natives of this platform in its jar. */
    static String ortResources() {
        String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch", "");
        String system = os.contains("mac") ? "osx" : os.contains("win") ? "win" : "linux";
        return "/ai/onnxruntime/native/" + system + "-" + (arch.matches("amd64|x86_64") ? "x64" : arch) + "/";
    }
}
