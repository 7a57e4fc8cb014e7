package io.maas.http.internal.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.BadJWTException;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import com.nimbusds.jwt.proc.ExpiredJWTException;
import io.maas.http.auth.TokenIssuer;
import io.maas.http.internal.exchange.HttpProblem;
import io.maas.http.internal.exchange.Problem;
import io.maas.http.internal.route.Caller;
import io.maas.model.Digest;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows tokens of a provider. A signature takes some hundred microseconds to check, and keys have to be fetched now and then: what was
 * found out of a token counts for a minute, and every one after the first of a client costs next to nothing.
 */
public final class TokenVerifier implements Verifier {
    private static final Logger LOG = LoggerFactory.getLogger(TokenVerifier.class);
    private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(JWSAlgorithm.RS256, JWSAlgorithm.ES256);
    private static final Duration KNOWN_FOR = Duration.ofMinutes(1);
    /** How long keys count that were fetched before the provider went away. */
    private static final Duration OUTAGE = Duration.ofHours(1);

    private static final int MOST_KNOWN = 10_000;
    private static final int SKEW_SECONDS = 30;

    private final Clock clock;
    private final IssuerKeys keys;
    private final TokenCaller callers;
    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
    private final Cache<Digest, Caller> known;

    /** Creates one for the tokens of an issuer. */
    public TokenVerifier(TokenIssuer issuer, Clock clock) {
        this.clock = clock;
        this.keys = new IssuerKeys(issuer);
        this.callers = new TokenCaller(issuer);
        this.known = Caffeine.newBuilder()
                .maximumSize(MOST_KNOWN)
                .expireAfterWrite(KNOWN_FOR)
                .ticker(() -> Duration.between(Instant.EPOCH, clock.instant()).toNanos())
                .executor(Runnable::run)
                .build();
        // fresh keys are fetched by whoever needs them: a server that nobody asks, asks nobody
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(
                ALGORITHMS,
                JWKSourceBuilder.create(keys)
                        .refreshAheadCache(false)
                        .outageTolerant(OUTAGE.toMillis())
                        .build()));
        processor.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
        processor.setJWTClaimsSetVerifier(claims(issuer));
    }

    private DefaultJWTClaimsVerifier<SecurityContext> claims(TokenIssuer issuer) {
        JWTClaimsSet exactly =
                new JWTClaimsSet.Builder().issuer(issuer.issuer().toString()).build();
        DefaultJWTClaimsVerifier<SecurityContext> verifier =
                new DefaultJWTClaimsVerifier<>(issuer.audience(), exactly, Set.of("sub", "exp")) {
                    @Override
                    protected Date currentTime() {
                        return Date.from(clock.instant());
                    }
                };
        verifier.setMaxClockSkew(SKEW_SECONDS);
        return verifier;
    }

    @Override
    public boolean recognizes(String credential) {
        return credential.chars().filter(c -> c == '.').count() == 2;
    }

    @Override
    public boolean takesLong(String credential) {
        return remembered(key(credential)) == null;
    }

    @Override
    public Caller verify(String credential) {
        Digest key = key(credential);
        Caller before = remembered(key);
        if (before != null) {
            return before;
        }
        JWTClaimsSet claims = checked(credential);
        Instant until = claims.getExpirationTime().toInstant().plusSeconds(SKEW_SECONDS);
        Caller caller = callers.of(claims, () -> clock.instant().isBefore(until));
        known.put(key, caller);
        return caller;
    }

    /** Whoever reads the memory of the process does not find tokens that count in here. */
    private static Digest key(String credential) {
        return Digest.of(credential.getBytes(StandardCharsets.ISO_8859_1));
    }

    private @Nullable Caller remembered(Digest key) {
        Caller before = known.getIfPresent(key);
        return before != null && before.isStillIn() ? before : null;
    }

    private JWTClaimsSet checked(String credential) {
        try {
            return processor.process(SignedJWT.parse(credential), null);
        } catch (ParseException e) {
            throw Challenges.refused("its token is no signed JSON Web Token", "send one that the provider issued");
        } catch (ExpiredJWTException e) {
            throw Challenges.refused("its token has expired", "ask the provider for a new one");
        } catch (BadJWTException e) {
            throw Challenges.refused(
                    "its token is of another issuer, for another audience, not valid yet, or lacks one of iss, aud, sub and exp",
                    "ask the provider for one that is for this server");
        } catch (KeySourceException e) {
            boolean asked = !(e instanceof RateLimitReachedException);
            if (!asked && !keys.areUnavailable()) {
                throw unknownSigner(); // whoever invents keys does not make us ask for them all the time
            }
            if (asked) {
                LOG.warn("Tokens cannot be checked", e);
            }
            throw new HttpProblem(new Problem(
                    503,
                    "token-issuer-unavailable",
                    "Cannot tell who is asking: the keys of the token issuer cannot be read now; try again later",
                    Map.of("Retry-After", "5")));
        } catch (BadJOSEException | JOSEException e) {
            throw unknownSigner();
        }
    }

    private static HttpProblem unknownSigner() {
        return Challenges.refused(
                "its token is not signed with RS256 or ES256 by a key of the provider",
                "send one that the provider issued");
    }
}
