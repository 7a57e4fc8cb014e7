package io.maas.http.internal.auth;

import io.maas.http.internal.exchange.HttpProblem;
import io.maas.http.internal.exchange.Problem;
import java.util.Map;

/** What callers are told whom nobody knows, as RFC 6750 has it. */
final class Challenges {
    private static final String REALM = "Bearer realm=\"maas\"";

    private Challenges() {}

    static HttpProblem missing() {
        return problem("the request says not who makes it", "send Authorization: Bearer with a key or a token", REALM);
    }

    static HttpProblem refused(String why, String remedy) {
        return problem(why, remedy, REALM + ", error=\"invalid_token\"");
    }

    private static HttpProblem problem(String why, String remedy, String challenge) {
        return new HttpProblem(new Problem(
                401,
                "unauthenticated",
                "Cannot tell who is asking: " + why + "; " + remedy,
                Map.of("WWW-Authenticate", challenge)));
    }
}
