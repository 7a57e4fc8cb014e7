package io.maas.http.internal.wire;

import io.maas.http.internal.exchange.Exchange;
import java.nio.ByteBuffer;

/** Answers with JSON. */
public final class JsonAnswer {
    private JsonAnswer() {}

    /** Sends what a writer writes. */
    public static void send(Exchange exchange, JsonBytes.Writer writer) {
        send(exchange, JsonPieces.of(writer));
    }

    /** Sends a document. */
    public static void send(Exchange exchange, JsonPieces document) {
        exchange.header("Content-Type", "application/json")
                .send(document.pieces().toArray(ByteBuffer[]::new));
    }

    /** Sends a document. */
    public static void send(Exchange exchange, byte[] document) {
        exchange.header("Content-Type", "application/json").send(document);
    }
}
