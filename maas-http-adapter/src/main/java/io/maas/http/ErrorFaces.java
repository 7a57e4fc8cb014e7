package io.maas.http;

import io.maas.http.internal.exchange.ErrorFace;
import io.maas.http.internal.exchange.Problem;
import io.maas.http.internal.exchange.ProblemJson;
import io.maas.http.internal.inference.InferenceErrors;
import io.maas.http.internal.openai.OpenAiErrors;

/** Tells clients of problems in the form that they know, going by the path. */
final class ErrorFaces implements ErrorFace {
    private final ErrorFace inference = new InferenceErrors();
    private final ErrorFace openAi = new OpenAiErrors();
    private final ErrorFace others = new ProblemJson();

    @Override
    public Rendered render(Problem problem, String path, String traceId) {
        return face(path).render(problem, path, traceId);
    }

    private ErrorFace face(String path) {
        if (path.equals("/v2") || path.startsWith("/v2/")) {
            return inference;
        }
        return path.startsWith("/v1/") ? openAi : others;
    }
}
