package io.maas.http.cli;

import io.maas.Maas;
import io.maas.http.internal.platform.Documents;
import io.maas.http.internal.platform.ModelFiles;
import io.maas.repository.ModelVersion;
import io.maas.repository.RegisterOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "register",
        description = "Registers a package (a folder or a zip) or a bare model file.",
        mixinStandardHelpOptions = true)
final class RegisterCommand implements Callable<Integer> {
    @Mixin
    private StoreOptions store = new StoreOptions();

    @Parameters(paramLabel = "FILE", description = "The package or model file.")
    private Path file = Path.of("");

    @Option(names = "--name", description = "The name of a bare model file's model; from its content unless given.")
    private @Nullable String name;

    @Option(names = "--label", description = "What the version is called; the next number unless given.")
    private @Nullable String label;

    @Option(names = "--format", description = "The format of a bare model file, if its content does not tell.")
    private @Nullable String format;

    @Option(names = "--reason", description = "Why, for the audit log.")
    private @Nullable String reason;

    @Override
    public Integer call() throws IOException {
        try (Maas maas = store.builder().pollInterval(java.time.Duration.ZERO).open()) {
            RegisterOptions options = RegisterOptions.defaults();
            options = label == null ? options : options.version(label);
            options = reason == null ? options : options.reason(reason);
            ModelVersion version = maas.repository()
                    .register(ModelFiles.source(file, Optional.ofNullable(name), Optional.ofNullable(format)), options);
            store.tell(
                    "registered " + version + ", " + version.digest() + ", in commit " + version.commit(),
                    json -> Documents.write(json, version));
            return 0;
        }
    }
}
