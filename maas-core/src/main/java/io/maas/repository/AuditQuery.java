package io.maas.repository;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.ModelName;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Selects entries of the audit log: those that meet everything that is asked. Immutable: each method returns a copy.
 *
 * <pre>{@code
 * AuditQuery.everything().ofModel(ModelName.of("digits")).kinds("alias").from(Instant.parse("2026-03-01T00:00:00Z"));
 * }</pre>
 *
 * @param models the models that they are about, perhaps none; empty for any, and for what is about none
 * @param actor who made the change
 * @param kinds what was done, see {@link AuditEntry#kind()}; empty for anything
 * @param from the earliest time, inclusive
 * @param until the latest time, exclusive
 * @param fromCommit the first commit
 */
public record AuditQuery(
        Optional<Set<ModelName>> models,
        Optional<String> actor,
        Set<String> kinds,
        Optional<Instant> from,
        Optional<Instant> until,
        long fromCommit) {
    /** Copies the sets, and checks the commit. */
    public AuditQuery {
        models = models.map(names -> Collections.unmodifiableSet(new TreeSet<>(names)));
        kinds = Collections.unmodifiableSet(new LinkedHashSet<>(kinds));
        if (fromCommit < 0) {
            throw new InvalidInputException(
                    ErrorCode.BAD_SETTING, "read the audit log", "from commit " + fromCommit, "start at 0 or later");
        }
    }

    /** Selects all there is. */
    public static AuditQuery everything() {
        return new AuditQuery(Optional.empty(), Optional.empty(), Set.of(), Optional.empty(), Optional.empty(), 0);
    }

    /** Selects what is about one model, deleted or not. */
    public AuditQuery ofModel(ModelName name) {
        return ofModels(Set.of(name));
    }

    /** Selects what is about one of some models, deleted or not; nothing if there are none. */
    public AuditQuery ofModels(Collection<ModelName> names) {
        return new AuditQuery(Optional.of(new TreeSet<>(names)), actor, kinds, from, until, fromCommit);
    }

    /** Selects what one actor did. */
    public AuditQuery by(String who) {
        return new AuditQuery(models, Optional.of(who), kinds, from, until, fromCommit);
    }

    /** Selects some kinds of changes. */
    public AuditQuery kinds(String... wanted) {
        return new AuditQuery(models, actor, new LinkedHashSet<>(Arrays.asList(wanted)), from, until, fromCommit);
    }

    /** Selects what was done at a time or later. */
    public AuditQuery from(Instant time) {
        return new AuditQuery(models, actor, kinds, Optional.of(time), until, fromCommit);
    }

    /** Selects what was done before a time. */
    public AuditQuery until(Instant time) {
        return new AuditQuery(models, actor, kinds, from, Optional.of(time), fromCommit);
    }

    /** Leaves out what was done before a commit, for the page after another. */
    public AuditQuery fromCommit(long number) {
        return new AuditQuery(models, actor, kinds, from, until, number);
    }
}
