package io.maas.internal.signing;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Pem;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.KeyAgreement;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** Reads private keys. No message shows any part of one. */
public final class PrivateKeys {
    private static final String DOING = "read the private key";
    private static final String REMEDY =
            "give a PKCS#8 key on P-256, P-384 or P-521, as 'openssl pkcs8 -topk8' writes it";

    private PrivateKeys() {}

    /**
     * Reads a private key and computes the public one that belongs to it.
     *
     * @param pem one block, {@code PRIVATE KEY} or {@code ENCRYPTED PRIVATE KEY}
     * @param password for an encrypted key; empty for one that is not
     * @throws InvalidInputException {@link ErrorCode#BAD_KEY} if it is another, or the password is wrong
     */
    public static KeyPair read(String pem, char[] password) {
        List<Pem> blocks = Pem.readAll(pem).stream()
                .filter(block -> !block.label().equals("EC PARAMETERS"))
                .toList();
        if (blocks.size() != 1) {
            throw refused("one private key is expected, found " + blocks.size() + " things");
        }
        Pem block = blocks.get(0);
        if (block.label().equals("ENCRYPTED PRIVATE KEY") == (password.length == 0)) {
            throw refused(password.length == 0 ? "it is encrypted and no password was given" : "it is not encrypted");
        }
        PKCS8EncodedKeySpec spec = switch (block.label()) {
            case "PRIVATE KEY" -> new PKCS8EncodedKeySpec(block.der());
            case "ENCRYPTED PRIVATE KEY" -> decrypted(block.der(), password);
            default -> throw refused("it is not a PKCS#8 private key, but " + block.label());
        };
        try {
            PrivateKey key = KeyFactory.getInstance("EC").generatePrivate(spec);
            if (key instanceof ECPrivateKey ec) {
                return new KeyPair(publicKey(ec), ec);
            }
            throw refused("this Java keeps its parameters to itself");
        } catch (InvalidKeySpecException e) {
            // the cause might describe the content
            throw refused("it is not an EC key, or its curve is not supported");
        } catch (GeneralSecurityException e) {
            throw refused("this Java cannot use EC keys", e);
        }
    }

    private static PKCS8EncodedKeySpec decrypted(byte[] der, char[] password) {
        PBEKeySpec secret = new PBEKeySpec(password);
        try {
            EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(der);
            // for PBES2 the parameters, not the name, tell which algorithm it is
            String algorithm = info.getAlgParameters() == null
                    ? info.getAlgName()
                    : info.getAlgParameters().toString();
            SecretKey key = SecretKeyFactory.getInstance(algorithm).generateSecret(secret);
            Cipher cipher = Cipher.getInstance(algorithm);
            cipher.init(Cipher.DECRYPT_MODE, key, info.getAlgParameters());
            return info.getKeySpec(cipher);
        } catch (IOException | GeneralSecurityException e) {
            throw refused("the password is wrong, or it is encrypted in a way that this Java does not know", e);
        } finally {
            secret.clearPassword();
        }
    }

    /**
     * Computes the public point d·G. The JDK multiplies points in a key agreement only, which answers the x coordinate of
     * d·P: with G for P that is half of the answer. The other half is one of the two roots of the curve's equation, and
     * the root is the right one if the key verifies what the private one signs.
     */
    private static PublicKey publicKey(ECPrivateKey key) throws GeneralSecurityException {
        ECParameterSpec curve = key.getParams();
        KeyFactory factory = KeyFactory.getInstance("EC");
        KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
        agreement.init(key);
        agreement.doPhase(factory.generatePublic(new ECPublicKeySpec(curve.getGenerator(), curve)), true);
        BigInteger x = new BigInteger(1, agreement.generateSecret());
        BigInteger y = root(curve, x);
        for (BigInteger candidate : List.of(y, y.negate())) {
            ECPoint point = new ECPoint(x, candidate.mod(prime(curve)));
            PublicKey publicKey = factory.generatePublic(new ECPublicKeySpec(point, curve));
            byte[] signature = new LocalSigner(key, publicKey, List.of()).sign(new byte[0]);
            if (SignatureVerifier.holds(publicKey, new byte[0], signature)) {
                return publicKey;
            }
        }
        throw refused("it contradicts itself");
    }

    /** A root of x³ + ax + b. The primes of all three curves are 3 modulo 4, so that a power gives it. */
    private static BigInteger root(ECParameterSpec curve, BigInteger x) {
        BigInteger prime = prime(curve);
        BigInteger square = x.pow(3)
                .add(curve.getCurve().getA().multiply(x))
                .add(curve.getCurve().getB());
        return square.modPow(prime.add(BigInteger.ONE).shiftRight(2), prime);
    }

    private static BigInteger prime(ECParameterSpec curve) {
        if (curve.getCurve().getField() instanceof ECFieldFp field) {
            return field.getP();
        }
        throw refused("its curve is not supported");
    }

    private static InvalidInputException refused(String why) {
        return new InvalidInputException(ErrorCode.BAD_KEY, DOING, why, REMEDY);
    }

    private static InvalidInputException refused(String why, Exception cause) {
        return new InvalidInputException(ErrorCode.BAD_KEY, DOING, why, REMEDY, cause);
    }
}
