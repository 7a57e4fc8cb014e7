package io.maas.internal.signing;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.UnavailableException;
import io.maas.internal.bundle.Bundle;
import io.maas.internal.bundle.BundleFile;
import io.maas.model.Digest;
import io.maas.spi.Signer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Signs packages. */
public final class PackageSigner {
    private PackageSigner() {}

    /**
     * Returns the {@code model.sig} of a package. It covers every other file, so that the digest it signs is the package's
     * own.
     *
     * @throws InvalidInputException {@link ErrorCode#BAD_KEY} if the signer's key or certificates do not fit
     * @throws UnavailableException {@link ErrorCode#SIGNING_FAILED} if the signer fails
     */
    public static byte[] sign(Bundle bundle, Signer signer) {
        Map<String, Digest> files = new LinkedHashMap<>();
        for (BundleFile file : bundle.files()) {
            if (!file.path().equals(Bundle.SIGNATURE)) {
                files.put(file.path(), file.digest());
            }
        }
        byte[] payload =
                StatementCodec.write(new Statement(bundle.manifest().name().value(), files, List.of(Bundle.SIGNATURE)));
        return EnvelopeCodec.write(EnvelopeSigner.sign(Envelope.Kind.PACKAGE, payload, signer));
    }
}
