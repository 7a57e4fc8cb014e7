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
     */
    Rendered render(Problem problem, String path);

    /** Returns this face, which says less where this one fails. */
    default ErrorFace safe() {
        return new SafeFace(this);
    }
}
