package io.maas.http.cli;

import io.maas.Registries;
import io.maas.http.internal.platform.Documents;
import io.maas.repository.LogVerification;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "verify",
        description = "Checks that the log is whole: that nobody has changed, removed or added a commit.",
        mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
    @Mixin
    private StoreOptions store = new StoreOptions();

    @Override
    public Integer call() {
        LogVerification found = Registries.verify(store.uri(), store.namespace());
        String text = found.isIntact()
                ? "the log is whole up to commit " + found.verified().commit()
                : found.findings().stream()
                        .map(finding -> "commit " + finding.commit() + ": " + finding.why())
                        .collect(Collectors.joining(System.lineSeparator()));
        store.tell(text, json -> {
            json.writeStartObject();
            json.writeBooleanField("intact", found.isIntact());
            json.writeNumberField("commit", found.verified().commit());
            json.writeStringField("digest", found.verified().digest().toString());
            json.writeArrayFieldStart("findings");
            for (LogVerification.Finding finding : found.findings()) {
                json.writeStartObject();
                json.writeStringField("part", Documents.lower(finding.part()));
                json.writeNumberField("commit", finding.commit());
                json.writeStringField("why", finding.why());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
        return found.isIntact() ? 0 : Failures.FINDINGS;
    }
}
