package io.maas.http.internal.auth;

import io.maas.http.internal.exchange.Exchange;
import io.maas.http.internal.exchange.HttpProblem;
import io.maas.http.internal.route.Caller;
import io.maas.http.internal.route.Route;
import io.maas.http.internal.route.Routes;
import java.util.Set;

/**
 * Lets everybody in who reaches the server, but for pages of others in a browser, which reaches it on behalf of any page that its user
 * looks at. A browser says where a page is from; programs say nothing, and are let in. Where credentials are asked for none of this is
 * needed: a browser does not send them unasked.
 */
public final class TrustingGuard implements Routes.Guard {
    /** What browsers say of requests of our own pages, and of what their users type. */
    private static final Set<String> OWN_SITES = Set.of("same-origin", "none");

    private final OwnHosts hosts;
    private final Set<String> schemes;

    /**
     * Creates one.
     *
     * @param hosts that the server is asked by
     * @param schemes of its own pages: a proxy may encrypt what comes here in clear text
     */
    public TrustingGuard(OwnHosts hosts, Set<String> schemes) {
        this.hosts = hosts;
        this.schemes = Set.copyOf(schemes);
    }

    @Override
    public Caller admit(Exchange exchange, Route route) {
        String authority = exchange.authority();
        if (!hosts.has(authority)) {
            throw new HttpProblem(
                    403,
                    "foreign-host",
                    "Cannot let the request in: it asks for a host that is not this server's own; ask for localhost, "
                            + "or let who runs the server name the host with allowedHosts(…) or --allowed-hosts");
        }
        boolean ownPage = exchange.headers().all("Origin").stream().allMatch(origin -> isOwn(origin, authority))
                && OWN_SITES.containsAll(exchange.headers().all("Sec-Fetch-Site"));
        if (!ownPage) {
            throw new HttpProblem(
                    403,
                    "foreign-page",
                    "Cannot let the request in: a browser sends it for a page that is not of this server, which asks nobody who he is; "
                            + "use a program, or a server that asks for keys");
        }
        return Caller.ANYBODY;
    }

    private boolean isOwn(String origin, String authority) {
        return schemes.stream().anyMatch(scheme -> {
            String start = scheme + "://";
            return origin.regionMatches(true, 0, start, 0, start.length())
                    && plain(origin.substring(start.length()), scheme).equalsIgnoreCase(plain(authority, scheme));
        });
    }

    private static String plain(String authority, String scheme) {
        String usual = scheme.equals("https") ? ":443" : ":80";
        return authority.endsWith(usual) ? authority.substring(0, authority.length() - usual.length()) : authority;
    }
}
