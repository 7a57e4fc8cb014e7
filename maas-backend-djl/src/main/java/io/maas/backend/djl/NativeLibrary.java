package io.maas.backend.djl;

import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;

/** Says what to do where a native library cannot be loaded: the three causes look alike, so one message names all. */
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
                "its native library cannot be loaded on " + Settings.platform() + " from " + Settings.nativesFolder()
                        + ", " + root,
                "if the folder is mounted noexec or read-only, unpack the natives elsewhere and point "
                        + "-Donnxruntime.native.path and -DDJL_CACHE_DIR there, or -Djava.io.tmpdir at a folder that may "
                        + "run code; on a musl system such as Alpine use an image with glibc; on a platform that the "
                        + "library is not built for use one of linux x64/aarch64, macOS aarch64 or windows x64",
                failure);
    }
}
