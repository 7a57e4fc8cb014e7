package io.maas.http.internal.platform;

import io.maas.http.internal.exchange.Headers;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The entity tags that {@code If-Match} or {@code If-None-Match} name (RFC 9110, 8.8.3 and 13.1). What is none fits nothing.
 *
 * @param any whether everything fits
 * @param strong those of exactly these bytes
 * @param weak those of what means the same
 */
record EntityTags(boolean any, Set<String> strong, Set<String> weak) {
    private static final Pattern TAG = Pattern.compile("\\G[ \\t,]*(W/)?(\"[^\"]*\")[ \\t]*(?=,|$)");

    /** Copies the sets. */
    EntityTags {
        strong = Set.copyOf(strong);
        weak = Set.copyOf(weak);
    }

    /** Reads a header; nothing if the request does not have it. */
    static Optional<EntityTags> of(Headers headers, String name) {
        List<String> values = headers.all(name);
        if (values.isEmpty()) {
            return Optional.empty();
        }
        Set<String> strong = new HashSet<>();
        Set<String> weak = new HashSet<>();
        for (String value : values) {
            Matcher tags = TAG.matcher(value);
            while (tags.find()) {
                (tags.group(1) == null ? strong : weak).add(tags.group(2));
            }
        }
        boolean any = values.stream().map(String::strip).anyMatch("*"::equals);
        return Optional.of(new EntityTags(any, strong, weak));
    }

    /** Tells whether they name exactly what has this tag. */
    boolean fit(String tag) {
        return any || strong.contains(tag);
    }

    /** Tells whether they name what has this tag, or what means the same: a proxy that packs an answer weakens its tag. */
    boolean fitWeakly(String tag) {
        return fit(tag) || weak.contains(tag);
    }
}
