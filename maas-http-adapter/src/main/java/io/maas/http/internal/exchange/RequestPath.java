package io.maas.http.internal.exchange;

import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;

/**
 * The path of a request, decoded once. A trailing slash makes an empty last segment; {@code /} alone has no segments.
 *
 * @param raw as it was sent
 * @param segments what lies between the slashes, decoded; none is {@code .} or {@code ..}, or has a slash, a backslash or a control
 *     character
 */
public record RequestPath(String raw, List<String> segments) {
    private static final int MOST_SEGMENTS = 64;

    /** Copies the list. */
    public RequestPath {
        segments = List.copyOf(segments);
    }

    /**
     * Reads a path.
     *
     * @throws HttpProblem 400 if it could be read in two ways
     */
    public static RequestPath parse(String raw) {
        if (raw.isEmpty() || raw.charAt(0) != '/') {
            throw Refusals.badPath("no slash at its start");
        }
        List<String> segments = new ArrayList<>(8);
        int start = 1;
        while (start <= raw.length() && raw.length() > 1) {
            int slash = raw.indexOf('/', start);
            int end = slash < 0 ? raw.length() : slash;
            segments.add(segment(raw.substring(start, end)));
            start = end + 1;
        }
        if (segments.size() > MOST_SEGMENTS) {
            throw Refusals.badPath("more than " + MOST_SEGMENTS + " segments");
        }
        return new RequestPath(raw, segments);
    }

    private static String segment(String raw) {
        String decoded = raw.indexOf('%') < 0 ? raw : decode(raw);
        if (decoded.equals(".") || decoded.equals("..")) {
            throw Refusals.badPath("a segment that means a folder");
        }
        for (int i = 0; i < decoded.length(); i++) {
            char c = decoded.charAt(i);
            if (c == '/' || c == '\\') {
                throw Refusals.badPath("a slash or backslash inside a segment");
            }
            if (Character.isISOControl(c)) {
                throw Refusals.badPath("a control character");
            }
        }
        return decoded;
    }

    private static String decode(String raw) {
        try {
            return PercentCoding.decode(raw);
        } catch (CharacterCodingException e) {
            throw Refusals.badPath("a percent sign that encodes nothing, or text that is not UTF-8");
        }
    }
}
