package io.maas.http.cli;

import io.maas.http.internal.platform.Documents;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "doctor",
        description =
                "Looks at this machine and the store for what would keep models from being served, and says what helps.",
        mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
    @Option(names = "--store", description = "A store to look at too: a folder, or a URI such as s3://bucket/prefix.")
    private @Nullable String store;

    @Option(names = "--json", description = "Prints JSON, for scripts.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec command;

    @Override
    public Integer call() {
        List<Finding> findings = new ArrayList<>(MachineExamination.findings());
        findings.addAll(EngineExamination.findings());
        Optional.ofNullable(store).ifPresent(where -> findings.addAll(StoreExamination.findings(where)));
        print(findings);
        return findings.stream().anyMatch(finding -> finding.level() == Finding.Level.BAD) ? Failures.FINDINGS : 0;
    }

    private void print(List<Finding> findings) {
        if (command == null) {
            throw new IllegalStateException("the command was not made by its parser");
        }
        String text = findings.stream().map(Finding::toString).collect(Collectors.joining(System.lineSeparator()));
        StoreOptions.print(command.commandLine().getOut(), json, text, out -> {
            out.writeStartArray();
            for (Finding finding : findings) {
                out.writeStartObject();
                out.writeStringField("level", Documents.lower(finding.level()));
                out.writeStringField("subject", finding.subject());
                out.writeStringField("finding", finding.what());
                Documents.optional(out, "remedy", finding.remedy());
                out.writeEndObject();
            }
            out.writeEndArray();
        });
    }
}
