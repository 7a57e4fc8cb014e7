package io.maas;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.internal.signing.LocalSigner;
import io.maas.internal.signing.PrivateKeys;
import io.maas.model.Names;
import io.maas.model.Pem;
import io.maas.model.SigningCurve;
import io.maas.spi.Signer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.KeyStore.PrivateKeyEntry;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Signers with keys that this JVM can use. For a key that it cannot, implement {@link Signer}.
 *
 * <pre>{@code
 * Signer signer = Signers.ofPem(Path.of("release.key.pem"));
 * Packages.sign(Path.of("digits"), signer);
 * }</pre>
 *
 * <p>Keys are EC keys on P-256, P-384 or P-521: all methods throw {@link InvalidInputException} with {@link
 * ErrorCode#BAD_KEY} for others. No message, and no {@code toString}, shows anything of a private key.
 */
public final class Signers {
    private Signers() {}

    /** Returns a signer with a pair of keys. Verifiers have to trust the public one. */
    public static Signer of(KeyPair keys) {
        return new LocalSigner(keys.getPrivate(), keys.getPublic(), List.of());
    }

    /**
     * Returns a signer with a private key from a PEM file in PKCS#8. Verifiers have to trust its public key.
     *
     * @param privateKey what {@code openssl genpkey} or {@code openssl pkcs8 -topk8 -nocrypt} writes
     */
    public static Signer ofPem(Path privateKey) {
        return ofPem(privateKey, new char[0]);
    }

    /**
     * Returns a signer with an encrypted private key from a PEM file in PKCS#8. Verifiers have to trust its public key.
     *
     * @param privateKey what {@code openssl pkcs8 -topk8} writes
     * @param password what it is encrypted with, borrowed for the call
     */
    public static Signer ofPem(Path privateKey, char[] password) {
        return of(PrivateKeys.read(text(privateKey), password));
    }

    /**
     * Returns a signer with a private key of a key store and the certificates that stand there with it. The key may be one
     * that the store's provider never hands out. Verifiers have to trust the authority that certified it.
     *
     * @param alias the name of the key in the store
     * @param password what protects the key, borrowed for the call
     */
    public static Signer of(KeyStore store, String alias, char[] password) {
        try {
            // given a password, getEntry throws UnsupportedOperationException where there is a certificate
            if (store.isKeyEntry(alias)
                    && store.getEntry(alias, new KeyStore.PasswordProtection(password))
                            instanceof PrivateKeyEntry entry) {
                List<X509Certificate> certificates = Stream.of(entry.getCertificateChain())
                        .map(X509Certificate.class::cast)
                        .toList();
                return new LocalSigner(
                        entry.getPrivateKey(), entry.getCertificate().getPublicKey(), certificates);
            }
            throw refused("the key store has no private key '" + Names.shown(alias) + "'", "give another alias");
        } catch (GeneralSecurityException e) {
            throw refused("the key '" + Names.shown(alias) + "' cannot be read", "check the store and the password", e);
        }
    }

    /**
     * Returns {@code signer} with certificates for its key. Verifiers have to trust one of the authorities, not the key.
     *
     * @param chain a PEM file with the certificate of the signer's key first, then those of the authorities
     */
    public static Signer certified(Signer signer, Path chain) {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Pem block : Pem.readAll(text(chain))) {
            certificates.add(certificate(block));
        }
        if (!certificates.get(0).getPublicKey().equals(signer.publicKey())) {
            throw refused(
                    "the first certificate in '" + chain + "' is not that of the signer's key",
                    "put the certificate of the key first");
        }
        SigningCurve.of(signer.publicKey());
        return new Certified(signer, List.copyOf(certificates));
    }

    private record Certified(Signer signer, List<X509Certificate> certificates) implements Signer {
        @Override
        public byte[] sign(byte[] message) {
            return signer.sign(message);
        }

        @Override
        public PublicKey publicKey() {
            return signer.publicKey();
        }
    }

    private static X509Certificate certificate(Pem block) {
        if (!block.label().equals("CERTIFICATE")) {
            throw refused("a certificate is expected, found " + block.label(), "leave everything else out of the file");
        }
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(block.der()));
        } catch (CertificateException e) {
            throw refused("a certificate is damaged", "get the certificate again from the authority", e);
        }
    }

    private static String text(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            // one byte more than may be, so that reading the text refuses a longer file; bytes outside ASCII stay apart
            return new String(in.readNBytes(Pem.MAX_LENGTH + 1), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw refused(
                    "the file '" + file + "' cannot be read, " + Names.shown(e.toString()),
                    "check that it exists and that this process may read it",
                    e);
        }
    }

    private static InvalidInputException refused(String why, String remedy) {
        return new InvalidInputException(ErrorCode.BAD_KEY, "make a signer", why, remedy);
    }

    private static InvalidInputException refused(String why, String remedy, Exception cause) {
        return new InvalidInputException(ErrorCode.BAD_KEY, "make a signer", why, remedy, cause);
    }
}
