package io.maas.backend.djl;

import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;

/** Says what to do where a native library cannot be loaded: the causes look alike, so one message names all. */
final class NativeLibrary {
    private NativeLibrary() {}

    static UnavailableException missing(String library, Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return new UnavailableException(
                ErrorCode.NO_NATIVE,
                "start " + library,
                "its native library cannot be loaded on " + Settings.platform() + " from "
                        + Settings.nativesFolder(library) + ", " + root,
                coordinates(library)
                        + "if the folder is mounted noexec or read-only, set -D" + Settings.NATIVES
                        + " to one that may be written and may run code (or unpack the natives yourself and point "
                        + "-Donnxruntime.native.path and -DDJL_CACHE_DIR at them; ONNX Runtime also needs a java.io.tmpdir that "
                        + "can be written); on a musl system such as Alpine use an image with glibc; on a platform that the "
                        + "library is not built for use one of linux x64/aarch64, macOS aarch64 or windows x64; where it was "
                        + "loaded by another class loader, let that of the host have the engines' jars",
                failure);
    }

    /** PyTorch's natives are the only ones that do not come along. */
    private static String coordinates(String library) {
        return library.equals(TorchBackendProvider.ENGINE)
                ? "add ai.djl.pytorch:pytorch-jni:2.7.1-0.36.0 and ai.djl.pytorch:pytorch-native-cpu:2.7.1 with the classifier of "
                        + "the platform, such as linux-x86_64, to the class path if they are not there; "
                : "";
    }

    static UnavailableException notOnTheClassPath(String engine) {
        return new UnavailableException(
                ErrorCode.NO_NATIVE,
                "start " + engine,
                "DJL's engine of this name is not on the class path",
                engine.equals(TorchBackendProvider.ENGINE)
                        ? "add ai.djl.pytorch:pytorch-engine:0.36.0, ai.djl.pytorch:pytorch-jni:2.7.1-0.36.0 and "
                                + "ai.djl.pytorch:pytorch-native-cpu:2.7.1 with the classifier of the platform, such as "
                                + "linux-x86_64; see docs/engines.md"
                        : "add it; see docs/engines.md");
    }

    /** @param library what to put in the place of {@code replaced} */
    static UnavailableException noDevice(String device, String engine, String library, String replaced) {
        return new UnavailableException(
                ErrorCode.NO_NATIVE,
                "load a model on " + device,
                "this " + engine + " does not have the device here",
                "put " + library + " on the class path in place of " + replaced + ", or use 'cpu'; see docs/gpu.md");
    }
}
