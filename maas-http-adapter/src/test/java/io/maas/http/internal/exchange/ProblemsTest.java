package io.maas.http.internal.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.error.ConflictException;
import io.maas.error.DeniedException;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.NotFoundException;
import io.maas.error.OverloadedException;
import io.maas.error.UnavailableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What clients are told. */
class ProblemsTest {
    static Stream<Arguments> families() {
        return Stream.of(
                Arguments.of(
                        new InvalidInputException(ErrorCode.TENSOR_TYPE, "call", "it is text", "send floats"),
                        400,
                        "tensor-type"),
                Arguments.of(
                        new NotFoundException(ErrorCode.UNKNOWN_MODEL, "call x", "there is none", "register it"),
                        404,
                        "unknown-model"),
                Arguments.of(new ConflictException(ErrorCode.STALE, "publish", "it moved", "look again"), 409, "stale"),
                Arguments.of(
                        new DeniedException(ErrorCode.ON_HOLD, "publish", "it is held", "release it"), 403, "on-hold"),
                Arguments.of(
                        new UnavailableException(ErrorCode.STORE_UNAVAILABLE, "read", "it is away", "wait"),
                        503,
                        "store-unavailable"));
    }

    @ParameterizedTest
    @MethodSource("families")
    void familiesHaveStatuses(Exception thrown, int status, String code) {
        Problem problem = Problems.explain(new IOException("wrapped", thrown));

        assertThat(problem.status()).isEqualTo(status);
        assertThat(problem.code()).isEqualTo(code);
        assertThat(problem.detail()).isEqualTo(thrown.getMessage());
    }

    @Test
    void whoIsRefusedForLackOfTimeIsToldWhenToComeBack() {
        Problem problem = Problems.explain(new OverloadedException("call", "it is full", Duration.ofMillis(1200)));

        assertThat(problem.status()).isEqualTo(503);
        assertThat(problem.headers()).containsEntry("Retry-After", "2");
    }

    @Test
    void problemsAreJson() {
        ErrorFace.Rendered rendered =
                new ProblemJson().render(new Problem(400, "bad-path", "Cannot \"read\"\n it"), "/", "4bf9");

        assertThat(rendered.contentType()).isEqualTo("application/problem+json");
        assertThat(new String(rendered.body(), StandardCharsets.UTF_8))
                .isEqualTo("{\"type\":\"urn:maas:problem:bad-path\",\"title\":\"Bad path\",\"status\":400,"
                        + "\"detail\":\"Cannot \\\"read\\\"\\n it\",\"code\":\"bad-path\",\"trace_id\":\"4bf9\"}");
    }
}
