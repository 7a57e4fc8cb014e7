package io.maas.http.cli;

import io.maas.Maas;
import io.maas.http.internal.platform.Documents;
import io.maas.repository.ModelImportOptions;
import io.maas.repository.ModelVersion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "import",
        description = "Registers all versions of a model that was exported to a file.",
        mixinStandardHelpOptions = true)
final class ImportCommand implements Callable<Integer> {
    @Mixin
    private StoreOptions store = new StoreOptions();

    @Parameters(paramLabel = "FILE", description = "What export wrote.")
    private Path file = Path.of("");

    @Option(names = "--with-aliases", description = "Publishes what was published there.")
    private boolean aliases;

    @Override
    public Integer call() {
        try (Maas maas = store.builder().pollInterval(Duration.ZERO).open()) {
            ModelImportOptions options = ModelImportOptions.defaults();
            List<ModelVersion> versions =
                    maas.repository().importModel(file, aliases ? options.withAliases() : options);
            store.tell(
                    "imported " + versions.stream().map(ModelVersion::toString).collect(Collectors.joining(", ")),
                    json -> {
                        json.writeStartArray();
                        for (ModelVersion version : versions) {
                            Documents.write(json, version);
                        }
                        json.writeEndArray();
                    });
            return 0;
        }
    }
}
