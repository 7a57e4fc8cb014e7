package io.maas.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.error.InvalidInputException;
import io.maas.model.Digest;
import io.maas.model.ModelName;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessKeyTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final AccessSecret secret = AccessSecret.random(new SecureRandom());

    @Test
    void aSecretIsReadAsItIsWrittenAndFitsItsKeyAlone() {
        AccessKey key = secret.key("shop", AccessRole.READER);
        AccessSecret read = AccessSecret.read(secret.text()).orElseThrow();

        assertThat(secret.text()).matches("maas_[0-9a-f]{16}_[0-9a-f]{64}");
        assertThat(read.id()).isEqualTo(key.id());
        assertThat(read.fits(key)).isTrue();
        assertThat(AccessSecret.random(new SecureRandom()).fits(key)).isFalse();
        AccessSecret sameId =
                AccessSecret.read("maas_" + key.id() + "_" + "00".repeat(32)).orElseThrow();
        assertThat(sameId.fits(key)).isFalse();
        AccessKey otherId = new AccessKey("other", "x", key.secret(), key.roles(), key.models(), key.until());
        assertThat(read.fits(otherId)).isFalse();
    }

    @Test
    void neitherHasTheSecretInItsText() {
        String digits = secret.text().substring(secret.text().lastIndexOf('_') + 1);
        assertThat(secret.toString()).doesNotContain(digits).contains(secret.id());
        assertThat(secret.key("shop", AccessRole.READER).toString()).doesNotContain(digits);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "maas_",
                "maas_abcd_00",
                "maas_abcd_0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F",
                "maas_ab_0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f",
                "maas_abcd_0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f\n",
            })
    void whatIsNoSecretIsNothing(String text) {
        assertThat(AccessSecret.read(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "READER, READER",
        "INVOKER, READER INVOKER",
        "PUBLISHER, READER INVOKER PUBLISHER",
        "APPROVER, READER APPROVER",
        "ADMIN, READER INVOKER PUBLISHER APPROVER ADMIN"
    })
    void rolesIncludeOthers(AccessRole role, String included) {
        Set<AccessRole> all = EnumSet.allOf(AccessRole.class);
        all.removeIf(other -> !secret.key("x", role).has(other));
        assertThat(all.stream().map(AccessRole::name)).containsExactly(included.split(" "));
    }

    @Test
    void aKeyIsForAllModelsOrForSome() {
        AccessKey key = secret.key("shop", AccessRole.READER);
        ModelName price = ModelName.of("price");
        assertThat(key.isFor(price)).isTrue();
        assertThat(key.forModels(List.of(price)).isFor(price)).isTrue();
        assertThat(key.forModels(List.of(price)).isFor(ModelName.of("prices"))).isFalse();
    }

    @Test
    void aKeyEnds() {
        AccessKey key = secret.key("shop", AccessRole.READER).validUntil(NOW);
        assertThat(key.isValidAt(NOW.minusMillis(1))).isTrue();
        assertThat(key.isValidAt(NOW)).isFalse();
    }

    @Test
    void whatIsNoKeyIsRefused() {
        Digest digest = Digest.of(new byte[1]);
        Set<AccessRole> reader = Set.of(AccessRole.READER);
        assertThatThrownBy(() -> new AccessKey("A-1", "x", digest, reader, Optional.empty(), Optional.empty()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("A-1");
        assertThatThrownBy(() -> secret.key("two\nlines", AccessRole.READER)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> secret.key("nothing")).hasMessageContaining("no role");
        assertThatThrownBy(() -> secret.key("x", AccessRole.READER).forModels(List.of()))
                .hasMessageContaining("0 models");
    }
}
