package io.maas.http.cli;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.http.MaasHttpServerBuilder;
import io.maas.http.auth.TokenIssuer;
import io.maas.http.limits.CallerLimits;
import io.maas.repository.AccessRole;
import java.net.URI;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Who is let into the server, and how much of it one may have. */
final class AccessOptions {
    /** How callers prove who they are. */
    enum Auth {
        /** Not at all. */
        NONE,
        /** With an access key. */
        KEYS,
        /** With a token of an OpenID Connect provider. */
        OIDC
    }

    @Option(
            names = "--auth",
            split = ",",
            paramLabel = "KIND",
            description = "Who is let in: none asks nobody, keys wants an access key, oidc a token of a provider, "
                    + "keys,oidc one of both; none unless given.")
    private Set<Auth> auth = EnumSet.of(Auth.NONE);

    @Option(names = "--oidc-issuer", paramLabel = "URL", description = "The provider, as its tokens name it.")
    private @Nullable URI issuer;

    @Option(
            names = "--oidc-audience",
            paramLabel = "NAME",
            defaultValue = "maas",
            description = "What its tokens must be for; ${DEFAULT-VALUE} unless given.")
    private String audience = "maas";

    @Option(
            names = "--oidc-keys",
            paramLabel = "URL",
            description = "Where its keys are; where its metadata says unless given.")
    private @Nullable URI keys;

    @Option(
            names = "--oidc-caller-claim",
            paramLabel = "CLAIM",
            defaultValue = "sub",
            description = "The claim that says who the caller is; ${DEFAULT-VALUE} unless given.")
    private String callerClaim = "sub";

    @Option(
            names = "--oidc-roles-claim",
            paramLabel = "CLAIM",
            defaultValue = "roles",
            description = "The claim that says what he may do; ${DEFAULT-VALUE} unless given.")
    private String rolesClaim = "roles";

    @Option(
            names = "--oidc-role",
            paramLabel = "TEXT=ROLE",
            split = ",",
            description = "What a text in that claim means, such as analysts=invoker; the names of roles unless given.")
    private Map<String, AccessRole> roles = new LinkedHashMap<>();

    @Option(
            names = "--oidc-models-claim",
            paramLabel = "CLAIM",
            description = "The claim that says which models he is for; for all unless given.")
    private @Nullable String modelsClaim;

    @Option(
            names = "--caller-requests",
            paramLabel = "COUNT",
            defaultValue = "1024",
            description = "How many requests of one caller are served at the same time; ${DEFAULT-VALUE} unless given.")
    private int concurrent = CallerLimits.defaults().concurrent();

    @Option(
            names = "--caller-rate",
            paramLabel = "PER_SECOND",
            description = "How many requests a second one caller may send on average; any number unless given.")
    private @Nullable Double rate;

    @Option(
            names = "--caller-burst",
            paramLabel = "COUNT",
            description = "How many of those may come at once; those of one second unless given.")
    private @Nullable Integer burst;

    @Option(
            names = "--behind-proxy",
            description = "Writes into the access log the address that a proxy put last into X-Forwarded-For.")
    private boolean behindProxy;

    @Option(
            names = "--allowed-hosts",
            split = ",",
            paramLabel = "NAME",
            description =
                    "Names and addresses that the server may be asked by where nobody has to prove who he is, beside "
                            + "those of loopback and the one that it listens on.")
    private List<String> hosts = List.of();

    @Option(
            names = "--insecure",
            description = "Listens on an address that others can reach, though nobody has to prove who he is.")
    private boolean insecure;

    void apply(MaasHttpServerBuilder server, Consumer<String> firstKey) {
        if (auth.contains(Auth.KEYS)) {
            server.requireKeys(firstKey);
        }
        if (auth.contains(Auth.OIDC)) {
            server.acceptTokens(issuer());
        }
        if (auth.contains(Auth.NONE) && auth.size() > 1) {
            throw wrong("--auth none stands beside another", "leave one out");
        }
        server.callers(limits()).allowedHosts(hosts.toArray(String[]::new));
        if (behindProxy) {
            server.behindProxy();
        }
        if (insecure) {
            server.insecure();
        }
    }

    private CallerLimits limits() {
        CallerLimits limits = CallerLimits.defaults().withConcurrent(concurrent);
        if (rate == null) {
            return limits;
        }
        int atOnce = burst == null ? (int) Math.max(1, Math.ceil(rate)) : burst;
        return limits.withRate(rate, atOnce);
    }

    private TokenIssuer issuer() {
        if (issuer == null) {
            throw wrong("nobody has said which provider it is", "name it with --oidc-issuer");
        }
        TokenIssuer made =
                TokenIssuer.of(issuer, audience).withCallerClaim(callerClaim).withRolesClaim(rolesClaim);
        for (Map.Entry<String, AccessRole> role : roles.entrySet()) {
            made = made.withRole(role.getKey(), role.getValue());
        }
        made = keys == null ? made : made.withKeys(keys);
        return modelsClaim == null ? made : made.withModelsClaim(modelsClaim);
    }

    private static InvalidInputException wrong(String why, String remedy) {
        return new InvalidInputException(ErrorCode.BAD_SETTING, "let callers in", why, remedy);
    }
}
