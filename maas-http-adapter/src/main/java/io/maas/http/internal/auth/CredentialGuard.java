package io.maas.http.internal.auth;

import io.maas.http.internal.exchange.Exchange;
import io.maas.http.internal.exchange.HttpProblem;
import io.maas.http.internal.route.Caller;
import io.maas.http.internal.route.Route;
import io.maas.http.internal.route.Routes;
import java.util.List;
import java.util.Optional;

/** Lets those in who prove who they are. */
public final class CredentialGuard implements Routes.Guard {
    private final List<Verifier> verifiers;

    /** Creates one that takes credentials of some kinds; of several that recognize one, the first counts. */
    public CredentialGuard(List<Verifier> verifiers) {
        this.verifiers = List.copyOf(verifiers);
    }

    @Override
    public boolean takesLong(Exchange exchange) {
        Optional<String> credential = Credentials.of(exchange.headers());
        return credential.isPresent()
                && verifier(credential.get())
                        .filter(verifier -> verifier.takesLong(credential.get()))
                        .isPresent();
    }

    @Override
    public Caller admit(Exchange exchange, Route route) {
        String credential = Credentials.of(exchange.headers()).orElseThrow(Challenges::missing);
        return verifier(credential).orElseThrow(CredentialGuard::unknownKind).verify(credential);
    }

    private static HttpProblem unknownKind() {
        return Challenges.refused(
                "its credential is of no kind that is used here",
                "send an access key, or a token of the provider, as the server asks");
    }

    private Optional<Verifier> verifier(String credential) {
        for (Verifier verifier : verifiers) {
            if (verifier.recognizes(credential)) {
                return Optional.of(verifier);
            }
        }
        return Optional.empty();
    }
}
