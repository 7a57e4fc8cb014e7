package io.maas.testkit;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.spi.ModelFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;

/**
 * What a scripted model is to do: its first line says what it answers, the others what else there is to it.
 *
 * @param text the whole script
 * @param kind the first word
 * @param argument the second word of the first line, if there is one
 * @param refused an input that it refuses
 * @param bytes the native memory that it says it holds
 */
record Script(String text, String kind, Optional<String> argument, Optional<Float> refused, long bytes) {
    static Script of(ModelFiles files) {
        try {
            return parse(Files.readString(files.model()).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Script parse(String text) {
        List<List<String>> lines =
                text.lines().map(line -> List.of(line.strip().split(" +"))).toList();
        Optional<Float> refused = Optional.empty();
        long bytes = 0;
        try {
            for (List<String> line : lines.stream().skip(1).toList()) {
                if (line.size() != 2) {
                    throw corrupt(text);
                }
                switch (line.get(0)) {
                    case "refuses" -> refused = Optional.of(Float.parseFloat(line.get(1)));
                    case "bytes" -> bytes = Long.parseLong(line.get(1));
                    default -> throw corrupt(text);
                }
            }
        } catch (NumberFormatException e) {
            throw corrupt(text);
        }
        List<String> first = lines.isEmpty() ? List.of("") : lines.get(0);
        return new Script(text, first.get(0), first.stream().skip(1).findFirst(), refused, bytes);
    }

    float number() {
        try {
            return argument.isPresent() ? Float.parseFloat(argument.get()) : 1;
        } catch (NumberFormatException e) {
            throw corrupt(text);
        }
    }

    int size() {
        int size = (int) number();
        if (size < 1) {
            throw corrupt(text);
        }
        return size;
    }

    static InvalidInputException corrupt(String text) {
        return new InvalidInputException(
                ErrorCode.MODEL_CORRUPT, "load the model", "its script is '" + text + "'", "write another");
    }
}
