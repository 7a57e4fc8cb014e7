package io.maas.http.internal.jetty;

import java.nio.file.Path;

/** Whether a server encrypts. */
public sealed interface Security {
    /** It does not. */
    record Plain() implements Security {}

    /**
     * It does.
     *
     * @param keyStore PKCS #12 or JKS, with a certificate and its key
     * @param password of the store and the key
     */
    record Tls(Path keyStore, String password) implements Security {
        /** Leaves the password out. */
        @Override
        public String toString() {
            return "Tls[keyStore=" + keyStore + "]";
        }
    }
}
