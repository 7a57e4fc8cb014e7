package io.maas.http.internal.auth;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jose.util.JSONObjectUtils;
import io.maas.http.auth.TokenIssuer;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.text.ParseException;
import java.util.Map;

/**
 * Fetches the keys of a token issuer, with metadata as OpenID Connect Discovery 1.0 has it. Follows no redirects: they could lead
 * anywhere, and what answers there would say whose tokens count.
 */
final class IssuerKeys implements JWKSetSource<SecurityContext> {
    private static final int PATIENCE_MS = 2_000;
    private static final int MOST_BYTES = 256 << 10;

    private final TokenIssuer issuer;
    private volatile boolean unavailable;
    private final DefaultResourceRetriever http = new DefaultResourceRetriever(PATIENCE_MS, PATIENCE_MS, MOST_BYTES) {
        @Override
        protected HttpURLConnection openHTTPConnection(URL url) throws IOException {
            HttpURLConnection connection = super.openHTTPConnection(url);
            connection.setInstanceFollowRedirects(false);
            return connection;
        }
    };

    IssuerKeys(TokenIssuer issuer) {
        this.issuer = issuer;
    }

    @Override
    public JWKSet getJWKSet(JWKSetCacheRefreshEvaluator evaluator, long now, SecurityContext context)
            throws KeySourceException {
        try {
            URI address = issuer.keys().isPresent() ? issuer.keys().get() : discovered();
            JWKSet keys = JWKSet.parse(get(address));
            unavailable = false;
            return keys;
        } catch (IOException | ParseException | IllegalArgumentException e) {
            unavailable = true;
            throw new JWKSetUnavailableException("The keys of " + issuer.issuer() + " cannot be read", e);
        }
    }

    /** Tells whether they could not be fetched when they were last asked for. */
    boolean areUnavailable() {
        return unavailable;
    }

    private URI discovered() throws IOException, ParseException {
        String base = issuer.issuer().toString();
        String slash = base.endsWith("/") ? "" : "/";
        Map<String, Object> metadata =
                JSONObjectUtils.parse(get(URI.create(base + slash + ".well-known/openid-configuration")));
        String named = JSONObjectUtils.getString(metadata, "issuer");
        if (!base.equals(named)) {
            throw new IOException("its metadata is of another issuer");
        }
        URI keys = JSONObjectUtils.getURI(metadata, "jwks_uri");
        if (keys == null || !TokenIssuer.isSafe(keys)) {
            throw new IOException("its metadata names no safe address for keys");
        }
        return keys;
    }

    private String get(URI address) throws IOException {
        return http.retrieveResource(address.toURL()).getContent();
    }

    @Override
    public void close() {}
}
