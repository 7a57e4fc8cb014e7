package io.maas.http.limits;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import java.time.Duration;

/**
 * What a server lets clients have. Start from {@link #defaults()} and change what has to be otherwise. Immutable.
 *
 * @param headerBytes a request's line and headers together, in bytes; more is answered with 431
 * @param idle how long a connection may be silent while the server waits for it
 * @param headers how long a client may take to send a request's head, from its first byte; longer is closed
 * @param bytesPerSecond how fast bodies must come and answers be taken, in bytes a second, measured over the time that the
 *     server waits; slower is answered with 408, or closed
 * @param grace how long a body or an answer may be slower than that
 * @param connections open at the same time; further ones wait to be accepted
 * @param acceptQueue connections that wait to be accepted; the system refuses further ones
 * @param threads at most; connections that are silent hold none
 * @param queue requests that wait for a thread; further ones are answered with 503 and {@code Retry-After}
 * @param streams bodies that are read as they come and answers that are written bit by bit, at the same time: uploads, packages,
 *     exports of the audit log. Each holds a thread for as long as its client takes, so it must be fewer than there are threads.
 *     Further ones are answered with 503 and {@code Retry-After}; of one caller there may be half as many, at least one, and he is
 *     answered with 429
 * @param events streams of events at the same time, of which each has a thread of its own; further ones, and those of one caller
 *     beyond half as many, are answered likewise
 * @param bodyBytes memory for bodies that are gathered whole, in bytes, all requests together; what does not fit is answered with
 *     503 and {@code Retry-After}
 * @param drain how long closing the server waits for requests that run
 */
public record HttpLimits(
        int headerBytes,
        Duration idle,
        Duration headers,
        long bytesPerSecond,
        Duration grace,
        int connections,
        int acceptQueue,
        int threads,
        int queue,
        int streams,
        int events,
        long bodyBytes,
        Duration drain) {
    private static final int FEWEST_THREADS = 8;
    private static final int STREAMS_OF_THREADS = 4;
    private static final HttpLimits DEFAULTS = new HttpLimits(
            8 << 10,
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            1 << 10,
            Duration.ofSeconds(5),
            4096,
            1024,
            128,
            1024,
            128 / STREAMS_OF_THREADS,
            256,
            256L << 20,
            Duration.ofSeconds(30));

    /**
     * Checks the values.
     *
     * @throws InvalidInputException {@link ErrorCode#BAD_SETTING} if one is out of its range
     */
    public HttpLimits {
        atLeast("headerBytes", headerBytes, 256);
        atLeast("idle in milliseconds", idle.toMillis(), 1);
        atLeast("headers in milliseconds", headers.toMillis(), 1);
        atLeast("bytesPerSecond", bytesPerSecond, 1);
        atLeast("grace in milliseconds", grace.toMillis(), 1);
        atLeast("connections", connections, 1);
        atLeast("acceptQueue", acceptQueue, 1);
        atLeast("threads", threads, FEWEST_THREADS);
        atLeast("queue", queue, 1);
        atLeast("streams", streams, 1);
        if (streams >= threads) {
            throw wrong("streams is " + streams + " of " + threads + " threads", "leave threads for everything else");
        }
        atLeast("events", events, 1);
        atLeast("bodyBytes", bodyBytes, 4096);
        atLeast("drain in milliseconds", drain.toMillis(), 0);
    }

    private static void atLeast(String name, long value, long least) {
        if (value < least) {
            throw wrong(name + " is " + value, "give at least " + least);
        }
    }

    private static InvalidInputException wrong(String why, String remedy) {
        return new InvalidInputException(ErrorCode.BAD_SETTING, "set the limits of the HTTP server", why, remedy);
    }

    /**
     * Returns the defaults: 8 KiB of headers within 10 s, 30 s of silence, 1 KiB a second after 5 s, 4096 connections and 1024 that
     * wait, 128 threads for which 1024 requests wait, 32 streams, 256 streams of events, 256 MiB for bodies, 30 s to drain.
     */
    public static HttpLimits defaults() {
        return DEFAULTS;
    }

    /** Returns these limits with headers of at most so many bytes. */
    public HttpLimits withHeaderBytes(int headerBytes) {
        return new HttpLimits(
                headerBytes,
                idle,
                headers,
                bytesPerSecond,
                grace,
                connections,
                acceptQueue,
                threads,
                queue,
                streams,
                events,
                bodyBytes,
                drain);
    }

    /** Returns these limits with another bound on silence. */
    public HttpLimits withIdle(Duration idle) {
        return new HttpLimits(
                headerBytes,
                idle,
                headers,
                bytesPerSecond,
                grace,
                connections,
                acceptQueue,
                threads,
                queue,
                streams,
                events,
                bodyBytes,
                drain);
    }

    /** Returns these limits with another time for a request's head. */
    public HttpLimits withHeaders(Duration headers) {
        return new HttpLimits(
                headerBytes,
                idle,
                headers,
                bytesPerSecond,
                grace,
                connections,
                acceptQueue,
                threads,
                queue,
                streams,
                events,
                bodyBytes,
                drain);
    }

    /** Returns these limits with another minimum rate. */
    public HttpLimits withBytesPerSecond(long bytesPerSecond) {
        return new HttpLimits(
                headerBytes,
                idle,
                headers,
                bytesPerSecond,
                grace,
                connections,
                acceptQueue,
                threads,
                queue,
                streams,
                events,
                bodyBytes,
                drain);
    }

    /** Returns these limits with another time before the minimum rate counts. */
    public HttpLimits withGrace(Duration grace) {
        return new HttpLimits(
                headerBytes,
                idle,
                headers,
                bytesPerSecond,
                grace,
                connections,
                acceptQueue,
                threads,
                queue,
                streams,
                events,
                bodyBytes,
                drain);
    }

    /** Returns these limits with another number of connections. */
    public HttpLimits withConnections(int connections) {
        return new HttpLimits(
                headerBytes,
                idle,
                headers,
                bytesPerSecond,
                grace,
                connections,
                acceptQueue,
                threads,
                queue,
                streams,
                events,
                bodyBytes,
                drain);
    }

    /** Returns these limits with another number of connections that wait. */
    public HttpLimits withAcceptQueue(int acceptQueue) {
        return new HttpLimits(
                headerBytes,
                idle,
                headers,
                bytesPerSecond,
                grace,
                connections,
                acceptQueue,
                threads,
                queue,
                streams,
                events,
                bodyBytes,
                drain);
    }

    /** Returns these limits with another number of threads, at least 8, and a quarter as many streams. */
    public HttpLimits withThreads(int threads) {
        int streams = Math.max(1, threads / STREAMS_OF_THREADS);
        return new HttpLimits(
                headerBytes,
                idle,
                headers,
                bytesPerSecond,
                grace,
                connections,
                acceptQueue,
                threads,
                queue,
                streams,
                events,
                bodyBytes,
                drain);
    }

    /** Returns these limits with another number of requests that wait for a thread. */
    public HttpLimits withQueue(int queue) {
        return new HttpLimits(
                headerBytes,
                idle,
                headers,
                bytesPerSecond,
                grace,
                connections,
                acceptQueue,
                threads,
                queue,
                streams,
                events,
                bodyBytes,
                drain);
    }

    /** Returns these limits with another number of streams, fewer than there are threads. */
    public HttpLimits withStreams(int streams) {
        return new HttpLimits(
                headerBytes,
                idle,
                headers,
                bytesPerSecond,
                grace,
                connections,
                acceptQueue,
                threads,
                queue,
                streams,
                events,
                bodyBytes,
                drain);
    }

    /** Returns these limits with another number of streams of events. */
    public HttpLimits withEvents(int events) {
        return new HttpLimits(
                headerBytes,
                idle,
                headers,
                bytesPerSecond,
                grace,
                connections,
                acceptQueue,
                threads,
                queue,
                streams,
                events,
                bodyBytes,
                drain);
    }

    /** Returns these limits with more or less memory for bodies. */
    public HttpLimits withBodyBytes(long bodyBytes) {
        return new HttpLimits(
                headerBytes,
                idle,
                headers,
                bytesPerSecond,
                grace,
                connections,
                acceptQueue,
                threads,
                queue,
                streams,
                events,
                bodyBytes,
                drain);
    }

    /** Returns these limits with another time for requests that run when the server closes. */
    public HttpLimits withDrain(Duration drain) {
        return new HttpLimits(
                headerBytes,
                idle,
                headers,
                bytesPerSecond,
                grace,
                connections,
                acceptQueue,
                threads,
                queue,
                streams,
                events,
                bodyBytes,
                drain);
    }
}
