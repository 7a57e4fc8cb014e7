/**
 * Signatures on packages, in the format of OpenSSF Model Signing v1.0: a sigstore bundle with a DSSE envelope around an
 * in-toto statement that lists every file. Heads of logs are signed in the same form. Made and
 * verified with the JDK's own cryptography, without any network.
 *
 * <p>Read {@link io.maas.internal.signing.SignatureVerifier} first. All types are thread-safe.
 */
package io.maas.internal.signing;
