package io.maas.internal.transfer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.maas.repository.AuditEntry;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;

/** Operations of a log for people and their tools, one line of JSON each. Nothing here reads them back. */
public final class AuditLines {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();

    /** Creates an empty one. */
    public AuditLines() {}

    /** Adds a line. */
    public void add(AuditEntry entry) {
        ObjectNode line = JSON.createObjectNode();
        CommitJson.write(entry.commit(), line.putObject("commit"));
        line.put("kind", entry.kind()).put("subject", entry.subject());
        // in order, since the maps of entries come in any
        line.set("details", JSON.valueToTree(new TreeMap<>(entry.details())));
        try {
            lines.writeBytes((JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new AssertionError("a tree of plain values is always JSON", e);
        }
    }

    /** Returns all lines. */
    public byte[] bytes() {
        return lines.toByteArray();
    }
}
