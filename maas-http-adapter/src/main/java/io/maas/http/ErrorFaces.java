package io.maas.http;

import io.maas.http.internal.exchange.ErrorFace;
import io.maas.http.internal.exchange.Problem;
import io.maas.http.internal.exchange.ProblemJson;
import io.maas.http.internal.inference.InferenceErrors;

/** Tells clients of problems in the form that they know, going by the path. */
final class ErrorFaces implements ErrorFace {
    private final ErrorFace inference = new InferenceErrors();
    private final ErrorFace others = new ProblemJson();

    @Override
    public Rendered render(Problem problem, String path) {
        boolean protocol = path.equals("/v2") || path.startsWith("/v2/");
        return (protocol ? inference : others).render(problem, path);
    }
}
