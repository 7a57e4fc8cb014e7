package io.maas.http.cli;

import io.maas.Maas;
import io.maas.model.ModelName;
import io.maas.repository.ChangeOptions;
import io.maas.repository.Commit;
import picocli.CommandLine.Command;

@Command(name = "unhold", description = "Lifts the hold on a model.", mixinStandardHelpOptions = true)
final class UnholdCommand extends ChangeCommand {
    @Override
    Commit change(Maas maas, ModelName name, ChangeOptions options) {
        return maas.repository().governance().unhold(name, options);
    }

    @Override
    String done() {
        return "lifted the hold on";
    }
}
