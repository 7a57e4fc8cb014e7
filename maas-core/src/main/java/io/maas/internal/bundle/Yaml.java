package io.maas.internal.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.maas.error.InvalidInputException;
import io.maas.model.Names;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * YAML 1.2 as a tree of JSON nodes. It is built from the parser's events, so that depth, size and what aliases add up to
 * are bounded before anything is made, and no tag makes an object. Used once for each document.
 */
public final class Yaml {
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_VALUES = 100_000;
    /** Longer ones are texts: parsing a number of a million digits takes minutes. */
    private static final int MAX_NUMBER = 40;

    private static final String STRING_TAG = "tag:yaml.org,2002:str";
    private static final Pattern NULL = Pattern.compile("|~|null|Null|NULL");
    private static final Pattern BOOLEAN = Pattern.compile("true|True|TRUE|false|False|FALSE");
    private static final Pattern WHOLE = Pattern.compile("[-+]?[0-9]+");
    private static final Pattern DECIMAL = Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");

    private final JsonPlace root;
    private final Iterator<Event> events;
    private final Map<Anchor, JsonNode> anchors = new HashMap<>();
    private int values;

    private Yaml(Iterator<Event> events, JsonPlace root) {
        this.events = events;
        this.root = root;
    }

    /**
     * Parses one document; an empty one is a missing node.
     *
     * @throws InvalidInputException with the place's code if it is malformed, has a key twice, tags or more than one
     *     document, or is too large or too deep
     */
    public static JsonNode parse(byte[] yaml, JsonPlace root) {
        if (yaml.length > MAX_BYTES) {
            throw root.refused("it has " + yaml.length + " bytes, more than " + MAX_BYTES);
        }
        String text = Json.text(yaml, root);
        try {
            LoadSettings settings =
                    LoadSettings.builder().setCodePointLimit(MAX_BYTES).build();
            return new Yaml(new Parse(settings).parseString(text).iterator(), root).document();
        } catch (YamlEngineException e) {
            throw root.refused("it is not YAML, " + Names.shown(String.valueOf(e.getMessage())), e);
        }
    }

    private JsonNode document() {
        JsonNode document = Json.NODES.missingNode();
        int documents = 0;
        while (events.hasNext()) {
            Event event = events.next();
            if (event.getEventId() == Event.ID.DocumentStart) {
                if (++documents > 1) {
                    throw root.refused("something follows the document");
                }
                document = node(events.next(), 1);
            }
        }
        return document;
    }

    private JsonNode node(Event event, int depth) {
        if (depth > Json.MAX_DEPTH) {
            throw root.refused("it is nested deeper than " + Json.MAX_DEPTH);
        }
        count();
        if (event instanceof AliasEvent alias) {
            JsonNode node = anchors.get(alias.getAlias());
            if (node == null) {
                // snakeyaml leaves this to its composer; an alias inside its own anchor ends here as well
                throw root.refused("nothing before is called *" + Names.shown(String.valueOf(alias.getAlias())));
            }
            countAll(node, depth);
            return node;
        }
        JsonNode node;
        if (event instanceof ScalarEvent scalar) {
            node = scalar(scalar);
        } else if (event instanceof SequenceStartEvent sequence) {
            checkTag(sequence.getTag(), "seq");
            node = items(depth);
        } else {
            checkTag(((MappingStartEvent) event).getTag(), "map");
            node = fields(depth);
        }
        ((NodeEvent) event).getAnchor().ifPresent(anchor -> anchors.put(anchor, node));
        return node;
    }

    private void count() {
        if (++values > MAX_VALUES) {
            throw root.refused("it has more than " + MAX_VALUES + " values, those of its aliases included");
        }
    }

    /** What an alias stands for counts each time, at the depth where it stands. */
    private void countAll(JsonNode node, int depth) {
        if (depth > Json.MAX_DEPTH) {
            throw root.refused("it is nested deeper than " + Json.MAX_DEPTH);
        }
        for (JsonNode child : node) {
            count();
            countAll(child, depth + 1);
        }
    }

    private ArrayNode items(int depth) {
        ArrayNode items = Json.NODES.arrayNode();
        for (Event next = events.next(); next.getEventId() != Event.ID.SequenceEnd; next = events.next()) {
            items.add(node(next, depth + 1));
        }
        return items;
    }

    private ObjectNode fields(int depth) {
        ObjectNode fields = Json.NODES.objectNode();
        for (Event next = events.next(); next.getEventId() != Event.ID.MappingEnd; next = events.next()) {
            JsonNode key = node(next, depth + 1);
            if (key.isContainerNode()) {
                throw root.refused("a key is a list or an object");
            }
            String name = key.asText();
            if (fields.has(name)) {
                throw root.refused("the key '" + Names.shown(name) + "' is there twice");
            }
            fields.set(name, node(events.next(), depth + 1));
        }
        return fields;
    }

    private JsonNode scalar(ScalarEvent scalar) {
        checkTag(scalar.getTag(), "str");
        String text = scalar.getValue();
        boolean isText = scalar.getTag().isPresent() || !scalar.isPlain();
        if (isText || text.length() > MAX_NUMBER) {
            return Json.NODES.textNode(text);
        } else if (NULL.matcher(text).matches()) {
            return Json.NODES.nullNode();
        } else if (BOOLEAN.matcher(text).matches()) {
            return Json.NODES.booleanNode(Character.toLowerCase(text.charAt(0)) == 't');
        } else if (WHOLE.matcher(text).matches()) {
            return whole(new BigInteger(text));
        } else if (DECIMAL.matcher(text).matches() && Double.isFinite(Double.parseDouble(text))) {
            return Json.NODES.numberNode(Double.parseDouble(text));
        }
        return Json.NODES.textNode(text);
    }

    private static JsonNode whole(BigInteger value) {
        if (value.bitLength() < Integer.SIZE) {
            return Json.NODES.numberNode(value.intValue());
        }
        return value.bitLength() < Long.SIZE ? Json.NODES.numberNode(value.longValue()) : Json.NODES.numberNode(value);
    }

    private void checkTag(Optional<String> tag, String usual) {
        String expected = STRING_TAG.replace("str", usual);
        if (tag.isPresent() && !tag.get().equals(expected) && !tag.get().equals("!")) {
            throw root.refused("it has the tag '" + Names.shown(tag.get()) + "', and tags make objects");
        }
    }
}
