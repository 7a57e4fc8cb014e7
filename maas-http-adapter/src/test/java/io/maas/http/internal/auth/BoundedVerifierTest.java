package io.maas.http.internal.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.http.internal.exchange.HttpProblem;
import io.maas.http.internal.exchange.Problem;
import io.maas.http.internal.route.Caller;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** However slow a provider is, it holds few threads. */
@Timeout(60)
class BoundedVerifierTest {
    private static final int MOST = 2;

    private final CountDownLatch entered = new CountDownLatch(MOST);
    private final CountDownLatch answered = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newFixedThreadPool(MOST);

    /** Credentials that are slow wait for the provider. */
    private final class Slow implements Verifier {
        @Override
        public boolean recognizes(String credential) {
            return true;
        }

        @Override
        public boolean takesLong(String credential) {
            return credential.startsWith("slow");
        }

        @Override
        public Caller verify(String credential) {
            if (credential.startsWith("slow")) {
                entered.countDown();
                try {
                    assertThat(answered.await(30, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            return Caller.ANYBODY;
        }
    }

    @AfterEach
    void end() {
        answered.countDown();
        threads.shutdown();
    }

    private CompletableFuture<Caller> ask(Verifier verifier, String credential) {
        return CompletableFuture.supplyAsync(() -> verifier.verify(credential), threads);
    }

    @Test
    void whoComesWhileAllPlacesAreTakenIsToldToComeBack() throws Exception {
        Verifier verifier = new BoundedVerifier(new Slow(), MOST, Duration.ZERO);
        CompletableFuture<Caller> one = ask(verifier, "slow 1");
        CompletableFuture<Caller> two = ask(verifier, "slow 2");
        assertThat(entered.await(30, TimeUnit.SECONDS)).isTrue();

        assertThatThrownBy(() -> verifier.verify("slow 3")).isInstanceOfSatisfying(HttpProblem.class, refused -> {
            Problem problem = refused.problem();
            assertThat(problem.status()).isEqualTo(503);
            assertThat(problem.code()).isEqualTo("token-checks-busy");
            assertThat(problem.headers()).containsKey("Retry-After");
        });
        assertThat(verifier.verify("known")).as("who is known waits for nobody").isEqualTo(Caller.ANYBODY);

        answered.countDown();
        assertThat(one.get(30, TimeUnit.SECONDS)).isEqualTo(Caller.ANYBODY);
        assertThat(two.get(30, TimeUnit.SECONDS)).isEqualTo(Caller.ANYBODY);
        assertThat(verifier.verify("slow 4")).as("places are given back").isEqualTo(Caller.ANYBODY);
    }

    @Test
    void aPlaceIsWaitedFor() throws Exception {
        Verifier verifier = new BoundedVerifier(new Slow(), 1, Duration.ofSeconds(30));
        CompletableFuture<Caller> one = ask(verifier, "slow 1");
        CompletableFuture<Caller> two = ask(verifier, "slow 2");
        answered.countDown();

        assertThat(CompletableFuture.allOf(one, two)).succeedsWithin(Duration.ofSeconds(30));
    }
}
