package io.maas.internal.signing;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.internal.bundle.Bundle;
import io.maas.internal.bundle.BundleFile;
import io.maas.internal.signing.Envelope.SignerClaim;
import io.maas.model.Digest;
import io.maas.model.Names;
import io.maas.model.Pem;
import io.maas.model.SignedBy;
import io.maas.model.SigningCurve;
import io.maas.model.TrustKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Verifies signatures of packages: who signed, and that every file is what was signed. */
public final class SignatureVerifier {
    private static final String DOING = "verify the signature";
    private static final String TRUST = "have it signed by somebody trusted, or trust the signer's key";

    private SignatureVerifier() {}

    /**
     * Verifies the signature that a package carries.
     *
     * @throws InvalidInputException {@link ErrorCode#SIGNATURE_MISSING} if it has none; others as below
     */
    public static SignedBy verify(Bundle bundle, Collection<TrustKey> trusted, Instant at) {
        Map<String, Digest> files = new HashMap<>();
        bundle.files().forEach(file -> files.put(file.path(), file.digest()));
        BundleFile signature = bundle.files().stream()
                .filter(file -> file.path().equals(Bundle.SIGNATURE))
                .findFirst()
                .orElseThrow(SignatureVerifier::missing);
        return verify(content(signature), files, trusted, at);
    }

    /**
     * Verifies a signature over files that were checked as those of a package.
     *
     * @param signature the bytes of {@code model.sig}
     * @param files the digest of every file by its path, {@code maas.json} among them; {@code model.sig} may be
     * @param trusted whose signatures count
     * @param at the time at which keys must be trusted and certificates valid
     * @throws InvalidInputException {@link ErrorCode#SIGNATURE_MALFORMED}, {@link ErrorCode#SIGNATURE_UNSUPPORTED}, {@link
     *     ErrorCode#SIGNATURE_INVALID}, {@link ErrorCode#SIGNATURE_MISMATCH}, {@link ErrorCode#SIGNER_UNTRUSTED} or {@link
     *     ErrorCode#CERTIFICATE_EXPIRED}
     */
    public static SignedBy verify(
            byte[] signature, Map<String, Digest> files, Collection<TrustKey> trusted, Instant at) {
        Envelope envelope = EnvelopeCodec.read(signature, Envelope.Kind.PACKAGE);
        SignedBy who = signer(envelope, trusted, at);
        // not before the signature holds: what is parsed from here on was written by somebody trusted
        StatementCodec.read(envelope.payload()).requireSame(files);
        return who;
    }

    /** Returns who signed, if that is somebody trusted. */
    static SignedBy signer(Envelope envelope, Collection<TrustKey> trusted, Instant at) {
        return envelope.signer() instanceof SignerClaim.Key key
                ? byKey(envelope, key, trusted, at)
                : byCertificate(envelope, (SignerClaim.Certified) envelope.signer(), trusted, at);
    }

    private static SignedBy byKey(Envelope envelope, SignerClaim.Key claim, Collection<TrustKey> trusted, Instant at) {
        List<TrustKey> named = trusted.stream()
                .filter(key -> key.kind() == TrustKey.Kind.PUBLIC_KEY)
                .filter(key -> claim.hint().map(hint(key.publicKey())::equals).orElse(true))
                .toList();
        if (named.isEmpty()) {
            throw untrusted(claim.hint()
                    .map(hint -> "no trusted key has the hint '" + Names.shown(hint) + "'")
                    .orElse("no key is trusted"));
        }
        List<TrustKey> current =
                named.stream().filter(key -> key.isTrustedAt(at)).toList();
        if (current.isEmpty()) {
            throw untrusted("the key '" + named.get(0).name() + "' is not trusted at " + at);
        }
        for (TrustKey key : current) {
            if (holds(envelope, key.publicKey())) {
                return new SignedBy(key, key.id(), Optional.empty());
            }
        }
        if (claim.hint().isEmpty()) {
            throw untrusted("none of the " + current.size() + " trusted keys made it, and it names none");
        }
        throw invalid("the key '" + current.get(0).name() + "'");
    }

    private static SignedBy byCertificate(
            Envelope envelope, SignerClaim.Certified claim, Collection<TrustKey> trusted, Instant at) {
        TrustKey authority = new CertificateTrust(trusted, at).require(claim.chain());
        X509Certificate leaf = claim.chain().get(0);
        String subject = leaf.getSubjectX500Principal().getName();
        if (!holds(envelope, leaf.getPublicKey())) {
            throw invalid("the certificate of '" + Names.shown(subject) + "'");
        }
        return new SignedBy(
                authority, Digest.of(leaf.getPublicKey().getEncoded()).hex(), Optional.of(subject));
    }

    private static boolean holds(Envelope envelope, PublicKey key) {
        return holds(key, Envelope.signedBytes(envelope.kind(), envelope.payload()), envelope.signature());
    }

    /** Returns whether {@code key} made a signature over a message. */
    static boolean holds(PublicKey key, byte[] message, byte[] signature) {
        SigningCurve curve = SigningCurve.find(key)
                .orElseThrow(() -> EnvelopeCodec.unsupported(
                        "its key is none on P-256, P-384 or P-521, but for " + Names.shown(key.getAlgorithm())));
        try {
            Signature verifying = Signature.getInstance(curve.signatureAlgorithm());
            verifying.initVerify(key);
            verifying.update(message);
            return verifying.verify(signature);
        } catch (GeneralSecurityException e) {
            // bytes that are no signature at all are not told apart from a wrong one
            return false;
        }
    }

    /** Upstream names a key by the digest of its PEM text. */
    static String hint(PublicKey key) {
        String text = Pem.of("PUBLIC KEY", key.getEncoded()).text();
        return Digest.of(text.getBytes(StandardCharsets.US_ASCII)).hex();
    }

    private static byte[] content(BundleFile signature) {
        if (signature.content().length() > EnvelopeCodec.MAX_BYTES) {
            throw new InvalidInputException(
                    ErrorCode.SIGNATURE_MALFORMED,
                    "read model.sig",
                    "it has " + signature.content().length() + " bytes, more than " + EnvelopeCodec.MAX_BYTES,
                    "sign the package again");
        }
        try (InputStream in = signature.content().open()) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new InvalidInputException(
                    ErrorCode.PACKAGE_UNREADABLE,
                    "read model.sig",
                    "it cannot be read, " + Names.shown(e.toString()),
                    "check that it exists and that this process may read it",
                    e);
        }
    }

    private static InvalidInputException missing() {
        return new InvalidInputException(
                ErrorCode.SIGNATURE_MISSING,
                DOING,
                "the package has no file '" + Bundle.SIGNATURE + "'",
                "have the package signed");
    }

    private static InvalidInputException invalid(String signer) {
        return new InvalidInputException(
                ErrorCode.SIGNATURE_INVALID,
                DOING,
                "it was not made with " + signer + " that it names, or what it signs was changed since",
                "get it again from its source");
    }

    static InvalidInputException untrusted(String why) {
        return new InvalidInputException(ErrorCode.SIGNER_UNTRUSTED, DOING, why, TRUST);
    }

    static InvalidInputException untrusted(String why, Exception cause) {
        return new InvalidInputException(ErrorCode.SIGNER_UNTRUSTED, DOING, why, TRUST, cause);
    }
}
