package io.maas.http.internal.exchange;

import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The parameters behind the question mark, in order; a name may come several times. A plus sign is a space, as in forms.
 *
 * @param pairs every name and value
 */
public record QueryParameters(List<Pair> pairs) {
    private static final int MOST = 256;
    private static final QueryParameters EMPTY = new QueryParameters(List.of());

    /** Copies the list. */
    public QueryParameters {
        pairs = List.copyOf(pairs);
    }

    /**
     * A name and its value.
     *
     * @param value empty if there was none
     */
    public record Pair(String name, String value) {}

    /**
     * Reads what stands behind the question mark.
     *
     * @throws HttpProblem 400 if it is malformed, or has more than 256 parameters
     */
    public static QueryParameters parse(String raw) {
        if (raw.isEmpty()) {
            return EMPTY;
        }
        List<Pair> pairs = new ArrayList<>();
        int start = 0;
        while (start <= raw.length()) {
            int ampersand = raw.indexOf('&', start);
            int end = ampersand < 0 ? raw.length() : ampersand;
            if (end > start) {
                pairs.add(pair(raw.substring(start, end)));
            }
            if (pairs.size() > MOST) {
                throw Refusals.badQuery("more than " + MOST + " parameters");
            }
            start = end + 1;
        }
        return new QueryParameters(pairs);
    }

    private static Pair pair(String raw) {
        int equals = raw.indexOf('=');
        return equals < 0
                ? new Pair(decode(raw), "")
                : new Pair(decode(raw.substring(0, equals)), decode(raw.substring(equals + 1)));
    }

    private static String decode(String raw) {
        String spaced = raw.replace('+', ' ');
        if (spaced.indexOf('%') < 0) {
            return spaced;
        }
        try {
            return PercentCoding.decode(spaced);
        } catch (CharacterCodingException e) {
            throw Refusals.badQuery("a percent sign that encodes nothing, or text that is not UTF-8");
        }
    }

    /** Returns the first value of a name. */
    public Optional<String> first(String name) {
        for (Pair pair : pairs) {
            if (pair.name().equals(name)) {
                return Optional.of(pair.value());
            }
        }
        return Optional.empty();
    }

    /** Returns every value of a name, in order. */
    public List<String> all(String name) {
        return pairs.stream()
                .filter(pair -> pair.name().equals(name))
                .map(Pair::value)
                .toList();
    }

    /**
     * Makes sure that nothing else is asked for, where an answer that passes it over would be taken for another.
     *
     * @throws HttpProblem 400 if something is
     */
    public void requireOnly(String... known) {
        for (Pair pair : pairs) {
            if (!List.of(known).contains(pair.name())) {
                throw new HttpProblem(
                        400,
                        "bad-query",
                        "Cannot answer the query: it has a parameter that means nothing here; leave out all but "
                                + String.join(", ", known));
            }
        }
    }
}
