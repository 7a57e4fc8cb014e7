package io.maas.http.internal.platform;

import io.maas.error.ConflictException;
import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.http.internal.exchange.HttpProblem;
import io.maas.http.internal.wire.JsonBytes;
import io.maas.repository.Commit;
import io.maas.repository.ModelRepository;
import java.util.Optional;

/**
 * Makes changes that go by what there is, so that a repetition is told what became of the first request, and not that its condition no
 * longer holds: what the first went by is found out, and the registry compares the rest.
 */
final class Repeatable {
    private final ModelRepository repository;

    Repeatable(ModelRepository repository) {
        this.repository = repository;
    }

    /** A change, given what it goes by. */
    @FunctionalInterface
    interface Change {
        Commit make(Basis basis);
    }

    Commit make(ChangeRequest asked, Change change) {
        Optional<Commit> first = first(asked);
        if (first.isPresent()) {
            return repeat(asked, change, first.get());
        }
        try {
            // before the condition: what changes in between is refused when the change is made
            Basis basis = Basis.now(repository, asked.model(), asked.alias());
            requireCondition(asked);
            return change.make(basis);
        } catch (MaasException | HttpProblem e) {
            // it may have been made since it was looked up, or another host be heard of that made it
            Optional<Commit> meanwhile = first(asked);
            if (meanwhile.isPresent()) {
                return repeat(asked, change, meanwhile.get());
            }
            throw refusal(asked, e);
        }
    }

    private Optional<Commit> first(ChangeRequest asked) {
        return asked.token().flatMap(repository::changeBy);
    }

    private Commit repeat(ChangeRequest asked, Change change, Commit first) {
        return change.make(Basis.before(repository, asked.model(), asked.alias(), first));
    }

    private void requireCondition(ChangeRequest asked) {
        Optional<EntityTags> condition = asked.condition();
        if (condition.isPresent()) {
            String current = Answers.tag(JsonBytes.of(ModelRoutes.model(repository, asked.model())));
            if (!condition.get().fit(current)) {
                throw stale(asked, "its entity tag is " + current + " now");
            }
        }
    }

    private static RuntimeException refusal(ChangeRequest asked, RuntimeException e) {
        boolean stale = e instanceof ConflictException conflict && conflict.code() == ErrorCode.STALE;
        return stale && asked.condition().isPresent() ? stale(asked, "somebody changed it meanwhile") : e;
    }

    private static HttpProblem stale(ChangeRequest asked, String why) {
        return new HttpProblem(
                412,
                ErrorCode.STALE.id(),
                "Cannot change " + asked.model() + ": it is not as If-Match says, " + why + "; look at it again");
    }
}
