package io.maas.http.internal.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.maas.error.CommitStateUnknownException;
import io.maas.error.ConflictException;
import io.maas.error.DeniedException;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.error.NotFoundException;
import io.maas.error.OverloadedException;
import io.maas.error.UnavailableException;
import io.maas.http.LogCapture;
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
                        new UnavailableException(ErrorCode.INFERENCE_FAILED, "run", "it broke", "call again"),
                        500,
                        "inference-failed"));
    }

    @ParameterizedTest
    @MethodSource("families")
    void familiesHaveStatuses(Exception thrown, int status, String code) {
        Problem problem = Problems.explain(new IOException("wrapped", thrown));

        assertThat(problem.status()).isEqualTo(status);
        assertThat(problem.code()).isEqualTo(code);
        assertThat(problem.detail()).isEqualTo(thrown.getMessage());
    }

    static Stream<Arguments> insides() {
        String inside = "/srv/models on db-7.internal";
        return Stream.of(
                Arguments.of(new UnavailableException(ErrorCode.STORE_FULL, "write " + inside, inside, inside), 503),
                Arguments.of(new UnavailableException(ErrorCode.STORE_UNAVAILABLE, "read", inside, inside), 503),
                Arguments.of(new UnavailableException(ErrorCode.STORE_DENIED, "read", inside, inside), 503),
                Arguments.of(new UnavailableException(ErrorCode.TARGET_UNWRITABLE, "write", inside, inside), 503),
                Arguments.of(new UnavailableException(ErrorCode.CORRUPT_BLOB, "read", inside, inside), 503),
                Arguments.of(new UnavailableException(ErrorCode.CLOSED, "use " + inside, inside, inside), 503),
                Arguments.of(new CommitStateUnknownException("t-1", inside, new IOException(inside)), 500));
    }

    @ParameterizedTest
    @MethodSource("insides")
    void whatFailsInsideIsLoggedAndItsCodeAloneTold(MaasException thrown, int status) throws InterruptedException {
        try (LogCapture log = LogCapture.of(Problems.class.getName())) {
            Problem problem = Problems.explain(thrown);

            assertThat(problem.status()).isEqualTo(status);
            assertThat(problem.code()).isEqualTo(thrown.code().id());
            assertThat(problem.detail())
                    .startsWith("Cannot ")
                    .doesNotContain("srv")
                    .doesNotContain("internal")
                    .doesNotContain("t-1");
            ILoggingEvent event = log.next();
            assertThat(event.getLevel()).isEqualTo(Level.WARN);
            assertThat(event.getThrowableProxy().getMessage()).isEqualTo(thrown.getMessage());
        }
    }

    @Test
    void whatComesByTheThousandIsNotLogged() throws InterruptedException {
        try (LogCapture log = LogCapture.of(Problems.class.getName())) {
            Problems.explain(new OverloadedException("call", "it is full", Duration.ofMillis(1200)));
            Problems.explain(new UnavailableException(ErrorCode.DEADLINE_EXCEEDED, "call", "time is up", "wait"));
            Problems.explain(new UnavailableException(ErrorCode.CANCELLED, "call", "the caller left", "stay"));
            Problems.explain(new NotFoundException(ErrorCode.UNKNOWN_MODEL, "call x", "there is none", "register it"));
            Problems.explain(new UnavailableException(ErrorCode.OUT_OF_MEMORY, "call", "the last", "wait"));

            assertThat(log.next().getThrowableProxy().getMessage()).contains("the last");
        }
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
