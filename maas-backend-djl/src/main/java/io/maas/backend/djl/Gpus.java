package io.maas.backend.djl;

import ai.djl.util.cuda.CudaUtils;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Names of devices, and how many of them there are. */
final class Gpus {
    private static final Logger LOG = LoggerFactory.getLogger(Gpus.class);
    private static final Pattern GPU = Pattern.compile("gpu:(\\d{1,3})");

    private Gpus() {}

    /** Returns the number of a device, nothing for the processor. */
    static OptionalInt number(String device) {
        if (device.equals("cpu")) {
            return OptionalInt.empty();
        }
        Matcher gpu = GPU.matcher(device);
        if (!gpu.matches()) {
            throw new InvalidInputException(
                    ErrorCode.BAD_SETTING,
                    "load a model",
                    "there is no device '" + device + "'",
                    "use 'cpu' or 'gpu:0'");
        }
        return OptionalInt.of(Integer.parseInt(gpu.group(1)));
    }

    /** Returns the names of so many, and then the processor. */
    static List<String> names(int count) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add("gpu:" + i);
        }
        names.add("cpu");
        return List.copyOf(names);
    }

    /** Returns how many CUDA devices this host has, as far as the CUDA runtime on it tells. */
    static int count() {
        try {
            return CudaUtils.getGpuCount();
        } catch (LinkageError | RuntimeException e) {
            LOG.debug("CUDA cannot be asked for devices, there are none", e);
            return 0;
        }
    }
}
