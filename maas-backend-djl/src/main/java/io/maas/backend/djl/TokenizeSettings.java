package io.maas.backend.djl;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Manifest.TransformStep;
import io.maas.model.Names;
import io.maas.spi.ModelFiles;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The settings of a {@code tokenize} step.
 *
 * @param input the name of the texts
 * @param file the tokenizer
 * @param maxLength the most tokens of a text
 * @param outputs what to make, and under which names
 */
record TokenizeSettings(String input, Path file, int maxLength, Map<Part, String> outputs) {
    private static final int DEFAULT_LENGTH = 512;
    private static final List<String> KNOWN = List.of("input", "file", "maxLength", "outputs");
    private static final String CONFIG = "tokenizer_config.json";
    // The one number that is needed of that file. Tokenizers without a limit write 1e30 or its digits.
    private static final Pattern LIMIT = Pattern.compile("\"model_max_length\"\\s*:\\s*([0-9][0-9.eE+]{0,60})");

    /** What a tokenizer gives for each token. */
    enum Part {
        INPUT_IDS("input_ids"),
        ATTENTION_MASK("attention_mask"),
        TOKEN_TYPE_IDS("token_type_ids");

        private final String usual;

        Part(String usual) {
            this.usual = usual;
        }

        String usual() {
            return usual;
        }

        static Part of(Object name) {
            for (Part part : values()) {
                if (part.usual.equals(name)) {
                    return part;
                }
            }
            throw refused("there is no output '" + Names.shown(name.toString()) + "'");
        }
    }

    static TokenizeSettings read(TransformStep step, ModelFiles files) {
        if (step.version() != 1) {
            throw refused("there is no version " + step.version() + " of it");
        }
        for (String name : step.with().keySet()) {
            if (!KNOWN.contains(name)) {
                throw refused("it has no setting '" + Names.shown(name) + "'");
            }
        }
        String path = text(step, "file", "tokenizer.json");
        OptionalInt limit = limit(files, path);
        return new TokenizeSettings(
                text(step, "input", "text"), files.file(path), maxLength(step, limit), outputs(step));
    }

    private static String text(TransformStep step, String name, String fallback) {
        Object value = step.with().getOrDefault(name, fallback);
        if (value instanceof String text && !text.isBlank()) {
            return text;
        }
        throw refused("the setting '" + name + "' is no text, " + Names.shown(value.toString()));
    }

    private static int maxLength(TransformStep step, OptionalInt limit) {
        Object value = step.with().get("maxLength");
        if (value == null) {
            return Math.min(DEFAULT_LENGTH, limit.orElse(DEFAULT_LENGTH));
        }
        if (!(value instanceof Number number) || number.doubleValue() != number.intValue() || number.intValue() < 1) {
            throw refused("the setting 'maxLength' is no whole number from 1 up, " + Names.shown(value.toString()));
        }
        if (limit.isPresent() && number.intValue() > limit.getAsInt()) {
            throw refused("the setting 'maxLength' is " + number + " and the model takes " + limit.getAsInt()
                    + " tokens by its " + CONFIG);
        }
        return number.intValue();
    }

    /** What the model takes, if the package has the file that says so beside the tokenizer. */
    private static OptionalInt limit(ModelFiles files, String path) {
        String config = path.substring(0, path.lastIndexOf('/') + 1) + CONFIG;
        if (files.manifest().file(config).isEmpty()) {
            return OptionalInt.empty();
        }
        try {
            Matcher found = LIMIT.matcher(Files.readString(files.file(config)));
            if (!found.find()) {
                return OptionalInt.empty();
            }
            BigDecimal limit = new BigDecimal(found.group(1));
            boolean none = limit.compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) > 0;
            return none ? OptionalInt.empty() : OptionalInt.of(limit.intValue());
        } catch (IOException | NumberFormatException e) {
            throw refused("the file '" + config + "' cannot be read, " + e.getMessage());
        }
    }

    private static Map<Part, String> outputs(TransformStep step) {
        Object value = step.with().get("outputs");
        Map<Part, String> outputs = new EnumMap<>(Part.class);
        if (value == null) {
            for (Part part : Part.values()) {
                outputs.put(part, part.usual());
            }
        } else if (value instanceof List<?> list) {
            list.forEach(name -> outputs.put(Part.of(name), name.toString()));
        } else if (value instanceof Map<?, ?> map) {
            map.forEach((name, other) -> outputs.put(Part.of(name), other.toString()));
        } else {
            throw refused("the setting 'outputs' is neither a list nor an object, " + Names.shown(value.toString()));
        }
        Set<String> names = new HashSet<>(outputs.values());
        if (outputs.isEmpty() || names.size() < outputs.size() || names.contains("")) {
            throw refused("the setting 'outputs' must name each of one or more outputs differently, " + outputs);
        }
        return outputs;
    }

    static InvalidInputException refused(String why) {
        return refused(why, Optional.empty());
    }

    static InvalidInputException refused(String why, Optional<Throwable> cause) {
        String doing = "use the transform 'tokenize'";
        String remedy = "give the settings it has, which are " + KNOWN + ", with outputs of input_ids, "
                + "attention_mask and token_type_ids";
        return cause.isPresent()
                ? new InvalidInputException(ErrorCode.BAD_TRANSFORM, doing, why, remedy, cause.get())
                : new InvalidInputException(ErrorCode.BAD_TRANSFORM, doing, why, remedy);
    }
}
