package io.maas.repository;

import io.maas.model.SignedBy;

/**
 * What a verified attestation says.
 *
 * @param head the newest commit when it was signed
 * @param signedBy who signed it
 */
public record AttestedHead(LogHead head, SignedBy signedBy) {}
