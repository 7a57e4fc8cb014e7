package io.maas.http.internal.exchange;

/** Refuses a request for what HTTP or the adapter ask of it. Has no stack trace: clients cause thousands of them. */
public final class HttpProblem extends RuntimeException {
    private final transient Problem problem;

    /** Creates one. */
    public HttpProblem(Problem problem) {
        super(problem.detail(), null, false, false);
        this.problem = problem;
    }

    /** Creates one without headers. */
    public HttpProblem(int status, String code, String detail) {
        this(new Problem(status, code, detail));
    }

    /** Returns what the client is told. */
    public Problem problem() {
        return problem;
    }
}
