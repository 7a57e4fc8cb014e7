package io.maas.backend.djl;

import java.util.Map;

/** The one place that reads and sets properties of the JVM for the engines. */
final class Settings {
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
        BEFORE_DJL.forEach((name, value) -> {
            if (System.getProperty(name) == null) {
                System.setProperty(name, value);
            }
        });
    }

    /** Where ONNX Runtime unpacks its native library, for messages. */
    static String nativesFolder() {
        return System.getProperty("onnxruntime.native.path", System.getProperty("java.io.tmpdir", "/tmp"));
    }

    static String platform() {
        return System.getProperty("os.name") + " " + System.getProperty("os.arch");
    }
}
