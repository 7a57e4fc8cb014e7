package io.maas.http.cli;

import io.maas.Maas;
import io.maas.model.ModelName;
import io.maas.repository.ChangeOptions;
import io.maas.repository.Commit;
import picocli.CommandLine.Command;

@Command(
        name = "hold",
        description = "Keeps a model as it is until the hold is lifted.",
        mixinStandardHelpOptions = true)
final class HoldCommand extends ChangeCommand {
    @Override
    Commit change(Maas maas, ModelName name, ChangeOptions options) {
        return maas.repository().governance().hold(name, options);
    }

    @Override
    String done() {
        return "put a hold on";
    }
}
