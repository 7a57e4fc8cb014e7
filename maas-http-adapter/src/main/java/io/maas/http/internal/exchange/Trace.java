package io.maas.http.internal.exchange;

import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Which trace a request belongs to, as <a href="https://www.w3.org/TR/trace-context/">Trace Context of W3C</a> has it: the client's, if
 * it says one in {@code traceparent}, or one of its own. Answers say it in {@code traceresponse}, log lines in {@code trace_id}.
 *
 * @param id of the trace, 32 hexadecimal digits
 * @param span what this request is in it, 16 hexadecimal digits
 * @param sampled whether the client records the trace
 */
public record Trace(String id, String span, boolean sampled) {
    /** The header that an answer says its trace in. */
    public static final String HEADER = "traceresponse";

    private static final String PARENT = "traceparent";
    private static final HexFormat HEX = HexFormat.of();
    private static final int ID_AT = 3;
    private static final int SPAN_AT = 36;
    private static final int FLAGS_AT = 53;
    private static final int END = 55;

    /** Takes a request's trace up, or begins one if it has none, or none that can be read. */
    public static Trace of(Headers headers) {
        List<String> parents = headers.all(PARENT);
        return parents.size() == 1 && isParent(parents.get(0)) ? below(parents.get(0)) : begin();
    }

    private static Trace below(String parent) {
        boolean sampled = (HexFormat.fromHexDigit(parent.charAt(END - 1)) & 1) != 0;
        return new Trace(parent.substring(ID_AT, SPAN_AT - 1), random(), sampled);
    }

    /** Begins a trace. */
    public static Trace begin() {
        return new Trace(random() + random(), random(), false);
    }

    /** Nobody is kept out by these: they need only differ. */
    private static String random() {
        long value = ThreadLocalRandom.current().nextLong();
        return HEX.toHexDigits(value == 0 ? 1 : value);
    }

    /** Returns what an answer says of its trace. */
    public String header() {
        return "00-" + id + "-" + span + (sampled ? "-01" : "-00");
    }

    private static boolean isParent(String text) {
        if (text.length() < END || !areFieldsInPlace(text) || text.startsWith("ff")) {
            return false;
        }
        boolean last = text.length() == END;
        // later versions may have more behind a hyphen
        return last || (!text.startsWith("00") && text.charAt(END) == '-');
    }

    private static boolean areFieldsInPlace(String text) {
        return isHex(text, 0, ID_AT - 1)
                && text.charAt(ID_AT - 1) == '-'
                && isHex(text, ID_AT, SPAN_AT - 1)
                && isNotZero(text, ID_AT, SPAN_AT - 1)
                && text.charAt(SPAN_AT - 1) == '-'
                && isHex(text, SPAN_AT, FLAGS_AT - 1)
                && isNotZero(text, SPAN_AT, FLAGS_AT - 1)
                && text.charAt(FLAGS_AT - 1) == '-'
                && isHex(text, FLAGS_AT, END);
    }

    private static boolean isHex(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }

    private static boolean isNotZero(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) != '0') {
                return true;
            }
        }
        return false;
    }
}
