package io.maas.http.cli;

import io.maas.Maas;
import io.maas.model.ModelName;
import io.maas.repository.AuditFormat;
import io.maas.repository.AuditQuery;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "audit",
        description = "Prints the audit log, as CSV or as JSON Lines.",
        mixinStandardHelpOptions = true)
final class AuditCommand implements Callable<Integer> {
    @Mixin
    private StoreOptions store = new StoreOptions();

    @Option(names = "--model", description = "Only what concerns this model.")
    private @Nullable String model;

    @Option(names = "--format", defaultValue = "CSV", description = "CSV or JSON_LINES; ${DEFAULT-VALUE} unless given.")
    private AuditFormat format = AuditFormat.CSV;

    @Option(names = "--out", description = "A file to write to, rather than the terminal.")
    private @Nullable Path file;

    @Override
    public Integer call() throws IOException {
        AuditQuery query = model == null
                ? AuditQuery.everything()
                : AuditQuery.everything().ofModel(ModelName.of(model));
        try (Maas maas = store.openToRead()) {
            if (file == null) {
                ByteArrayOutputStream text = new ByteArrayOutputStream();
                maas.repository().audit().export(query, format, text);
                store.out().print(text.toString(StandardCharsets.UTF_8));
                store.out().flush();
            } else {
                try (OutputStream out = Files.newOutputStream(file)) {
                    maas.repository().audit().export(query, format, out);
                }
            }
            return 0;
        }
    }
}
