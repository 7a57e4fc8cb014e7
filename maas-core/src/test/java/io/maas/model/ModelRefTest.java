package io.maas.model;

import static io.maas.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.maas.error.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelRefTest {
    private static final ModelName DIGITS = ModelName.of("digits");
    private static final Digest DIGEST = Digest.of(new byte[0]);

    @Test
    void aBareNameIsItsProductionAlias() {
        assertThat(ModelRef.parse("digits")).isEqualTo(new ModelRef.ByAlias(DIGITS, "production"));
        assertThat(ModelRef.parse("digits@production")).isEqualTo(ModelRef.parse("digits"));
    }

    @Test
    void anAliasFollowsAnAtSign() {
        assertThat(ModelRef.parse("digits@staging")).isEqualTo(new ModelRef.ByAlias(DIGITS, "staging"));
    }

    @Test
    void aVersionFollowsAColon() {
        assertThat(ModelRef.parse("digits:3")).isEqualTo(new ModelRef.ByVersion(DIGITS, "3"));
    }

    @Test
    void aDigestFollowsAnAtSignAndItsKind() {
        assertThat(ModelRef.parse("digits@" + DIGEST)).isEqualTo(new ModelRef.ByDigest(DIGITS, DIGEST));
    }

    @Test
    void everyReferenceIsReadAsItIsWritten() {
        for (ModelRef ref : new ModelRef[] {
            new ModelRef.ByAlias(DIGITS, "production"),
            new ModelRef.ByAlias(DIGITS, "staging"),
            new ModelRef.ByVersion(DIGITS, "1.0-rc.1"),
            new ModelRef.ByDigest(DIGITS, DIGEST)
        }) {
            assertThat(ModelRef.parse(ref.toString())).isEqualTo(ref);
            assertThat(ref.name()).isEqualTo(DIGITS);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "@",
                ":",
                "digits@",
                "digits:",
                "@staging",
                ":3",
                "digits@a@b",
                "digits:3@staging",
                "digits@staging:3",
                "digits:1:2",
                "digits@sha256:",
                "digits@sha256:abc",
                "my digits"
            })
    void otherFormsAreRefused(String text) {
        assertRefused(ErrorCode.INVALID_NAME, () -> ModelRef.parse(text));
    }
}
