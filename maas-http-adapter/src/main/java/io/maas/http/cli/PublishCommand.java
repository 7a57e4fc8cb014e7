package io.maas.http.cli;

import io.maas.Maas;
import io.maas.model.ModelName;
import io.maas.model.ModelRef;
import io.maas.model.Names;
import io.maas.repository.ChangeOptions;
import io.maas.repository.Commit;
import io.maas.repository.PublishOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "publish",
        description = "Makes an alias lead to a version; every host follows.",
        mixinStandardHelpOptions = true)
final class PublishCommand extends ChangeCommand {
    @Parameters(index = "1", paramLabel = "VERSION", description = "The version.")
    private String version = "";

    @Option(
            names = "--alias",
            defaultValue = Names.PRODUCTION,
            description = "The alias; ${DEFAULT-VALUE} unless given.")
    private String alias = Names.PRODUCTION;

    @Option(names = "--expect", description = "Only if the alias leads to this version now.")
    private @Nullable String expected;

    @Option(names = "--force", description = "Although the gate refuses, for this reason.")
    private @Nullable String force;

    @Override
    Commit change(Maas maas, ModelName name, ChangeOptions options) {
        PublishOptions publish = PublishOptions.to(alias).change(options);
        publish = expected == null ? publish : publish.expecting(expected);
        publish = force == null ? publish : publish.force(force);
        return maas.repository().publish(maas.repository().resolve(new ModelRef.ByVersion(name, version)), publish);
    }

    @Override
    String done() {
        return "published " + version + " as " + alias + " of";
    }
}
