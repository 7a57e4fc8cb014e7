package io.maas.backend.djl;

import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import java.util.regex.Pattern;

/**
 * Knows by its words what leaves a graphics processor useless to the process: after these errors, says the documentation of the CUDA
 * runtime ({@code cudaError_t}), "the process must be terminated and relaunched".
 */
final class DeviceLost {
    private static final Pattern WORDS = Pattern.compile("an illegal memory access was encountered"
            + "|unspecified launch failure|device-side assert triggered|misaligned address"
            + "|an illegal instruction was encountered|hardware stack error|invalid program counter"
            + "|operation not supported on global/shared address space|uncorrectable ECC error|GPU is lost");

    private DeviceLost() {}

    static boolean isMeantBy(String message) {
        return WORDS.matcher(message).find();
    }

    static UnavailableException of(String engine, String message, Exception cause) {
        return new UnavailableException(
                ErrorCode.DEVICE_LOST,
                "run the model",
                engine + " has lost the device, " + message,
                "restart the process",
                cause);
    }
}
