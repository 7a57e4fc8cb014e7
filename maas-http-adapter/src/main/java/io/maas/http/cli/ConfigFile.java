package io.maas.http.cli;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Values for options that the command line does not give, by their long names. */
final class ConfigFile implements IDefaultValueProvider {
    private final Properties values = new Properties();

    ConfigFile(Path file) {
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
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        return argument instanceof OptionSpec option
                ? values.getProperty(option.longestName().replaceFirst("^--", ""))
                : null;
    }
}
