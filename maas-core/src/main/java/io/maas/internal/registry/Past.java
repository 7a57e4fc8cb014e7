package io.maas.internal.registry;

import io.maas.model.ModelName;
import io.maas.model.Names;
import io.maas.repository.AliasMove;
import io.maas.repository.ModelVersion;
import io.maas.repository.RepositoryView;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the registry said earlier, read from the log. */
final class Past {
    private final Ledger ledger;
    private final Contents contents;

    Past(Ledger ledger, Contents contents) {
        this.ledger = ledger;
        this.contents = contents;
    }

    RepositoryView at(long commit) {
        ledger.commit(commit); // says what is wrong with the number
        return new StateView(stateAt(commit), contents);
    }

    private RegistryState stateAt(long commit) {
        Ledger past = new Ledger(ledger.log(), ledger.readers(), ledger.format());
        new Loader(ledger.log(), ledger.readers(), past).loadThrough(commit);
        return past.state();
    }

    Optional<ModelVersion> productionAt(ModelName name, Instant time) {
        Optional<ModelState> model = ledger.state().model(name);
        Optional<AliasState> alias = model.flatMap(state -> state.alias(Names.PRODUCTION));
        if (alias.isEmpty()) {
            return Optional.empty(); // an alias that ever pointed at something is remembered
        }
        List<AliasMove> moves = alias.get().moves();
        for (int i = moves.size() - 1; i >= 0; i--) {
            if (!moves.get(i).commit().time().isAfter(time)) {
                return moves.get(i).to().flatMap(model.get()::version).map(version -> version.of(name));
            }
        }
        if (moves.get(0).from().isEmpty() && moves.size() < AliasState.KEPT) {
            return Optional.empty(); // these are all its moves
        }
        long commit = new Times(ledger).lastCommitUntil(time);
        return commit < 0
                ? Optional.empty()
                : stateAt(commit)
                        .model(name)
                        .flatMap(state -> state.current(Names.PRODUCTION)
                                .flatMap(state::version)
                                .map(version -> version.of(name)));
    }
}
