package io.maas.http.internal.platform;

import io.maas.http.internal.exchange.BodyPlan;
import io.maas.http.internal.exchange.Exchange;
import io.maas.http.internal.exchange.HttpProblem;
import io.maas.http.internal.exchange.QueryParameters;
import io.maas.http.internal.wire.JsonAnswer;
import io.maas.http.internal.wire.JsonBytes;
import io.maas.model.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** How routes of the platform answer. */
final class Answers {
    private static final int USUAL_PAGE = 50;
    private static final int LARGEST_PAGE = 200;

    private Answers() {}

    /** Answers what was looked up, on a thread of its own. */
    static BodyPlan look(BodyPlan.Answer answer) {
        return BodyPlan.none(answer);
    }

    /** Answers a change that the fields of a body describe. */
    static BodyPlan change(int limit, Change change) {
        return BodyPlan.whole(limit, (exchange, body) -> change.make(exchange, Fields.read(body)));
    }

    /** Makes a change and answers. */
    @FunctionalInterface
    interface Change {
        void make(Exchange exchange, Fields fields) throws IOException;
    }

    /** Sends a document with a tag that changes whenever it does; a client that has it already is told so. */
    static void sendTagged(Exchange exchange, JsonBytes.Writer writer) {
        byte[] body = JsonBytes.of(writer);
        String tag = tag(body);
        exchange.header("ETag", tag).header("Cache-Control", "no-cache");
        boolean known = EntityTags.of(exchange.headers(), "If-None-Match")
                .filter(tags -> tags.fitWeakly(tag))
                .isPresent();
        if (known) {
            exchange.status(304).send();
            return;
        }
        JsonAnswer.send(exchange, body);
    }

    /** Returns the entity tag of a document. */
    static String tag(byte[] body) {
        String hex = Digest.of(body).hex();
        return '"' + hex.substring(0, 32) + '"';
    }

    /** How many entries of a list are asked for: {@code limit}, 50 unless given, and at most 200. */
    static int limit(QueryParameters query) {
        Optional<String> limit = query.first("limit");
        if (limit.isEmpty()) {
            return USUAL_PAGE;
        }
        try {
            int wanted = Integer.parseInt(limit.get());
            if (wanted >= 1) {
                return Math.min(wanted, LARGEST_PAGE);
            }
        } catch (NumberFormatException e) {
            throw badLimit();
        }
        throw badLimit();
    }

    private static HttpProblem badLimit() {
        return new HttpProblem(
                400, "bad-query", "Cannot read limit: it is no number from 1 to " + LARGEST_PAGE + "; send one");
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
