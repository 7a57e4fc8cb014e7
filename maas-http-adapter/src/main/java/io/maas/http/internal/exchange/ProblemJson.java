package io.maas.http.internal.exchange;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Problems as RFC 9457 has them. */
public final class ProblemJson implements ErrorFace {
    private static final String TYPES = "urn:maas:problem:";

    private final JsonFactory json = new JsonFactory();

    /** Creates one. */
    public ProblemJson() {}

    @Override
    public Rendered render(Problem problem, String path, String traceId) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (JsonGenerator out = json.createGenerator(bytes)) {
            out.writeStartObject();
            out.writeStringField("type", TYPES + problem.code());
            out.writeStringField("title", title(problem.code()));
            out.writeNumberField("status", problem.status());
            out.writeStringField("detail", problem.detail());
            out.writeStringField("code", problem.code());
            out.writeStringField("trace_id", traceId);
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write to memory", e);
        }
        return new Rendered("application/problem+json", bytes.toByteArray());
    }

    private static String title(String code) {
        return Character.toUpperCase(code.charAt(0)) + code.substring(1).replace('-', ' ');
    }
}
