package io.maas.http.internal.exchange;

import java.time.Duration;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line for every request that was answered, or would have been had its client stayed: to the logger {@code
 * io.maas.http.access}, at level info, as key-value pairs. No queries, headers or bodies: they have payloads, and secrets.
 */
public final class AccessLog {
    private static final Logger LOG = LoggerFactory.getLogger("io.maas.http.access");
    private static final int LONGEST = 256;

    /**
     * A request that has ended.
     *
     * @param client its address
     * @param caller who made it; empty if nobody asked, or he did not say
     * @param method as it was sent
     * @param path as it was sent, without the query
     * @param status that it was answered with
     * @param bytes of the answer's body, as they were sent
     * @param time from its head to the end of the answer
     * @param cutShort whether the answer did not reach its end
     * @param traceId of its trace
     */
    public record Served(
            String client,
            String caller,
            String method,
            String path,
            int status,
            long bytes,
            Duration time,
            boolean cutShort,
            String traceId) {}

    private AccessLog() {}

    /** Tells whether anybody reads it. */
    public static boolean isOn() {
        return LOG.isInfoEnabled();
    }

    /** Writes a line. */
    public static void write(Served served) {
        LOG.atInfo()
                .addKeyValue("client", plain(served.client()))
                .addKeyValue("caller", served.caller().isEmpty() ? "-" : plain(served.caller()))
                .addKeyValue("method", plain(served.method()))
                .addKeyValue("path", plain(served.path()))
                .addKeyValue("status", served.status())
                .addKeyValue("bytes", served.bytes())
                .addKeyValue(
                        "ms", String.format(Locale.ROOT, "%.3f", served.time().toNanos() / 1e6))
                .addKeyValue("trace_id", served.traceId())
                .log(served.cutShort() ? "cut short" : "answered");
    }

    /** What others chose must neither end a line nor look like another value of it. */
    static String plain(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        text.codePoints().limit(LONGEST).forEach(c -> plain.appendCodePoint(isPlain(c) ? c : '?'));
        return text.codePointCount(0, text.length()) > LONGEST ? plain + "..." : plain.toString();
    }

    private static boolean isPlain(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> c == ' ';
            default -> c != '"' && c != '=' && c != '\\';
        };
    }
}
