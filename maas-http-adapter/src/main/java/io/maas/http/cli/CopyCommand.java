package io.maas.http.cli;

import io.maas.Registries;
import io.maas.repository.CopyOptions;
import io.maas.repository.CopyReport;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "copy",
        description = "Copies a registry with its whole history to another store; again, and it brings what is new.",
        mixinStandardHelpOptions = true)
final class CopyCommand implements Callable<Integer> {
    @Mixin
    private StoreOptions store = new StoreOptions();

    @Parameters(paramLabel = "TARGET", description = "The store to copy to: a folder or a URI.")
    private String target = "";

    @Override
    public Integer call() {
        CopyReport report = Registries.copy(
                store.uri(), StoreOptions.uri(target), CopyOptions.defaults().namespace(store.namespace()));
        store.tell(
                "copied " + report.commits() + " commits and " + report.blobs() + " files, " + report.bytes()
                        + " bytes, up to commit " + report.head() + "; " + report.skipped() + " were there",
                json -> {
                    json.writeStartObject();
                    json.writeNumberField("head", report.head());
                    json.writeNumberField("commits", report.commits());
                    json.writeNumberField("blobs", report.blobs());
                    json.writeNumberField("bytes", report.bytes());
                    json.writeNumberField("skipped", report.skipped());
                    json.writeEndObject();
                });
        return 0;
    }
}
