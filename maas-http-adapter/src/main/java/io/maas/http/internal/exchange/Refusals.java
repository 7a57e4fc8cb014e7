package io.maas.http.internal.exchange;

import java.util.Map;

/** What a transport refuses by itself. */
public final class Refusals {
    private Refusals() {}

    /** The body is larger than its route allows. */
    public static HttpProblem tooLarge(long limit) {
        return new HttpProblem(
                413,
                "body-too-large",
                "Cannot read the body: it has more than " + limit + " bytes; send less, or split the work");
    }

    /** The body is far smaller than what it becomes. */
    public static HttpProblem unpacksTooFar(long ratio) {
        return new HttpProblem(
                413,
                "body-too-large",
                "Cannot read the body: unpacked it is more than " + ratio
                        + " times as large; send it as it is, without Content-Encoding");
    }

    /** The body comes too slowly. */
    public static HttpProblem tooSlow(long bytesPerSecond) {
        return new HttpProblem(
                408,
                "body-too-slow",
                "Cannot read the body: it comes with less than " + bytesPerSecond + " bytes a second; send it again");
    }

    /** The client stopped sending. */
    public static HttpProblem cutShort() {
        return new HttpProblem(400, "body-cut-short", "Cannot read the body: it ends early; send all of it");
    }

    /** No memory is left for bodies. */
    public static HttpProblem noMemory() {
        return new HttpProblem(new Problem(
                503,
                "bodies-overloaded",
                "Cannot read the body: the memory for bodies is in use; try again later",
                Map.of("Retry-After", "1")));
    }

    /** Too many wait for a thread already. */
    public static HttpProblem noThread() {
        return new HttpProblem(new Problem(
                503,
                "threads-overloaded",
                "Cannot answer: every thread is in use, and as many requests wait for one as may; try again later",
                Map.of("Retry-After", "1")));
    }

    /** The body is encoded in a way that is not known. */
    public static HttpProblem unknownEncoding(String encoding) {
        return new HttpProblem(
                415,
                "unknown-content-encoding",
                "Cannot read the body: its Content-Encoding is " + encoding + "; send it as it is, or with gzip");
    }

    /** The body is not what its encoding says. */
    public static HttpProblem badGzip() {
        return new HttpProblem(
                400,
                "bad-gzip",
                "Cannot read the body: it is damaged, or not compressed with gzip; compress it again, or send it as it is");
    }

    /** The path could be read in two ways. */
    public static HttpProblem badPath(String why) {
        return new HttpProblem(400, "bad-path", "Cannot read the path: it has " + why + "; ask for a plain path");
    }

    /** The part behind the question mark cannot be read. */
    public static HttpProblem badQuery(String why) {
        return new HttpProblem(400, "bad-query", "Cannot read the query: it has " + why + "; encode it as a form does");
    }

    /** The method is not one that any route has. */
    public static HttpProblem methodNotAllowed(String method) {
        return new HttpProblem(
                405, "method-not-allowed", "Cannot " + method + " here: the method is not allowed; use another");
    }

    /** Nothing is here. */
    public static HttpProblem notFound() {
        return new HttpProblem(
                404, "no-route", "Cannot find anything here: no route has this path; see the API's documentation");
    }
}
