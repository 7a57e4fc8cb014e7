package io.maas.model;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A key, or a certificate authority, whose signatures on packages are trusted. A plain value: its name, its text and its
 * two instants say everything.
 *
 * <pre>{@code
 * TrustKey release = TrustKey.of("release team", Files.readString(Path.of("release.pub.pem")));
 * }</pre>
 *
 * @param name what people call it; 1 to 200 characters
 * @param pem the public key or the certificate, written in one way however it was given
 * @param from when the trust begins, if it ever did not hold
 * @param until when the trust has ended, if it ends
 */
public record TrustKey(String name, String pem, Optional<Instant> from, Optional<Instant> until) {
    private static final String PUBLIC_KEY = "PUBLIC KEY";
    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String REMEDY =
            "give a PEM file with a public EC key on P-256, P-384 or P-521, or with the certificate of an authority";
    private static final int MAX_NAME = 200;
    private static final int KEY_CERT_SIGN = 5;

    /** What a trusted thing is. */
    public enum Kind {
        /** A key that signs packages. */
        PUBLIC_KEY,
        /** An authority, root or intermediate, that certifies keys which sign packages. */
        CERTIFICATE
    }

    /**
     * Checks the key.
     *
     * @throws InvalidInputException {@link ErrorCode#BAD_KEY} if the text is not exactly one public EC key on P-256, P-384
     *     or P-521, or one certificate of an authority (whose own key may be of any kind), or if the window is empty;
     *     {@link ErrorCode#INVALID_NAME} if the name is blank, too long, or has control characters
     */
    public TrustKey {
        if (name.isBlank() || name.length() > MAX_NAME || name.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_NAME,
                    "trust a key",
                    "its name is blank, too long or has control characters, '" + Names.shown(name) + "'",
                    "use 1 to " + MAX_NAME + " characters");
        }
        if (from.isPresent() && until.isPresent() && !from.get().isBefore(until.get())) {
            throw refused("the trust would end at " + until.get() + " and begin at " + from.get(), "swap the two");
        }
        pem = normal(pem);
    }

    /** Returns a key or an authority that is always trusted. */
    public static TrustKey of(String name, String pem) {
        return new TrustKey(name, pem, Optional.empty(), Optional.empty());
    }

    /** Returns a public key that is always trusted. */
    public static TrustKey of(String name, PublicKey key) {
        return of(name, text(key));
    }

    /** Returns the same, trusted from {@code from} on. */
    public TrustKey trustedFrom(Instant from) {
        return new TrustKey(name, pem, Optional.of(from), until);
    }

    /** Returns the same, not trusted any more at {@code until} and later. */
    public TrustKey trustedUntil(Instant until) {
        return new TrustKey(name, pem, from, Optional.of(until));
    }

    private static String normal(String text) {
        List<Pem> blocks = Pem.readAll(text);
        for (Pem block : blocks) {
            if (block.label().endsWith("PRIVATE KEY")) {
                throw refused(
                        "it is a private key, which should never leave its owner",
                        "give the public key, as 'openssl pkey -pubout' prints it");
            }
        }
        if (blocks.size() > 1) {
            throw refused("it has " + blocks.size() + " keys or certificates", "trust each by itself");
        }
        Pem block = blocks.get(0);
        return switch (block.label()) {
            case PUBLIC_KEY -> text(publicKey(block.der()));
            case CERTIFICATE -> text(authority(block.der()));
            default -> throw refused("it is neither a public key nor a certificate, but " + block.label(), REMEDY);
        };
    }

    private static String text(PublicKey key) {
        SigningCurve.of(key);
        return Pem.of(PUBLIC_KEY, key.getEncoded()).text();
    }

    private static String text(X509Certificate certificate) {
        boolean[] usage = certificate.getKeyUsage();
        if (certificate.getBasicConstraints() < 0 || (usage != null && !usage[KEY_CERT_SIGN])) {
            throw refused(
                    "the certificate may not certify others, '"
                            + Names.shown(certificate.getSubjectX500Principal().getName()) + "'",
                    "give the certificate of the authority that issued it, or the public key alone");
        }
        return Pem.of(CERTIFICATE, encoded(certificate)).text();
    }

    /** The other algorithms are tried so that the message can tell what was given. */
    private static PublicKey publicKey(byte[] der) {
        return Stream.of("EC", "RSA", "EdDSA", "DSA", "XDH")
                .flatMap(algorithm -> publicKey(der, algorithm).stream())
                .findFirst()
                .orElseThrow(() ->
                        refused("the public key is damaged, or of a kind or curve that is not supported", REMEDY));
    }

    private static Optional<PublicKey> publicKey(byte[] der, String algorithm) {
        try {
            return Optional.of(KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(der)));
        } catch (InvalidKeySpecException e) {
            return Optional.empty(); // a key of another kind
        } catch (GeneralSecurityException e) {
            throw refused("this Java has no " + algorithm + " keys", "run with the module jdk.crypto.ec", e);
        }
    }

    private static X509Certificate authority(byte[] der) {
        try {
            X509Certificate certificate = (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
            if (Arrays.equals(certificate.getEncoded(), der)) {
                return certificate;
            }
        } catch (CertificateException e) {
            throw refused("the certificate is damaged", REMEDY, e);
        }
        throw refused("something follows the certificate", REMEDY);
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateException e) {
            throw refused("the certificate is damaged", REMEDY, e);
        }
    }

    private static InvalidInputException refused(String why, String remedy) {
        return new InvalidInputException(ErrorCode.BAD_KEY, "trust a key", why, remedy);
    }

    private static InvalidInputException refused(String why, String remedy, Exception cause) {
        return new InvalidInputException(ErrorCode.BAD_KEY, "trust a key", why, remedy, cause);
    }

    private Pem block() {
        return Pem.readAll(pem).get(0);
    }

    /**
     * Returns the identity: the SHA-256 of the DER SubjectPublicKeyInfo, or of the DER certificate, as 64 lower-case
     * hexadecimal digits.
     */
    public String id() {
        return Digest.of(block().der()).hex();
    }

    /** Returns what it is. */
    public Kind kind() {
        return block().label().equals(PUBLIC_KEY) ? Kind.PUBLIC_KEY : Kind.CERTIFICATE;
    }

    /** Returns the key itself, or the authority's. */
    public PublicKey publicKey() {
        return certificate().map(X509Certificate::getPublicKey).orElseGet(() -> publicKey(block().der()));
    }

    /** Returns the authority's certificate, if it is one. */
    public Optional<X509Certificate> certificate() {
        return kind() == Kind.CERTIFICATE ? Optional.of(authority(block().der())) : Optional.empty();
    }

    /** Returns whether the trust holds at {@code instant}. A certificate has its own validity besides. */
    public boolean isTrustedAt(Instant instant) {
        return from.map(begin -> !instant.isBefore(begin)).orElse(true)
                && until.map(instant::isBefore).orElse(true);
    }
}
