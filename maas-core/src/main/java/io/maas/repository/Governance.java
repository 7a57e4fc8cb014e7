package io.maas.repository;

import io.maas.error.ConflictException;
import io.maas.error.DeniedException;
import io.maas.error.NotFoundException;
import io.maas.model.ModelName;
import io.maas.model.TrustKey;

/**
 * Who may do what to which models: policies, trusted keys, access keys, approvals and holds. All of it is part of the registry, set by
 * commits, and the same for every host. An approval or a hold that stands already is not made again: its commit is returned.
 *
 * <p>Actors are names that the host vouches for; nothing here authenticates anybody. Access keys are for whoever asks from
 * elsewhere: what serves the platform over a network checks them, and calls within this process need none. Throws as {@link ModelRepository}
 * does. Thread-safe.
 */
public interface Governance {
    /** Sets the policy for all models that have none of their own. */
    Commit setPolicy(Policy policy, ChangeOptions options);

    /** Sets a model's own policy, in place of the one for all. The model need not exist yet. */
    Commit setPolicy(ModelName name, Policy policy, ChangeOptions options);

    /**
     * Removes a model's own policy, so that the one for all holds.
     *
     * @throws NotFoundException if it has none
     */
    Commit removePolicy(ModelName name, ChangeOptions options);

    /**
     * Trusts a key.
     *
     * @throws ConflictException if a key with this id is trusted in other terms; distrust it first
     */
    Commit trust(TrustKey key, ChangeOptions options);

    /**
     * Trusts a key no longer. What it signed before stays published, and is not published again.
     *
     * @throws NotFoundException if it is not trusted
     */
    Commit distrust(String keyId, ChangeOptions options);

    /**
     * Lets the bearer of a secret use the platform from elsewhere.
     *
     * @throws ConflictException if there is a key with this id; revoke it first
     */
    Commit grant(AccessKey key, ChangeOptions options);

    /**
     * Lets the bearer of a key in no longer: at once where it is revoked, and elsewhere when hosts learn of the commit.
     *
     * @throws NotFoundException if there is no such key
     */
    Commit revoke(String keyId, ChangeOptions options);

    /**
     * Approves a version in the name of the options' actor. It stands until it is withdrawn.
     *
     * @throws DeniedException {@link io.maas.error.ErrorCode#OWN_APPROVAL} if the actor registered the version and the
     *     model's policy does not let authors approve
     */
    Commit approve(ModelVersion version, ChangeOptions options);

    /**
     * Withdraws the approval of the options' actor.
     *
     * @throws NotFoundException if the actor did not approve the version
     */
    Commit withdrawApproval(ModelVersion version, ChangeOptions options);

    /**
     * Puts a model on hold: its aliases stay where they are, and so do its versions in their life, but for an
     * actor who may and who says so with {@link ChangeOptions#despiteHold()}. Versions may still be registered and approved.
     */
    Commit hold(ModelName name, ChangeOptions options);

    /**
     * Takes a model off hold.
     *
     * @throws DeniedException {@link io.maas.error.ErrorCode#ON_HOLD} if the actor did not put it there and is none of the
     *     policy's {@linkplain Policy#holders() holders}
     * @throws ConflictException if it is not on hold
     */
    Commit unhold(ModelName name, ChangeOptions options);
}
