package io.maas.http.internal.exchange;

/**
 * An answer that goes on: server-sent events. Sending never blocks; a client that does not read what waits for it loses the
 * stream. Thread-safe.
 */
public interface EventStream extends AutoCloseable {
    /**
     * Sends an event.
     *
     * @param name the kind of event; no line breaks
     * @param data may have line breaks
     * @return whether the stream was open
     */
    boolean send(String name, String data);

    /** Ends the answer after what was sent. Closing twice is harmless. */
    @Override
    void close();
}
