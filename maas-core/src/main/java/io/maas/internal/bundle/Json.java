package io.maas.internal.bundle;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.maas.model.Names;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** JSON documents as bytes. Jackson's own bounds on depth exist from 2.15 on only, so they are kept here. */
public final class Json {
    static final int MAX_DEPTH = 64;
    static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private static final ObjectMapper MAPPER = new ObjectMapper()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

    private Json() {}

    /** Parses one document: strict UTF-8, no duplicate keys, nothing behind it. */
    public static JsonNode parse(byte[] json, int maxBytes, JsonPlace root) {
        if (json.length > maxBytes) {
            throw root.refused("it has " + json.length + " bytes, more than " + maxBytes);
        }
        String text = text(json, root);
        try {
            checkTokens(text, root);
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw root.refused("it is not JSON, " + Names.shown(e.getOriginalMessage()) + where(e), e);
        } catch (IOException e) {
            throw new AssertionError("reading a string does not fail", e);
        }
    }

    /** Decodes UTF-8 and refuses what is malformed; Jackson would also guess UTF-16. */
    static String text(byte[] bytes, JsonPlace at) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw at.refused("it is not UTF-8", e);
        }
    }

    private static void checkTokens(String text, JsonPlace root) throws IOException {
        try (JsonParser parser = MAPPER.getFactory().createParser(text)) {
            int depth = 0;
            int documents = 0;
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (depth == 0 && ++documents > 1) {
                    throw root.refused("something follows the document");
                }
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                if (depth > MAX_DEPTH) {
                    throw root.refused("it is nested deeper than " + MAX_DEPTH);
                }
            }
            if (documents == 0) {
                throw root.refused("it is empty");
            }
        }
    }

    private static String where(JsonProcessingException e) {
        return e.getLocation() == null
                ? ""
                : ", line " + e.getLocation().getLineNr() + " column "
                        + e.getLocation().getColumnNr();
    }

    /** Writes a document: two spaces, line feeds on every system, a line feed at the end. */
    static byte[] write(JsonNode node) {
        DefaultIndenter lines = new DefaultIndenter("  ", "\n");
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
        printer.indentObjectsWith(lines);
        try {
            return (MAPPER.writer(printer).writeValueAsString(node) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new AssertionError("a tree of nodes can always be written", e);
        }
    }
}
