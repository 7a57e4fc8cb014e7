package io.maas.internal.serving;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Manifest;
import java.util.Arrays;
import java.util.Locale;

/** Checks what a package requires of the platform, when it is registered and each time it is loaded. */
final class Requirements {
    /** The version of this platform. */
    static final String PLATFORM = "0.1.0";

    private Requirements() {}

    static void check(Manifest manifest, Transforms transforms) {
        manifest.requires().maas().ifPresent(lowest -> {
            if (compare(PLATFORM, lowest.replaceFirst("^>=\\s*", "")) < 0) {
                throw refused(manifest, "version " + lowest + " of the platform, and this is " + PLATFORM);
            }
        });
        for (String function : manifest.requires().functions()) {
            if (!transforms.has(function)) {
                throw refused(manifest, "the transform '" + function + "', which is not on the class path");
            }
        }
    }

    /** @param engine the engine and its version, such as {@code onnxruntime 1.29.0} */
    static void checkEngine(Manifest manifest, String engine) {
        manifest.requires().engine().ifPresent(wanted -> {
            String[] parts = wanted.split(">=", 2);
            String[] present = engine.split(" ", 2);
            boolean same = parts[0].strip().toLowerCase(Locale.ROOT).equals(present[0].toLowerCase(Locale.ROOT));
            boolean late = parts.length < 2 || (present.length > 1 && compare(present[1], parts[1].strip()) >= 0);
            if (!same || !late) {
                throw refused(manifest, "the engine " + wanted + ", and this is " + engine);
            }
        });
    }

    /** Compares versions part by part, as numbers; what is no number counts as 0. */
    static int compare(String a, String b) {
        return Arrays.compare(numbers(a), numbers(b));
    }

    private static int[] numbers(String version) {
        int[] numbers = new int[4];
        String[] parts = version.split("[.+-]", -1);
        for (int i = 0; i < Math.min(parts.length, numbers.length); i++) {
            numbers[i] = parts[i].matches("\\d{1,9}") ? Integer.parseInt(parts[i]) : 0;
        }
        return numbers;
    }

    private static InvalidInputException refused(Manifest manifest, String what) {
        return new InvalidInputException(
                ErrorCode.PACKAGE_REQUIRES,
                "use " + manifest.name(),
                "its package requires " + what,
                "provide that, or use a package that does not need it");
    }
}
