package io.maas.http.auth;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.repository.AccessRole;
import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * An OpenID Connect provider, whose tokens a server takes: JSON Web Tokens (RFC 7519) that it signed with RS256 or ES256, of this
 * issuer, for this audience, and neither expired nor not valid yet, give or take 30 seconds. Others are refused with 401. Immutable.
 *
 * <pre>{@code
 * TokenIssuer issuer = TokenIssuer.of(URI.create("https://login.example.org/realms/shop"), "maas")
 *         .withRolesClaim("realm_access.roles")
 *         .withRole("data-scientist", AccessRole.PUBLISHER)
 *         .withRole("shop", AccessRole.INVOKER);
 * }</pre>
 *
 * @param issuer what tokens have as {@code iss}
 * @param audience what tokens have as {@code aud}, or among others there
 * @param keys where the provider's keys are, a JWK set (RFC 7517); if empty, where its metadata says, at {@code
 *     /.well-known/openid-configuration} below the issuer
 * @param callerClaim who the caller is: what this claim has becomes the actor of his changes
 * @param rolesClaim what he may do: a claim with an array of texts, or with a text of words; a name with dots leads into objects if
 *     no claim has it
 * @param roles what the texts in it mean; others mean nothing, and who has none of these may do nothing
 * @param modelsClaim which models he is for: a claim like the one of roles, with names of models; empty if everybody is for all. A
 *     token without it is refused.
 */
public record TokenIssuer(
        URI issuer,
        String audience,
        Optional<URI> keys,
        String callerClaim,
        String rolesClaim,
        Map<String, AccessRole> roles,
        Optional<String> modelsClaim) {
    private static final Map<String, AccessRole> ROLES = Arrays.stream(AccessRole.values())
            .collect(Collectors.toUnmodifiableMap(role -> role.name().toLowerCase(Locale.ROOT), role -> role));

    /**
     * Checks the values.
     *
     * @throws InvalidInputException {@link ErrorCode#BAD_SETTING} if an address is not https, but for one of this host, or has a
     *     user, a query or a fragment; or if a name is blank
     */
    public TokenIssuer {
        requireAddress("issuer", issuer);
        keys.ifPresent(address -> requireAddress("address of its keys", address));
        requireName("audience", audience);
        requireName("claim of the caller", callerClaim);
        requireName("claim of his roles", rolesClaim);
        modelsClaim.ifPresent(claim -> requireName("claim of his models", claim));
        roles = Map.copyOf(roles);
    }

    /**
     * Returns an issuer whose keys are where its metadata says. Callers are named by {@code sub}, their roles by {@code roles},
     * where {@code reader}, {@code invoker}, {@code publisher}, {@code approver} and {@code admin} are the roles of these names.
     */
    public static TokenIssuer of(URI issuer, String audience) {
        return new TokenIssuer(issuer, audience, Optional.empty(), "sub", "roles", ROLES, Optional.empty());
    }

    /** Returns the same, with its keys at this address. */
    public TokenIssuer withKeys(URI address) {
        return new TokenIssuer(issuer, audience, Optional.of(address), callerClaim, rolesClaim, roles, modelsClaim);
    }

    /** Returns the same, where another claim says who the caller is, such as {@code email}. */
    public TokenIssuer withCallerClaim(String claim) {
        return new TokenIssuer(issuer, audience, keys, claim, rolesClaim, roles, modelsClaim);
    }

    /** Returns the same, where another claim says what the caller may do. */
    public TokenIssuer withRolesClaim(String claim) {
        return new TokenIssuer(issuer, audience, keys, callerClaim, claim, roles, modelsClaim);
    }

    /** Returns the same, where a text in the claim means this role. The first that is said stands in for those of {@link #of}. */
    public TokenIssuer withRole(String text, AccessRole role) {
        Map<String, AccessRole> more = roles.equals(ROLES) ? new java.util.HashMap<>() : new java.util.HashMap<>(roles);
        more.put(Objects.requireNonNull(text, "text"), Objects.requireNonNull(role, "role"));
        return new TokenIssuer(issuer, audience, keys, callerClaim, rolesClaim, more, modelsClaim);
    }

    /** Returns the same, where a claim says which models the caller is for. */
    public TokenIssuer withModelsClaim(String claim) {
        return new TokenIssuer(issuer, audience, keys, callerClaim, rolesClaim, roles, Optional.of(claim));
    }

    /** Tells whether an address is safe to ask for keys: nobody can answer in its stead. */
    public static boolean isSafe(URI address) {
        String host = Objects.requireNonNullElse(address.getHost(), "");
        boolean plain = address.getRawUserInfo() == null && address.getRawFragment() == null;
        boolean here = host.equals("127.0.0.1") || host.equals("localhost") || host.equals("[::1]");
        String scheme = Objects.requireNonNullElse(address.getScheme(), "");
        return plain && !host.isEmpty() && (scheme.equals("https") || (scheme.equals("http") && here));
    }

    private static void requireAddress(String what, URI address) {
        if (!isSafe(address)) {
            throw wrong(
                    "the " + what + " is " + address,
                    "give one that begins with https:// and has neither user nor fragment; http:// is for this host only");
        }
    }

    private static void requireName(String what, String name) {
        if (name.isBlank()) {
            throw wrong("the " + what + " is blank", "give its name");
        }
    }

    private static InvalidInputException wrong(String why, String remedy) {
        return new InvalidInputException(ErrorCode.BAD_SETTING, "take tokens of a provider", why, remedy);
    }
}
