package io.maas.repository;

import io.maas.model.Digest;
import java.time.Instant;

/**
 * The newest commit of a registry's log, at some time. Its digest vouches for every commit before it.
 *
 * @param registry the registry: the digest of the document that its first commit follows on
 * @param commit the number of the commit; -1 if there is none yet
 * @param digest the digest of the commit; of the registry's document if there is none
 * @param time when the commit was made; the epoch if there is none
 */
public record LogHead(Digest registry, long commit, Digest digest, Instant time) {}
