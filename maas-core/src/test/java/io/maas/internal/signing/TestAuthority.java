package io.maas.internal.signing;

import io.maas.model.Pem;
import io.maas.model.SigningCurve;
import io.maas.model.TrustKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/**
 * The holder of a key with a certificate, who may certify others. The JDK reads certificates and has no API to make them,
 * so this writes the little DER that they are. Those who certify have keys on P-256.
 *
 * @param keys the holder's keys
 * @param certificate the holder's certificate
 */
public record TestAuthority(KeyPair keys, X509Certificate certificate) {
    /** A time at which everything is valid, unless a test says otherwise. */
    public static final Instant NOW = Instant.parse("2030-06-01T12:00:00Z");

    public static final Instant FROM = Instant.parse("2030-01-01T00:00:00Z");
    public static final Instant UNTIL = Instant.parse("2031-01-01T00:00:00Z");

    private static final DateTimeFormatter UTC_TIME =
            DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    /** What a certificate is for: its extensions, in DER. */
    public enum Use {
        AUTHORITY("300f0603551d130101ff040530030101ff" + "300e0603551d0f0101ff040403020106"),
        DIGITAL_SIGNATURE("300e0603551d0f0101ff040403020780"),
        CODE_SIGNING("30130603551d25040c300a06082b06010505070303"),
        KEY_AGREEMENT("300e0603551d0f0101ff040403020308"),
        UNSAID("");

        private final String extensions;

        Use(String extensions) {
            this.extensions = extensions;
        }
    }

    public static KeyPair keys(SigningCurve curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve.standardName()));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    public static TestAuthority root(String name) {
        return root(name, FROM, UNTIL);
    }

    public static TestAuthority root(String name, Instant from, Instant until) {
        KeyPair keys = keys(SigningCurve.P256);
        return new TestAuthority(keys, certificate(name, keys, name, keys, Use.AUTHORITY, from, until));
    }

    public TestAuthority issue(String name, Use use) {
        return issue(name, keys(SigningCurve.P256), use, FROM, UNTIL);
    }

    public TestAuthority issue(String name, KeyPair subject, Use use, Instant from, Instant until) {
        String issuer = certificate.getSubjectX500Principal().getName();
        return new TestAuthority(subject, certificate(name, subject, issuer, keys, use, from, until));
    }

    public TrustKey trusted() {
        return TrustKey.of("test authority", pem());
    }

    public String pem() {
        try {
            return Pem.of("CERTIFICATE", certificate.getEncoded()).text();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** A signer with the holder's key, its certificate, and those of others. */
    public LocalSigner signer(TestAuthority... others) {
        List<X509Certificate> chain = new ArrayList<>(List.of(certificate));
        for (TestAuthority other : others) {
            chain.add(other.certificate());
        }
        return new LocalSigner(keys.getPrivate(), keys.getPublic(), chain);
    }

    private static X509Certificate certificate(
            String subject, KeyPair keys, String issuer, KeyPair issuerKeys, Use use, Instant from, Instant until) {
        byte[] algorithm = der(0x30, HexFormat.of().parseHex("06082a8648ce3d040302"));
        byte[] signed = der(
                0x30,
                der(0xa0, der(0x02, new byte[] {2})),
                der(0x02, new byte[] {(byte) (1 + (keys.getPublic().hashCode() & 0x7e))}),
                algorithm,
                new X500Principal(issuer).getEncoded(),
                der(0x30, time(from), time(until)),
                new X500Principal(subject).getEncoded(),
                keys.getPublic().getEncoded(),
                use == Use.UNSAID
                        ? new byte[0]
                        : der(0xa3, der(0x30, HexFormat.of().parseHex(use.extensions))));
        try {
            Signature signature = Signature.getInstance(SigningCurve.P256.signatureAlgorithm());
            signature.initSign(issuerKeys.getPrivate());
            signature.update(signed);
            byte[] encoded = der(0x30, signed, algorithm, der(0x03, new byte[1], signature.sign()));
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] time(Instant instant) {
        return der(0x17, UTC_TIME.format(instant).getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] der(int tag, byte[]... contents) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] content : contents) {
            all.writeBytes(content);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (all.size() >= 0x100) {
            out.write(0x82);
            out.write(all.size() >> 8);
        } else if (all.size() >= 0x80) {
            out.write(0x81);
        }
        out.write(all.size());
        out.writeBytes(all.toByteArray());
        return out.toByteArray();
    }
}
