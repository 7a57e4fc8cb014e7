package io.maas.http.internal.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.error.InvalidInputException;
import io.maas.http.internal.exchange.HttpProblem;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a request names is read into a tree, so only what can be a request is, and no more than a little. */
class FieldsTest {
    private static Fields read(String body) {
        return Fields.read(ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void anObjectAndAFormAreRead() {
        assertThat(read(" {\"version\": 2}").text("version")).hasValue("2");
        assertThat(read("version=2").text("version")).hasValue("2");
        assertThat(read(" ").text("version")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1, 2, and no JSON", "\"text, and no JSON"})
    void whatCannotBeARequestIsNotRead(String body) {
        assertThatThrownBy(() -> read(body))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("it is not one JSON object");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"reason\": \"%s\"}", "reason=%s"})
    void moreThanAChangeNeedsIsRefused(String body) {
        assertThat(read(body.formatted("x".repeat(1_000_000))).text("reason")).isPresent();
        assertThatThrownBy(() -> read(body.formatted("x".repeat(1 << 20))))
                .isInstanceOfSatisfying(
                        HttpProblem.class,
                        refusal -> assertThat(refusal.problem().status()).isEqualTo(413));
    }
}
