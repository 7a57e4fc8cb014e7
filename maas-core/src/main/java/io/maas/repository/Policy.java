package io.maas.repository;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Names;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What has to hold before a version is published. A policy is part of the registry: it is set by a commit, for one model or
 * for all that have none of their own. Immutable: each method returns a copy.
 *
 * <p>Whatever the policy, a version is published only if its files are whole, its content passes the rules for packages, a
 * signature that it has is sound, and its engine passes its self-tests.
 *
 * @param aliases the aliases that the rest is asked for; publishing to others asks for nothing more
 * @param approvals how many actors must have approved the version
 * @param author whether the actor who registered a version counts among them
 * @param signers ids of trusted keys, one of which must have signed the package; empty if it need not be signed
 * @param licenses the SPDX expressions that are accepted; empty if any or none will do
 * @param cardSections headings that the model card must have, compared without case; empty if it need not have a card
 * @param compatibility what may change for callers
 * @param holders the actors who may change models on hold, beside those who put them there
 * @param keepUnpublished how many of the newest versions that nobody needs are kept by {@link Maintenance#retire}; empty if
 *     all are
 */
public record Policy(
        Set<String> aliases,
        int approvals,
        Author author,
        Set<String> signers,
        Set<String> licenses,
        Set<String> cardSections,
        Compatibility compatibility,
        Set<String> holders,
        OptionalInt keepUnpublished) {
    /** Whether authors may approve their own work. */
    public enum Author {
        /** They may not, and such an approval is refused. */
        MAY_NOT_APPROVE,
        /** They may. */
        MAY_APPROVE
    }

    /** What may change for callers. */
    public enum Compatibility {
        /** Anything; what breaks callers is told. */
        ANY,
        /** Nothing that breaks callers of the version published now. */
        COMPATIBLE
    }

    private static final int MOST = 10_000;
    private static final int LONGEST = 256;

    /** Copies the sets and checks them. */
    public Policy {
        aliases = copy("aliases", aliases);
        signers = copy("signers", signers);
        licenses = copy("licenses", licenses);
        cardSections = copy("cardSections", cardSections);
        holders = copy("holders", holders);
        aliases.forEach(Names::alias);
        atLeastZero("approvals", approvals);
        keepUnpublished.ifPresent(kept -> atLeastZero("keepUnpublished", kept));
    }

    private static Set<String> copy(String what, Set<String> values) {
        if (values.size() > MOST) {
            throw bad(what + " has " + values.size() + " entries", "use " + MOST + " or fewer");
        }
        for (String value : values) {
            if (value.isBlank() || value.length() > LONGEST) {
                throw bad(
                        what + " has an entry of " + value.length() + " characters, '" + Names.shown(value) + "'",
                        "use 1 to " + LONGEST + " characters");
            }
        }
        return Collections.unmodifiableSet(new LinkedHashSet<>(values));
    }

    private static void atLeastZero(String what, int value) {
        if (value < 0) {
            throw bad(what + " is " + value, "use 0 or more");
        }
    }

    private static InvalidInputException bad(String why, String remedy) {
        return new InvalidInputException(ErrorCode.BAD_SETTING, "make a policy", why, remedy);
    }

    /** Returns the policy of a registry that was told none: it asks for nothing. */
    public static Policy open() {
        return new Policy(
                Set.of(Names.PRODUCTION),
                0,
                Author.MAY_NOT_APPROVE,
                Set.of(),
                Set.of(),
                Set.of(),
                Compatibility.ANY,
                Set.of(),
                OptionalInt.empty());
    }

    /** Guards these aliases. Default: {@code production}. */
    public Policy guarding(String... names) {
        return new Policy(
                set(names),
                approvals,
                author,
                signers,
                licenses,
                cardSections,
                compatibility,
                holders,
                keepUnpublished);
    }

    /** Asks for this many approvals. */
    public Policy approvals(int least) {
        return new Policy(
                aliases, least, author, signers, licenses, cardSections, compatibility, holders, keepUnpublished);
    }

    /** Lets authors approve their own work. */
    public Policy authorMayApprove() {
        return new Policy(
                aliases,
                approvals,
                Author.MAY_APPROVE,
                signers,
                licenses,
                cardSections,
                compatibility,
                holders,
                keepUnpublished);
    }

    /** Asks for a signature by one of these trusted keys, named by their ids. */
    public Policy signedBy(String... keyIds) {
        return new Policy(
                aliases,
                approvals,
                author,
                set(keyIds),
                licenses,
                cardSections,
                compatibility,
                holders,
                keepUnpublished);
    }

    /** Asks for one of these licences, as SPDX expressions. */
    public Policy licensedUnder(String... spdx) {
        return new Policy(
                aliases, approvals, author, signers, set(spdx), cardSections, compatibility, holders, keepUnpublished);
    }

    /** Asks for a model card with these headings. */
    public Policy cardWith(String... sections) {
        return new Policy(
                aliases, approvals, author, signers, licenses, set(sections), compatibility, holders, keepUnpublished);
    }

    /** Refuses what breaks callers of the version published now. */
    public Policy compatibleOnly() {
        return new Policy(
                aliases,
                approvals,
                author,
                signers,
                licenses,
                cardSections,
                Compatibility.COMPATIBLE,
                holders,
                keepUnpublished);
    }

    /** Lets these actors change models on hold. */
    public Policy heldBy(String... actors) {
        return new Policy(
                aliases,
                approvals,
                author,
                signers,
                licenses,
                cardSections,
                compatibility,
                set(actors),
                keepUnpublished);
    }

    /**
     * Keeps this many of the newest versions that no alias needs, now or to roll back to, and no other version. Those that
     * were rolled back or unpublished are among them.
     */
    public Policy keepUnpublished(int versions) {
        return new Policy(
                aliases,
                approvals,
                author,
                signers,
                licenses,
                cardSections,
                compatibility,
                holders,
                OptionalInt.of(versions));
    }

    private static Set<String> set(String... values) {
        return new LinkedHashSet<>(List.of(values));
    }
}
