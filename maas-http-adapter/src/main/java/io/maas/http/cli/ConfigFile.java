package io.maas.http.cli;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Names;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Values for options that the command line does not give, by their long names. */
final class ConfigFile implements IDefaultValueProvider {
    private final Properties values = new Properties();

    /**
     * Reads one.
     *
     * @param options that there are, by their long names, of whatever command: commands share the file
     * @throws InvalidInputException if it cannot be read, or has a value for something else
     */
    ConfigFile(Path file, Set<String> options) {
        try (Reader in = Files.newBufferedReader(file)) {
            values.load(in);
        } catch (IOException | IllegalArgumentException e) {
            throw new InvalidInputException(
                    ErrorCode.BAD_SETTING,
                    "read the configuration " + file,
                    "it is no properties file that can be read, " + e,
                    "name one with lines such as port=8080",
                    e);
        }
        for (String key : new TreeSet<>(values.stringPropertyNames())) {
            if (!options.contains(key)) {
                throw new InvalidInputException(
                        ErrorCode.BAD_SETTING,
                        "use the configuration " + file,
                        "no option is called '" + Names.shown(key) + "'",
                        "did you mean " + nearest(key, options)
                                + "? Name options as the command line does, without --");
            }
        }
    }

    private static String nearest(String key, Set<String> options) {
        return options.stream()
                .min(Comparator.comparingInt((String option) -> distance(key, option))
                        .thenComparing(Comparator.naturalOrder()))
                .orElse("another");
    }

    /** How many characters have to be changed, added or left out to make one of the other (Levenshtein). */
    private static int distance(String one, String other) {
        int[] before = IntStream.rangeClosed(0, other.length()).toArray();
        for (int i = 1; i <= one.length(); i++) {
            int[] now = new int[other.length() + 1];
            now[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int changed = before[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                now[j] = Math.min(changed, 1 + Math.min(before[j], now[j - 1]));
            }
            before = now;
        }
        return before[other.length()];
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        return argument instanceof OptionSpec option ? values.getProperty(Main.plainName(option)) : null;
    }
}
