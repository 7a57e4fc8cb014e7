package io.maas.http.internal.exchange;

import java.util.List;
import java.util.Locale;

/** How a body is packed for its way. */
public enum ContentEncoding {
    /** Not at all. */
    IDENTITY,
    /** With gzip. */
    GZIP;

    /**
     * Reads what a request says of its body.
     *
     * @throws HttpProblem 415 if it is anything else, or packed twice
     */
    public static ContentEncoding of(Headers headers) {
        List<String> values = headers.all("Content-Encoding");
        if (values.isEmpty()) {
            return IDENTITY;
        }
        String all = String.join(",", values).strip().toLowerCase(Locale.ROOT);
        return switch (all) {
            case "", "identity" -> IDENTITY;
            case "gzip", "x-gzip" -> GZIP;
            default -> throw Refusals.unknownEncoding(all);
        };
    }
}
