package io.maas.http.internal.auth;

import com.nimbusds.jwt.JWTClaimsSet;
import io.maas.error.InvalidInputException;
import io.maas.http.auth.TokenIssuer;
import io.maas.http.internal.route.Caller;
import io.maas.model.ModelName;
import io.maas.repository.AccessRole;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads from the claims of a token who has it, and what he may do. */
final class TokenCaller {
    private static final int LONGEST = 200;

    private final TokenIssuer issuer;

    TokenCaller(TokenIssuer issuer) {
        this.issuer = issuer;
    }

    Caller of(JWTClaimsSet claims, BooleanSupplier stillCounts) {
        String credential = "token:" + issuer.issuer() + " " + claims.getSubject();
        return new Caller(name(claims), credential, Permissions.of(roles(claims)), models(claims), stillCounts);
    }

    private String name(JWTClaimsSet claims) {
        Object name = claim(claims.getClaims(), issuer.callerClaim());
        if (!(name instanceof String text)
                || text.isBlank()
                || text.length() > LONGEST
                || text.chars().anyMatch(Character::isISOControl)) {
            throw Challenges.refused(
                    "the claim " + issuer.callerClaim() + " of its token is no text of 1 to 200 characters",
                    "ask the provider for one that has it");
        }
        return text;
    }

    private List<AccessRole> roles(JWTClaimsSet claims) {
        return texts(claim(claims.getClaims(), issuer.rolesClaim())).stream()
                .map(issuer.roles()::get)
                .filter(Objects::nonNull)
                .toList();
    }

    private Optional<Set<ModelName>> models(JWTClaimsSet claims) {
        if (issuer.modelsClaim().isEmpty()) {
            return Optional.empty();
        }
        Object named = claim(claims.getClaims(), issuer.modelsClaim().get());
        try {
            Set<ModelName> models = texts(named).stream().map(ModelName::of).collect(Collectors.toSet());
            if (!models.isEmpty()) {
                return Optional.of(models);
            }
        } catch (InvalidInputException e) {
            // refused below
        }
        throw Challenges.refused(
                "the claim " + issuer.modelsClaim().get() + " of its token names no models",
                "ask the provider for one that names some");
    }

    private static @Nullable Object claim(Map<?, ?> claims, String name) {
        int dot = name.indexOf('.');
        if (claims.containsKey(name) || dot < 0) {
            return claims.get(name);
        }
        return claims.get(name.substring(0, dot)) instanceof Map<?, ?> inner
                ? claim(inner, name.substring(dot + 1))
                : null;
    }

    private static Collection<String> texts(@Nullable Object claim) {
        if (claim instanceof String text) {
            return List.of(text.strip().split(" +"));
        }
        return claim instanceof Collection<?> many
                ? many.stream()
                        .filter(String.class::isInstance)
                        .map(String.class::cast)
                        .toList()
                : List.of();
    }
}
