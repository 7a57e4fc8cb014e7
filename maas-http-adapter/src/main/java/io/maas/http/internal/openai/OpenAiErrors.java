package io.maas.http.internal.openai;

import io.maas.http.internal.exchange.ErrorFace;
import io.maas.http.internal.exchange.Problem;
import io.maas.http.internal.wire.JsonBytes;

/** Problems as those clients know them. */
public final class OpenAiErrors implements ErrorFace {
    private static final int SERVER = 500;
    private static final int TOO_MANY = 429;

    /** Creates one. */
    public OpenAiErrors() {}

    @Override
    public Rendered render(Problem problem, String path, String traceId) {
        return new Rendered("application/json", JsonBytes.of(json -> {
            json.writeStartObject();
            json.writeObjectFieldStart("error");
            json.writeStringField("message", problem.detail());
            json.writeStringField("type", type(problem.status()));
            json.writeNullField("param");
            json.writeStringField("code", problem.code());
            json.writeEndObject();
            json.writeEndObject();
        }));
    }

    private static String type(int status) {
        if (status >= SERVER) {
            return "server_error";
        }
        return status == TOO_MANY ? "rate_limit_error" : "invalid_request_error";
    }
}
