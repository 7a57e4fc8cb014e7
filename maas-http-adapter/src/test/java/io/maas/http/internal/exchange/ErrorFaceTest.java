package io.maas.http.internal.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Faces that fail. */
class ErrorFaceTest {
    @Test
    void aFaceThatFailsStillAnswers() {
        ErrorFace failing = (problem, path, traceId) -> {
            throw new IllegalStateException("cannot write");
        };

        assertThat(failing.safe()
                        .render(new Problem(400, "bad", "bad"), "/", "")
                        .body())
                .asString()
                .isEqualTo("{}");
    }
}
