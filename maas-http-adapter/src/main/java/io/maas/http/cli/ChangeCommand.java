package io.maas.http.cli;

import io.maas.Maas;
import io.maas.http.internal.platform.Documents;
import io.maas.model.ModelName;
import io.maas.repository.ChangeOptions;
import io.maas.repository.Commit;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A change of one model, in one commit. */
abstract class ChangeCommand implements Callable<Integer> {
    @Mixin
    private StoreOptions store = new StoreOptions();

    @Parameters(paramLabel = "MODEL", description = "The model.")
    private String model = "";

    @Option(names = "--reason", description = "Why, for the audit log.")
    private @Nullable String reason;

    @Option(names = "--despite-hold", description = "Does it although the model is on hold.")
    private boolean despiteHold;

    abstract Commit change(Maas maas, ModelName name, ChangeOptions options);

    /** What was done, for people. */
    abstract String done();

    @Override
    public final Integer call() {
        try (Maas maas = store.open()) {
            ChangeOptions options = reason == null ? ChangeOptions.defaults() : ChangeOptions.because(reason);
            Commit commit = change(maas, ModelName.of(model), despiteHold ? options.despiteHold() : options);
            store.tell(done() + " " + model + " in commit " + commit.number(), json -> Documents.write(json, commit));
            return 0;
        }
    }
}
