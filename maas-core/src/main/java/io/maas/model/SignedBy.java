package io.maas.model;

import java.util.Optional;

/**
 * Who signed a package, as a verified signature tells.
 *
 * @param trusted what made the signature trusted: the key itself, or the authority that certified it
 * @param keyId the SHA-256 of the signing key's DER SubjectPublicKeyInfo, as 64 lower-case hexadecimal digits
 * @param subject whom the signing certificate names (RFC 2253), if there is one
 */
public record SignedBy(TrustKey trusted, String keyId, Optional<String> subject) {}
