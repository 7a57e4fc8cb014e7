package io.maas.http.internal.platform;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What a client's key becomes in the log. */
class TokensTest {
    @Test
    void noTwoClientsHaveOneToken() {
        assertThat(Tokens.of("token:https://issuer a", "b:c")).isNotEqualTo(Tokens.of("token:https://issuer a:b", "c"));
        assertThat(Tokens.of("a\0b", "c")).isNotEqualTo(Tokens.of("a", "bc"));
    }

    @Test
    void aRepetitionHasTheSame() {
        assertThat(Tokens.of("key:1", "once")).isEqualTo(Tokens.of("key:1", "once"));
    }

    @Test
    void itHasNothingOfBothAndAlwaysFits() {
        assertThat(Tokens.of("token:https://issuer.example " + "s".repeat(300), "k".repeat(128)))
                .matches("[0-9a-f]{64}");
    }
}
