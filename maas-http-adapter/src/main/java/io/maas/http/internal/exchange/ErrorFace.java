package io.maas.http.internal.exchange;

/** How clients of a path are told of problems. Thread-safe. */
@FunctionalInterface
public interface ErrorFace {
    /**
     * An answer.
     *
     * @param contentType its media type
     * @param body in UTF-8
     */
    record Rendered(String contentType, byte[] body) {}

    /**
     * Writes a problem down.
     *
     * @param path as the client sent it, perhaps malformed; empty if it could not be read
     * @param traceId by which the log is to be searched
     */
    Rendered render(Problem problem, String path, String traceId);

    /** Returns this face, which says less where this one fails. */
    default ErrorFace safe() {
        return new SafeFace(this);
    }
}
