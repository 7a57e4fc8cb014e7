package io.maas.http.internal.exchange;

import java.util.function.BooleanSupplier;

/**
 * An answer that goes on: server-sent events. Sending waits while much waits for the client already; one that reads more slowly than
 * the least pace loses the stream. Thread-safe.
 */
public interface EventStream extends AutoCloseable {
    /**
     * Sends an event.
     *
     * @param name the kind of event; no line breaks
     * @param data may have line breaks
     * @return whether the stream was open
     */
    default boolean send(String name, String data) {
        return send(name, data, "");
    }

    /**
     * Sends an event by which a client that comes back says how far it has heard.
     *
     * @param name the kind of event; no line breaks
     * @param data may have line breaks
     * @param id comes back as {@code Last-Event-ID}; no line breaks, and none if empty
     * @return whether the stream was open
     */
    boolean send(String name, String data, String id);

    /** Ends the answer, too, as soon as this says so, which is asked a few times a second. */
    void endWhen(BooleanSupplier over);

    /** Ends the answer after what was sent. Closing twice is harmless. */
    @Override
    void close();
}
