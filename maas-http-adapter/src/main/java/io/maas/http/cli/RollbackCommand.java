package io.maas.http.cli;

import io.maas.Maas;
import io.maas.model.ModelName;
import io.maas.model.Names;
import io.maas.repository.ChangeOptions;
import io.maas.repository.Commit;
import io.maas.repository.RollbackOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "rollback",
        description = "Makes an alias lead to what it led to before; every host follows.",
        mixinStandardHelpOptions = true)
final class RollbackCommand extends ChangeCommand {
    @Option(
            names = "--alias",
            defaultValue = Names.PRODUCTION,
            description = "The alias; ${DEFAULT-VALUE} unless given.")
    private String alias = Names.PRODUCTION;

    @Option(names = "--to", description = "To this version, rather than the one before.")
    private @Nullable String version;

    @Option(names = "--expect", description = "Only if the alias leads to this version now.")
    private @Nullable String expected;

    @Override
    Commit change(Maas maas, ModelName name, ChangeOptions options) {
        RollbackOptions rollback = RollbackOptions.of(alias).change(options);
        rollback = version == null ? rollback : rollback.toVersion(version);
        rollback = expected == null ? rollback : rollback.expecting(expected);
        return maas.repository().rollback(name, rollback);
    }

    @Override
    String done() {
        return "rolled back " + alias + " of";
    }
}
