package io.maas.http.internal.exchange;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.OptionalLong;

/**
 * A request and its answer. It is answered once, by one of {@link #send()}, {@link #send(byte[])}, {@link #send(ByteBuffer...)}, {@link #send(long, Iterator)},
 * {@link #stream()}, {@link #events()} or {@link #fail(Throwable)}, from any thread; a second answer throws {@link
 * IllegalStateException}, except that {@code fail} is always allowed, and cuts short what has begun.
 */
public interface Exchange {
    /** Returns the method as it was sent, except that HEAD is GET here: its answer's body is left away by itself. */
    String method();

    /** Returns the path; what could be read in two ways was refused before. */
    RequestPath path();

    /**
     * Returns the parameters behind the question mark.
     *
     * @throws HttpProblem 400 if they are malformed or too many
     */
    QueryParameters query();

    /** Returns the request's headers. */
    Headers headers();

    /** Returns whom the client meant to ask: a name or address and, if it says so, a port; empty if it does not say. */
    String authority();

    /** Returns which trace it belongs to. */
    Trace trace();

    /** Says who makes the request, for the access log. */
    void identify(String caller);

    /** Returns what the request says about its body's length in bytes, before decompression. */
    OptionalLong contentLength();

    /** Sets the answer's status; 200 unless set. */
    Exchange status(int status);

    /**
     * Sets a header of the answer.
     *
     * @throws IllegalArgumentException if name or value have characters that they may not have, such as CR or LF
     */
    Exchange header(String name, String value);

    /** Answers without a body. */
    void send();

    /** Answers with a body, which must not be changed from now on. */
    void send(byte[] body);

    /** Answers with a body that lies in several buffers, which are read but not copied; leave them alone until the exchange is complete. */
    void send(ByteBuffer... body);

    /**
     * Answers with a body that is made as it is sent, and is never packed: each part is asked for, by threads that serve others, when
     * those before it are written.
     *
     * @param length of all parts together, in bytes
     * @param body may put each part where the one before was
     */
    void send(long length, Iterator<ByteBuffer> body);

    /** Answers with a body of unknown length; writing blocks while the client does not read, and closing ends the answer. */
    OutputStream stream();

    /** Answers with server-sent events until one side closes them. */
    EventStream events();

    /**
     * Says that something may go on reading a body in memory after the exchange is complete, such as an engine whose caller has left.
     * That memory is then given to no other request.
     */
    void keepBody();

    /** Answers with what went wrong, in the form that the path's clients expect. */
    void fail(Throwable cause);

    /**
     * Runs something, once, if the client goes away before the answer is complete; at once if it has. A client that closes only its
     * sending side counts as gone.
     */
    void onDisconnect(Runnable task);

    /** Runs something, once, when the exchange is complete, however it ended; at once if it is. */
    void onComplete(Runnable task);
}
