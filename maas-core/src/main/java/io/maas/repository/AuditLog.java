package io.maas.repository;

import io.maas.error.InvalidInputException;
import io.maas.error.NotFoundException;
import io.maas.error.UnavailableException;
import io.maas.model.ModelName;
import io.maas.model.TrustKey;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Collection;

/**
 * The log of everything that was ever changed, by whom, when and why: what the registry is, not what it writes about itself.
 * Each commit names the digest of the one before, so nothing can be changed or taken out unnoticed. What the chain cannot
 * show is a tail that was cut off, together with the hint of it; a signed head can, see {@link #verify(String, Collection,
 * Instant)}.
 *
 * <p>Reading asks the store. Every method throws {@link UnavailableException} if it does not answer, and all but {@link
 * #verify()} {@link InvalidInputException} with {@link io.maas.error.ErrorCode#BROKEN_CHAIN} where what they read is
 * damaged. Thread-safe.
 */
public interface AuditLog {
    /**
     * Returns entries, oldest first.
     *
     * @param limit about how many, 1 or more: a commit is never split
     * @throws InvalidInputException if the limit is less
     */
    AuditPage entries(AuditQuery query, int limit);

    /**
     * Writes all entries that a query selects, up to the newest commit at this moment. The stream is neither flushed nor
     * closed; a bounded part of the log is in memory at a time.
     *
     * @return how many were written
     * @throws IOException if the stream fails
     */
    long export(AuditQuery query, AuditFormat format, OutputStream out) throws IOException;

    /** Returns the newest commit that this process knows, for {@code io.maas.Attestations} to sign. */
    LogHead head();

    /**
     * Reads the whole log and checks it: that each commit follows on the one before, that time never goes back, that every
     * operation could be made when it was, and that the copies from which hosts start and catch up say the same. The
     * first commit that is wrong is named.
     */
    LogVerification verify();

    /**
     * Checks that the log still extends a head that was attested: that the commit is there with the same digest, and that
     * what came since follows on it.
     *
     * @param attestation what {@code io.maas.Attestations} made, kept where those who write the store cannot
     * @param trusted whose signatures count
     * @param at the time at which their keys must be trusted, and certificates valid
     * @throws InvalidInputException {@link io.maas.error.ErrorCode#BROKEN_CHAIN} if the log was cut, changed or replaced
     *     since; {@link io.maas.error.ErrorCode#SIGNATURE_MALFORMED}, {@link
     *     io.maas.error.ErrorCode#SIGNATURE_UNSUPPORTED}, {@link io.maas.error.ErrorCode#SIGNATURE_INVALID}, {@link
     *     io.maas.error.ErrorCode#SIGNER_UNTRUSTED} or {@link io.maas.error.ErrorCode#CERTIFICATE_EXPIRED} if the
     *     attestation does not count
     */
    AttestedHead verify(String attestation, Collection<TrustKey> trusted, Instant at);

    /**
     * Puts together what is known about a model for those who have to answer for it.
     *
     * @throws NotFoundException if there never was such a model
     */
    ComplianceReport complianceReport(ModelName name);
}
