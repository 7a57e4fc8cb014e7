package io.maas.backend.djl;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an engine of DJL said when a run failed. They have one exception for everything, so its words tell which. */
final class DjlFailure {
    /** What PyTorch 2.7 says where shapes, types or values of arguments do not fit, in ATen's checks and in the interpreter's. */
    private static final Pattern ARGUMENT = Pattern.compile("shapes cannot be multiplied|must match|mismatch"
            + "|is invalid for input of size|out of range|out of bounds|expected (scalar|object|m1|self|input|src|type|a value)"
            + "|Expected|but (got|found)|must have (the )?same|should have at least|at least \\d+ dim"
            + "|not implemented for|can't be cast|Kernel size can't be greater|non-empty|must be (a )?(matrix|vector|2D|\\dD)"
            + "|inconsistent tensor size|broadcast|result type");

    /** An error of the interpreter ends with what was wrong, after the lines of code that led there. */
    private static final Pattern LAST = Pattern.compile("(?m)^(?:\\w+\\.)*\\w*(?:Error|Exception): (.*)$");

    private static final int LONGEST = 300;

    private DjlFailure() {}

    static MaasException of(String engine, RuntimeException e) {
        String why = reason(String.valueOf(e.getMessage()));
        if (OutOfMemory.isMeantBy(why)) {
            return OutOfMemory.of(engine, why, e);
        }
        if (DeviceLost.isMeantBy(why)) {
            return DeviceLost.of(engine, why, e);
        }
        if (ARGUMENT.matcher(why).find()) {
            return new InvalidInputException(
                    ErrorCode.BAD_INPUT,
                    "run the model",
                    engine + " refuses the inputs, " + why,
                    "give values and shapes that the model was made for",
                    e);
        }
        return new UnavailableException(
                ErrorCode.INFERENCE_FAILED,
                "run the model",
                engine + " failed, " + why,
                "call again; if it stays, check the model and the host's memory",
                e);
    }

    /** The line that says what was wrong, without the stacks around it. */
    static String reason(String message) {
        String reason = "";
        Matcher matcher = LAST.matcher(message);
        while (matcher.find()) {
            reason = matcher.group(1);
        }
        if (reason.isBlank()) {
            reason = message.strip().lines().findFirst().orElse("no reason given");
        }
        return reason.length() > LONGEST ? reason.substring(0, LONGEST) + "…" : reason;
    }
}
