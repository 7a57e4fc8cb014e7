package io.maas.internal.signing;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Names;
import io.maas.model.TrustKey;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXCertPathValidatorResult;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Finds the trusted authority behind a signing certificate, with the JDK's own path validation (RFC 5280). Revocation is
 * not looked at: that would need the network, and a key is taken back by ending the trust in it.
 */
final class CertificateTrust {
    private static final int DIGITAL_SIGNATURE = 0;
    private static final String CODE_SIGNING = "1.3.6.1.5.5.7.3.3";

    /** The authorities by their certificates; those first that are trusted at the time. */
    private final Map<X509Certificate, TrustKey> authorities = new HashMap<>();

    private final Instant at;

    CertificateTrust(Iterable<TrustKey> trusted, Instant at) {
        this.at = at;
        for (TrustKey key : trusted) {
            key.certificate().filter(certificate -> key.isTrustedAt(at)).ifPresent(c -> authorities.put(c, key));
        }
    }

    /**
     * Returns the authority.
     *
     * @param chain the signing certificate, and others in any order
     */
    TrustKey require(List<X509Certificate> chain) {
        X509Certificate leaf = chain.get(0);
        List<X509Certificate> path = path(chain);
        if (!isIssued(path.get(path.size() - 1))) {
            throw untrusted(
                    leaf,
                    "none of the " + authorities.size() + " authorities that are trusted at " + at
                            + " stands behind it");
        }
        X509Certificate anchor = validate(path);
        requireValid(anchor);
        if (!isForSigning(leaf)) {
            throw untrusted(leaf, "it is for neither digital signatures nor code signing");
        }
        return Objects.requireNonNull(authorities.get(anchor), "an anchor is an authority");
    }

    /** Follows the issuers up to one that is trusted, or as far as the chain goes. */
    private List<X509Certificate> path(List<X509Certificate> chain) {
        List<X509Certificate> path = new ArrayList<>(List.of(chain.get(0)));
        Optional<X509Certificate> next = Optional.of(chain.get(0));
        while (next.isPresent() && !isIssued(next.get())) {
            X509Certificate last = next.get();
            next = chain.stream()
                    .filter(c ->
                            !path.contains(c) && c.getSubjectX500Principal().equals(last.getIssuerX500Principal()))
                    .findFirst();
            next.ifPresent(path::add);
        }
        return path;
    }

    private boolean isIssued(X509Certificate certificate) {
        return authorities.keySet().stream()
                .anyMatch(c -> c.getSubjectX500Principal().equals(certificate.getIssuerX500Principal()));
    }

    private X509Certificate validate(List<X509Certificate> path) {
        X509Certificate leaf = path.get(0);
        try {
            PKIXParameters parameters = new PKIXParameters(authorities.keySet().stream()
                    .map(certificate -> new TrustAnchor(certificate, null))
                    .collect(Collectors.toSet()));
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(at));
            PKIXCertPathValidatorResult result = (PKIXCertPathValidatorResult) CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
            return result.getTrustAnchor().getTrustedCert();
        } catch (CertPathValidatorException e) {
            if (e.getReason() == BasicReason.EXPIRED || e.getReason() == BasicReason.NOT_YET_VALID) {
                throw expired(path.get(Math.max(0, e.getIndex())), e);
            }
            throw untrusted(leaf, "its chain does not hold, " + Names.shown(String.valueOf(e.getMessage())), e);
        } catch (GeneralSecurityException e) {
            throw untrusted(leaf, "its chain cannot be checked, " + Names.shown(String.valueOf(e.getMessage())), e);
        }
    }

    /** The JDK does not look at the dates of what it is told to trust. */
    private void requireValid(X509Certificate authority) {
        try {
            authority.checkValidity(Date.from(at));
        } catch (GeneralSecurityException e) {
            throw expired(authority, e);
        }
    }

    /** Upstream's rule, so that neither refuses what the other takes. */
    private static boolean isForSigning(X509Certificate leaf) {
        boolean[] usage = leaf.getKeyUsage();
        if (usage != null && usage[DIGITAL_SIGNATURE]) {
            return true;
        }
        try {
            List<String> extended = leaf.getExtendedKeyUsage();
            return extended != null && extended.contains(CODE_SIGNING);
        } catch (CertificateParsingException e) {
            throw untrusted(leaf, "what it may be used for cannot be read", e);
        }
    }

    private InvalidInputException expired(X509Certificate certificate, Exception cause) {
        return new InvalidInputException(
                ErrorCode.CERTIFICATE_EXPIRED,
                "verify the signature",
                "the certificate of " + subject(certificate) + " is valid from "
                        + certificate.getNotBefore().toInstant() + " until "
                        + certificate.getNotAfter().toInstant() + ", not at " + at,
                "have the package signed with a certificate that is valid",
                cause);
    }

    private static InvalidInputException untrusted(X509Certificate leaf, String why) {
        return SignatureVerifier.untrusted(distrust(leaf, why));
    }

    private static InvalidInputException untrusted(X509Certificate leaf, String why, Exception cause) {
        return SignatureVerifier.untrusted(distrust(leaf, why), cause);
    }

    private static String distrust(X509Certificate leaf, String why) {
        return "the certificate of " + subject(leaf) + " is not trusted: " + why;
    }

    private static String subject(X509Certificate certificate) {
        return "'" + Names.shown(certificate.getSubjectX500Principal().getName()) + "'";
    }
}
