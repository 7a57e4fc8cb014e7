package io.maas.internal.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Names;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model card: Markdown with YAML in front, as on Hugging Face.
 *
 * @param front the fields in front; an empty object if there are none
 * @param sections its headings, in order and without their marks, at most {@value #MAX_SECTIONS}
 */
public record ModelCard(ObjectNode front, List<String> sections) {
    /** The largest card. It is held in memory whole. */
    public static final int MAX_BYTES = 4 << 20;

    private static final int MAX_SECTIONS = 1000;
    private static final Pattern HEADING = Pattern.compile(" {0,3}#{1,6}[ \\t]+(.*)");
    private static final Pattern CLOSING_MARKS = Pattern.compile("(^|[ \\t])#+[ \\t]*$");
    private static final Pattern UNDERLINE = Pattern.compile(" {0,3}(=+|-+)[ \\t]*");
    private static final Pattern FENCE = Pattern.compile(" {0,3}(`{3,}|~{3,})(.*)");

    /** Copies the list. */
    public ModelCard {
        sections = List.copyOf(sections);
    }

    /**
     * Reads a card.
     *
     * @throws InvalidInputException {@link ErrorCode#BAD_DOCUMENT} if what stands in front is no YAML object
     */
    public static ModelCard parse(String markdown) {
        return parse(markdown, JsonPlace.root(ErrorCode.BAD_DOCUMENT, "read the model card"));
    }

    /** Reads a card whose errors name a place. */
    public static ModelCard parse(String markdown, JsonPlace root) {
        if (markdown.length() > MAX_BYTES) {
            throw root.refused("it has more than " + MAX_BYTES + " characters");
        }
        List<String> lines = markdown.lines().toList();
        int body = frontEnd(lines, root);
        ObjectNode front = Json.NODES.objectNode();
        if (body > 0) {
            String yaml = String.join("\n", lines.subList(1, body - 1));
            JsonNode read = Yaml.parse(yaml.getBytes(StandardCharsets.UTF_8), root);
            if (read instanceof ObjectNode fields) {
                front = fields;
            } else if (!read.isMissingNode() && !read.isNull()) {
                throw root.refused("what stands in front is no object, but " + JsonFields.kind(read));
            }
        }
        return new ModelCard(front, headings(lines.subList(body, lines.size())));
    }

    /** Returns the fields in front as maps, lists, texts, numbers and booleans. Fields without a value are left out. */
    public Map<String, Object> frontMatter() {
        ObjectNode filled = Json.NODES.objectNode();
        for (Iterator<String> names = front.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!front.path(name).isNull()) {
                filled.set(name, front.path(name));
            }
        }
        return new LinkedHashMap<>(
                FreeJson.readObject(filled, JsonPlace.root(ErrorCode.BAD_DOCUMENT, "read the model card")));
    }

    /** Returns the number of the first line after the closing mark; 0 if nothing stands in front. */
    private static int frontEnd(List<String> lines, JsonPlace root) {
        // a byte order mark in front of the first line is some editors' habit
        if (lines.isEmpty()
                || !lines.get(0).replace("\ufeff", "").stripTrailing().equals("---")) {
            return 0;
        }
        for (int i = 1; i < lines.size(); i++) {
            if (lines.get(i).stripTrailing().equals("---")) {
                return i + 1;
            }
        }
        throw root.refused("the front matter has no closing ---", "close it, or remove the first line");
    }

    private static List<String> headings(List<String> lines) {
        List<String> found = new ArrayList<>();
        String fence = "";
        String before = "";
        for (String line : lines) {
            Matcher mark = FENCE.matcher(line);
            if (!fence.isEmpty()) {
                fence = mark.matches()
                                && mark.group(1).startsWith(fence)
                                && mark.group(2).isBlank()
                        ? ""
                        : fence;
                before = "";
                continue;
            }
            if (mark.matches()) {
                fence = mark.group(1);
                before = "";
                continue;
            }
            Matcher heading = HEADING.matcher(line);
            if (heading.matches()) {
                add(found, CLOSING_MARKS.matcher(heading.group(1)).replaceFirst(""));
                before = "";
            } else if (!before.isBlank() && UNDERLINE.matcher(line).matches()) {
                add(found, before);
                before = "";
            } else {
                // a table, a list or a quotation is no heading, whatever is drawn below it
                before = line.matches("\\s*([|>*+-]|\\d+[.)]).*") ? "" : line;
            }
        }
        return found;
    }

    private static void add(List<String> found, String heading) {
        String text = heading.strip();
        if (!text.isEmpty() && found.size() < MAX_SECTIONS) {
            found.add(text.length() > 200 ? Names.shown(text) : text.replaceAll("\\p{Cntrl}", "?"));
        }
    }
}
