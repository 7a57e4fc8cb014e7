package io.maas.http.internal.exchange;

/** Answers requests. Thread-safe. */
@FunctionalInterface
public interface Endpoint {
    /**
     * Looks at the head of a request and says how its body is wanted. No byte of the body has been read, and none will be if this
     * throws. Runs on a thread that serves many connections: it must not block.
     *
     * @throws HttpProblem to refuse the request
     * @throws io.maas.error.MaasException to refuse the request
     */
    BodyPlan accept(Exchange exchange);
}
