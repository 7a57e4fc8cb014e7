package io.maas.http.internal.exchange;

import io.maas.error.ConflictException;
import io.maas.error.DeniedException;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.error.NotFoundException;
import io.maas.error.OverloadedException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What clients are told of what is thrown: what they can act on, and nothing of what happens inside. */
public final class Problems {
    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);
    private static final int DEEPEST = 8;

    private Problems() {}

    /** Explains what was thrown. What is nobody's fault but ours is logged, and only its existence told. */
    public static Problem explain(Throwable thrown) {
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            if (cause instanceof HttpProblem refusal) {
                return refusal.problem();
            }
            if (cause instanceof MaasException known) {
                return known(known);
            }
            cause = cause.getCause();
        }
        LOG.error("A request failed for a reason that nobody foresaw", thrown);
        return new Problem(500, "internal", "Cannot answer: the server made a mistake; its log says more");
    }

    private static Problem known(MaasException e) {
        Map<String, String> headers =
                e instanceof OverloadedException overloaded ? Map.of("Retry-After", seconds(overloaded)) : Map.of();
        String detail = String.valueOf(e.getMessage());
        return new Problem(status(e), e.code().id(), detail, headers);
    }

    private static String seconds(OverloadedException e) {
        return Long.toString(Math.max(1, e.retryAfter().plusMillis(999).toSeconds()));
    }

    private static int status(MaasException e) {
        if (e instanceof InvalidInputException) {
            return 400;
        }
        if (e instanceof NotFoundException) {
            return 404;
        }
        if (e instanceof ConflictException) {
            return e.code() == ErrorCode.TOKEN_REUSED ? 422 : 409;
        }
        if (e instanceof DeniedException) {
            return 403;
        }
        return switch (e.code()) {
            case INFERENCE_FAILED, COMMIT_STATE_UNKNOWN -> 500;
            case DEADLINE_EXCEEDED -> 504;
            default -> 503;
        };
    }
}
