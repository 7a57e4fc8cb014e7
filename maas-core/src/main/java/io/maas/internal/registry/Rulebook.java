package io.maas.internal.registry;

import io.maas.error.ConflictException;
import io.maas.error.DeniedException;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.NotFoundException;
import io.maas.internal.log.Op;
import io.maas.model.ModelName;
import io.maas.model.Names;
import io.maas.model.TrustKey;
import io.maas.repository.AccessGrant;
import io.maas.repository.AccessKey;
import io.maas.repository.ChangeOptions;
import io.maas.repository.Commit;
import io.maas.repository.Governance;
import io.maas.repository.ModelVersion;
import io.maas.repository.Policy;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Policies, keys, approvals and holds. */
final class Rulebook implements Governance {
    /** Keys are part of the state, which every host holds in memory. */
    private static final int LONGEST_PEM = 32 << 10;

    private final Changes changes;

    Rulebook(Changes changes) {
        this.changes = changes;
    }

    @Override
    public Commit setPolicy(Policy policy, ChangeOptions options) {
        return set(Optional.empty(), policy, options);
    }

    @Override
    public Commit setPolicy(ModelName name, Policy policy, ChangeOptions options) {
        return set(Optional.of(name), policy, options);
    }

    private Commit set(Optional<ModelName> name, Policy policy, ChangeOptions options) {
        changes.requireWritable("set a policy");
        Policy logged = policy.heldBy(changes.logged(policy.holders()));
        List<String> intent = List.of("policy", name.map(ModelName::value).orElse(""), logged.toString());
        return changes.make(intent, options, draft -> Changes.write(new Op.SetPolicy(name, Optional.of(logged))));
    }

    @Override
    public Commit removePolicy(ModelName name, ChangeOptions options) {
        changes.requireWritable("remove the policy of " + name);
        return changes.make(List.of("policy", name.value(), "none"), options, draft -> {
            if (!draft.common().policies().containsKey(name)) {
                throw unknown("remove the policy of " + name, "it has none of its own", "look at the one for all");
            }
            return Changes.write(new Op.SetPolicy(Optional.of(name), Optional.empty()));
        });
    }

    @Override
    public Commit trust(TrustKey key, ChangeOptions options) {
        changes.requireWritable("trust the key " + key.id());
        if (key.pem().length() > LONGEST_PEM) {
            throw new InvalidInputException(
                    ErrorCode.BAD_KEY,
                    "trust the key " + key.id(),
                    "its text has " + key.pem().length() + " characters",
                    "use a certificate of " + LONGEST_PEM + " characters or fewer");
        }
        return changes.make(List.of("trust", key.toString()), options, draft -> {
            if (draft.common().keys().containsKey(key.id())) {
                throw new ConflictException(
                        ErrorCode.STALE,
                        "trust the key " + key.id(),
                        "it is trusted already, as '"
                                + Names.shown(
                                        draft.common().keys().get(key.id()).name()) + "'",
                        "distrust it first to trust it in other terms");
            }
            return Changes.write(new Op.Trust(key));
        });
    }

    @Override
    public Commit distrust(String keyId, ChangeOptions options) {
        changes.requireWritable("distrust a key");
        return changes.make(List.of("distrust", keyId), options, draft -> {
            if (!draft.common().keys().containsKey(keyId)) {
                throw unknown(
                        "distrust a key",
                        "no key '" + Names.shown(keyId) + "' is trusted",
                        "use one of " + draft.common().keys().keySet());
            }
            return Changes.write(new Op.Distrust(keyId));
        });
    }

    @Override
    public Commit grant(AccessKey key, ChangeOptions options) {
        String doing = "grant the access key " + key.id();
        changes.requireWritable(doing);
        return changes.make(List.of("grant", key.toString()), options, draft -> {
            AccessGrant there = draft.common().grants().get(key.id());
            if (there != null) {
                throw new ConflictException(
                        ErrorCode.STALE,
                        doing,
                        "it is granted already, as '" + Names.shown(there.key().label()) + "'",
                        "revoke it first to grant it in other terms");
            }
            return Changes.write(new Op.Grant(key));
        });
    }

    @Override
    public Commit revoke(String keyId, ChangeOptions options) {
        changes.requireWritable("revoke an access key");
        return changes.make(List.of("revoke", keyId), options, draft -> {
            if (!draft.common().grants().containsKey(keyId)) {
                throw unknown(
                        "revoke an access key",
                        "there is no key '" + Names.shown(keyId) + "'",
                        "look at accessKeys() for those that there are");
            }
            return Changes.write(new Op.Revoke(keyId));
        });
    }

    @Override
    public Commit approve(ModelVersion version, ChangeOptions options) {
        return approval(version, options, true);
    }

    @Override
    public Commit withdrawApproval(ModelVersion version, ChangeOptions options) {
        return approval(version, options, false);
    }

    private Commit approval(ModelVersion version, ChangeOptions options, boolean approve) {
        String doing = (approve ? "approve " : "withdraw the approval of ") + version;
        changes.requireWritable(doing);
        Changes.Who who = changes.who(options);
        List<String> intent = List.of(
                "approve",
                version.name().value(),
                version.version(),
                version.digest().hex(),
                Boolean.toString(approve),
                who.actor());
        return changes.make(intent, options, draft -> {
            ModelState model = draft.model(version.name()).orElseThrow(() -> Unknown.model(version.name(), List.of()));
            VersionState state = Moves.found(model, version);
            Optional<Commit> there = state.approvals().stream()
                    .filter(approval -> who.names().contains(approval.actor()))
                    .findFirst();
            return approve
                    ? approve(draft, state, version, who, there)
                    : withdraw(
                            state,
                            version,
                            there.orElseThrow(() ->
                                    unknown(doing, who.actor() + " did not approve it", "name the actor who did")));
        });
    }

    private static Proposal.Decision<Commit> approve(
            Draft draft, VersionState state, ModelVersion version, Changes.Who who, Optional<Commit> there) {
        if (there.isPresent()) {
            return Changes.already(there.get());
        }
        requireNotOwn(draft, state, version, who.names());
        return Changes.write(new Op.Approve(version.name(), state.version(), state.digest(), true, Optional.empty()));
    }

    private static Proposal.Decision<Commit> withdraw(VersionState state, ModelVersion version, Commit there) {
        return Changes.write(
                new Op.Approve(version.name(), state.version(), state.digest(), false, Optional.of(there.actor())));
    }

    /** Under whichever name: the log may be older than the use of pseudonyms. */
    private static void requireNotOwn(Draft draft, VersionState state, ModelVersion version, Set<String> actor) {
        boolean own = actor.contains(state.registeredBy());
        if (own && draft.common().policyFor(version.name()).author() == Policy.Author.MAY_NOT_APPROVE) {
            throw new DeniedException(
                    ErrorCode.OWN_APPROVAL,
                    "approve " + version,
                    state.registeredBy() + " registered it",
                    "ask somebody else, or let authors approve in the policy");
        }
    }

    @Override
    public Commit hold(ModelName name, ChangeOptions options) {
        changes.requireWritable("put " + name + " on hold");
        return changes.make(List.of("hold", name.value()), options, draft -> {
            ModelState model = draft.model(name).orElseThrow(() -> Unknown.model(name, List.of()));
            return model.hold().map(Changes::already).orElseGet(() -> Changes.write(new Op.Hold(name, true)));
        });
    }

    @Override
    public Commit unhold(ModelName name, ChangeOptions options) {
        String doing = "take " + name + " off hold";
        changes.requireWritable(doing);
        Changes.Who who =
                changes.who(options.despiteHold()); // taking it off is what those who may would have to say anyway
        return changes.make(List.of("unhold", name.value()), options, draft -> {
            ModelState model = draft.model(name).orElseThrow(() -> Unknown.model(name, List.of()));
            if (model.hold().isEmpty()) {
                throw new ConflictException(ErrorCode.STALE, doing, "it is not on hold", "there is nothing to do");
            }
            Changes.requireNoHold(draft, model, who, doing);
            return Changes.write(new Op.Hold(name, false));
        });
    }

    private static NotFoundException unknown(String doing, String why, String remedy) {
        return new NotFoundException(ErrorCode.UNKNOWN_RECORD, doing, why, remedy);
    }
}
