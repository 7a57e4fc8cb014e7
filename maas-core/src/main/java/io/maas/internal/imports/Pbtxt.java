package io.maas.internal.imports;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.maas.internal.bundle.Json;
import io.maas.internal.bundle.JsonPlace;
import io.maas.internal.imports.PbtxtLexer.Kind;
import io.maas.internal.imports.PbtxtLexer.Token;
import io.maas.model.Names;
import java.util.regex.Pattern;

/**
 * Protocol Buffers in their text format, as a tree of JSON nodes, without a schema: a field that stands more than once
 * becomes a list, whether it may be repeated or not is for the reader to say. Used once for each document.
 */
final class Pbtxt {
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_DEPTH = 64;
    /** Something must tell it from a whole number, which has no zeros in front; only very long ones end here too. */
    private static final Pattern DECIMAL =
            Pattern.compile("-?(([0-9]{1,30}\\.[0-9]{0,30}|\\.[0-9]{1,30})([eE][-+]?[0-9]{1,3})?[fF]?"
                    + "|[0-9]{1,30}[eE][-+]?[0-9]{1,3}[fF]?|(0|[1-9][0-9]{0,29})[fF]|[1-9][0-9]{18,29})");

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final PbtxtLexer tokens;

    private Pbtxt(PbtxtLexer tokens) {
        this.tokens = tokens;
    }

    /**
     * Parses one message.
     *
     * @throws io.maas.error.InvalidInputException with the place's code if it is malformed, too large or too deep
     */
    static ObjectNode parse(byte[] text, JsonPlace at) {
        if (text.length > MAX_BYTES) {
            throw at.refused("it has " + text.length + " bytes, more than " + MAX_BYTES);
        }
        Pbtxt parser = new Pbtxt(new PbtxtLexer(Json.text(text, at), at));
        return parser.message(Kind.END, 1);
    }

    private ObjectNode message(Kind end, int depth) {
        if (depth > MAX_DEPTH) {
            throw tokens.refused("it is nested deeper than " + MAX_DEPTH);
        }
        ObjectNode fields = NODES.objectNode();
        while (!tokens.peek().is(end)) {
            String name = fieldName();
            JsonNode value;
            if (tokens.skip(Kind.COLON)) {
                value = tokens.peek().is(Kind.LIST_START) ? list(depth) : value(depth);
            } else if (tokens.peek().is(Kind.LIST_START)) {
                value = list(depth);
            } else {
                value = nested(depth);
            }
            add(fields, name, value);
            if (!tokens.skip(Kind.COMMA)) {
                tokens.skip(Kind.SEMICOLON);
            }
        }
        tokens.next();
        return fields;
    }

    private static void add(ObjectNode fields, String name, JsonNode value) {
        JsonNode before = fields.get(name);
        if (before == null) {
            fields.set(name, value);
            return;
        }
        ArrayNode all =
                before instanceof ArrayNode list ? list : NODES.arrayNode().add(before);
        if (value instanceof ArrayNode more) {
            all.addAll(more);
        } else {
            all.add(value);
        }
        fields.set(name, all);
    }

    /** A name, or the name of an extension or of a type in brackets. */
    private String fieldName() {
        if (tokens.peek().is(Kind.LIST_START)) {
            tokens.next();
            StringBuilder name = new StringBuilder("[");
            while (!tokens.peek().is(Kind.LIST_END)) {
                name.append(tokens.expect(Kind.WORD, "a name").text());
                if (tokens.skip(Kind.SLASH)) {
                    name.append('/');
                }
            }
            tokens.next();
            return name.append(']').toString();
        }
        Token name = tokens.expect(Kind.WORD, "the name of a field");
        if (!name.text().matches("[A-Za-z_][A-Za-z0-9_]*")) {
            throw tokens.refused("no field is called '" + Names.shown(name.text()) + "'");
        }
        return name.text();
    }

    private ArrayNode list(int depth) {
        ArrayNode items = NODES.arrayNode();
        tokens.next();
        if (tokens.skip(Kind.LIST_END)) {
            return items;
        }
        do {
            items.add(value(depth));
        } while (tokens.skip(Kind.COMMA));
        tokens.expect(Kind.LIST_END, "',' or ']'");
        return items;
    }

    private JsonNode value(int depth) {
        Token next = tokens.peek();
        return switch (next.kind()) {
            case MESSAGE_START, ANGLE_START -> nested(depth);
            case STRING -> string();
            case WORD -> scalar(tokens.next().text());
            case END, COLON, SEMICOLON, COMMA, SLASH, LIST_START, LIST_END, MESSAGE_END, ANGLE_END ->
                throw tokens.refused("a value is expected, found " + next.shown());
        };
    }

    private ObjectNode nested(int depth) {
        Token start = tokens.next();
        if (start.is(Kind.MESSAGE_START)) {
            return message(Kind.MESSAGE_END, depth + 1);
        } else if (start.is(Kind.ANGLE_START)) {
            return message(Kind.ANGLE_END, depth + 1);
        }
        throw tokens.refused("':' or '{' is expected, found " + start.shown());
    }

    /** Strings beside each other are one. */
    private JsonNode string() {
        StringBuilder text = new StringBuilder(tokens.next().text());
        while (tokens.peek().is(Kind.STRING)) {
            text.append(tokens.next().text());
        }
        return NODES.textNode(text.toString());
    }

    private JsonNode scalar(String word) {
        if (word.equals("true") || word.equals("false")) {
            return NODES.booleanNode(word.equals("true"));
        } else if (word.matches("[A-Za-z_][A-Za-z0-9_]*|-(inf|infinity|nan)")) {
            return NODES.textNode(word); // the name of an enum's value, or a number that JSON has not
        } else if (word.matches("-?(0|[1-9][0-9]{0,17})")) {
            return NODES.numberNode(Long.parseLong(word));
        } else if (word.matches("-?0[xX][0-9a-fA-F]{1,15}")) {
            long magnitude = Long.parseLong(word.substring(word.indexOf('0') + 2), 16);
            return NODES.numberNode(word.startsWith("-") ? -magnitude : magnitude);
        } else if (word.matches("-?0[0-7]{1,20}")) {
            return NODES.numberNode(Long.parseLong(word, 8));
        } else if (DECIMAL.matcher(word).matches()) {
            double value = Double.parseDouble(word.replaceFirst("[fF]$", ""));
            if (Double.isFinite(value)) {
                return NODES.numberNode(value);
            }
        }
        throw tokens.refused("'" + Names.shown(word) + "' is no value");
    }
}
