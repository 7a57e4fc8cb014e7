package io.maas.http.cli;

import io.maas.Maas;
import io.maas.http.internal.platform.Documents;
import io.maas.model.ModelName;
import io.maas.repository.AliasMove;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "history",
        description = "Says what a model's aliases led to, and when.",
        mixinStandardHelpOptions = true)
final class HistoryCommand implements Callable<Integer> {
    @Mixin
    private StoreOptions store = new StoreOptions();

    @Parameters(paramLabel = "MODEL", description = "The model.")
    private String model = "";

    @Override
    public Integer call() {
        try (Maas maas = store.openToRead()) {
            List<AliasMove> moves = maas.repository().history(ModelName.of(model));
            String text =
                    moves.stream().map(HistoryCommand::describe).collect(Collectors.joining(System.lineSeparator()));
            store.tell(text.isEmpty() ? model + " was never published" : text, json -> {
                json.writeStartArray();
                for (AliasMove move : moves) {
                    Documents.write(json, move);
                }
                json.writeEndArray();
            });
            return 0;
        }
    }

    private static String describe(AliasMove move) {
        return move.commit().time() + "  " + move.alias() + "  " + move.from().orElse("-") + " -> "
                + move.to().orElse("-") + "  " + Documents.lower(move.kind()) + " by "
                + move.commit().actor()
                + move.commit().reason().map(reason -> ": " + reason).orElse("");
    }
}
