package io.maas.http.limits;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;

/**
 * How large request bodies may be, in bytes, after decompression. A larger one is answered with 413.
 *
 * @param json of a body that is JSON; of one that asks for a change, and of a form, at most 1 MiB whatever this says
 * @param binary of a request whose tensors come as bytes
 * @param archive of a package or model file that is registered; it is never held in memory
 */
public record BodyLimits(int json, int binary, long archive) {
    private static final BodyLimits DEFAULTS = new BodyLimits(16 << 20, 64 << 20, 64L << 30);

    /**
     * Checks them.
     *
     * @throws InvalidInputException {@link ErrorCode#BAD_SETTING} if one is not positive
     */
    public BodyLimits {
        if (json < 1 || binary < 1 || archive < 1) {
            throw new InvalidInputException(
                    ErrorCode.BAD_SETTING,
                    "limit bodies",
                    "a limit is not positive, " + json + ", " + binary + ", " + archive,
                    "allow a byte at least");
        }
    }

    /** Returns 16 MiB of JSON, 64 MiB of binary tensors, 64 GiB of an archive. */
    public static BodyLimits defaults() {
        return DEFAULTS;
    }

    /** Returns a copy with another limit for JSON. */
    public BodyLimits withJson(int json) {
        return new BodyLimits(json, binary, archive);
    }

    /** Returns a copy with another limit for binary tensors. */
    public BodyLimits withBinary(int binary) {
        return new BodyLimits(json, binary, archive);
    }

    /** Returns a copy with another limit for archives. */
    public BodyLimits withArchive(long archive) {
        return new BodyLimits(json, binary, archive);
    }
}
