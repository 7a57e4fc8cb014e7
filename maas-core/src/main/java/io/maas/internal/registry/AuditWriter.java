package io.maas.internal.registry;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.maas.repository.AuditEntry;
import io.maas.repository.AuditFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes entries of the audit log for other programs. */
final class AuditWriter {
    private static final ObjectMapper JSON = new ObjectMapper().disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    private static final List<String> FIELDS =
            List.of("commit", "index", "time", "actor", "reason", "kind", "subject", "details");

    private final AuditFormat format;
    private final OutputStream out;

    AuditWriter(AuditFormat format, OutputStream out) {
        this.format = format;
        this.out = out;
    }

    void start() throws IOException {
        if (format == AuditFormat.CSV) {
            line(String.join(",", FIELDS) + "\r\n");
        }
    }

    void write(AuditEntry entry) throws IOException {
        switch (format) {
            case JSON_LINES -> line(json(fields(entry)) + "\n");
            case CSV ->
                line(fields(entry).values().stream()
                        .map(value -> value instanceof Map<?, ?> details ? json(details) : String.valueOf(value))
                        .map(AuditWriter::quoted)
                        .collect(Collectors.joining(",", "", "\r\n")));
        }
    }

    private Map<String, Object> fields(AuditEntry entry) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("commit", entry.commit().number());
        fields.put("index", entry.commit().index());
        fields.put("time", entry.commit().time().toString());
        fields.put("actor", entry.commit().actor());
        if (format == AuditFormat.CSV || entry.commit().reason().isPresent()) {
            fields.put("reason", entry.commit().reason().orElse(""));
        }
        fields.put("kind", entry.kind());
        fields.put("subject", entry.subject());
        fields.put("details", entry.details());
        return fields;
    }

    private static String json(Map<?, ?> fields) {
        try {
            return JSON.writeValueAsString(fields);
        } catch (JsonProcessingException e) {
            throw new AssertionError("what was read from JSON can be written", e);
        }
    }

    /** RFC 4180, section 2; what a spreadsheet would take for a formula is made a text. */
    private static String quoted(String value) {
        boolean formula = !value.isEmpty() && "=+-@\t\r".indexOf(value.charAt(0)) >= 0;
        String text = formula ? "'" + value : value;
        boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }

    private void line(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }
}
