package io.maas.http.internal.inference;

import io.maas.http.internal.exchange.ErrorFace;
import io.maas.http.internal.exchange.Problem;
import io.maas.http.internal.wire.JsonBytes;

/** Problems as the protocol has them: an object with one field. */
public final class InferenceErrors implements ErrorFace {
    /** Creates one. */
    public InferenceErrors() {}

    @Override
    public Rendered render(Problem problem, String path, String traceId) {
        return new Rendered("application/json", JsonBytes.of(json -> {
            json.writeStartObject();
            json.writeStringField("error", problem.detail());
            json.writeEndObject();
        }));
    }
}
