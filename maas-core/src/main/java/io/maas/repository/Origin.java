package io.maas.repository;

import io.maas.model.Digest;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is known of a version from the registry that it came from, as of when it was taken from there. It is evidence, not
 * authority: approvals and reports of another registry do not count in this one. Whoever brought the version here vouches
 * for it, in the commit that did.
 *
 * @param registry the identity of that registry: the digest that its first commit follows on
 * @param head the newest commit of that registry at the time
 * @param headDigest the digest of that commit, which vouches for all before it
 * @param version the version as it was there: its label, and when and by whom it was registered
 * @param reason why it was registered, if that was said
 * @param standing where it was in its life
 * @param approvals the approvals that stood
 * @param moves the latest moves of aliases to it and away from it, at most 64 for each alias, oldest first
 * @param reports what the gate found when it was last published, by alias
 * @param earlier where that registry had it from, if it came there from another one; at most 8 are kept
 */
public record Origin(
        Digest registry,
        long head,
        Digest headDigest,
        ModelVersion version,
        Optional<String> reason,
        Standing standing,
        List<Commit> approvals,
        List<AliasMove> moves,
        Map<String, GateReport> reports,
        Optional<Origin> earlier) {
    /** Copies the collections. */
    public Origin {
        approvals = List.copyOf(approvals);
        moves = List.copyOf(moves);
        reports = Collections.unmodifiableMap(new TreeMap<>(reports));
    }
}
