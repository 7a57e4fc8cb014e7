package io.maas.http.cli;

import io.maas.Maas;
import io.maas.model.ModelName;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "export",
        description = "Writes one model with all its versions and its history to one file.",
        mixinStandardHelpOptions = true)
final class ExportCommand implements Callable<Integer> {
    @Mixin
    private StoreOptions store = new StoreOptions();

    @Parameters(index = "0", paramLabel = "MODEL", description = "The model.")
    private String model = "";

    @Parameters(index = "1", paramLabel = "FILE", description = "The file, which must not be there.")
    private Path file = Path.of("");

    @Override
    public Integer call() {
        try (Maas maas = store.openToRead()) {
            maas.repository().exportModel(ModelName.of(model), file);
            store.tell("exported " + model + " to " + file, json -> {
                json.writeStartObject();
                json.writeStringField("model", model);
                json.writeStringField("file", file.toString());
                json.writeEndObject();
            });
            return 0;
        }
    }
}
