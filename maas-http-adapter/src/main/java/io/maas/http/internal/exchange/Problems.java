package io.maas.http.internal.exchange;

import io.maas.error.ConflictException;
import io.maas.error.DeniedException;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.error.NotFoundException;
import io.maas.error.OverloadedException;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What clients are told of what is thrown: what they can act on, and nothing of what happens inside. */
public final class Problems {
    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);
    private static final int DEEPEST = 8;
    private static final int SERVER_ERROR = 500;

    /** What clients cause by the thousand where nothing is broken: the monitor counts it. */
    private static final Set<ErrorCode> USUAL =
            Set.of(ErrorCode.OVERLOADED, ErrorCode.DEADLINE_EXCEEDED, ErrorCode.CANCELLED);

    /** What is about the model and the call. All else may name paths, hosts and buckets. */
    private static final Set<ErrorCode> TOLD = Set.of(
            ErrorCode.OVERLOADED,
            ErrorCode.DEADLINE_EXCEEDED,
            ErrorCode.CANCELLED,
            ErrorCode.INFERENCE_FAILED,
            ErrorCode.OUT_OF_MEMORY,
            ErrorCode.DEVICE_LOST,
            ErrorCode.NO_BACKEND);

    private Problems() {}

    /** Explains what was thrown. What is nobody's fault but ours is logged, and little of it told. */
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
        int status = status(e);
        boolean ours = status >= SERVER_ERROR;
        if (ours && !USUAL.contains(e.code())) {
            LOG.warn("A request failed, {}", e.code().id(), e);
        }
        String detail = ours && !TOLD.contains(e.code()) ? general(e.code()) : String.valueOf(e.getMessage());
        return new Problem(status, e.code().id(), detail, headers);
    }

    private static String general(ErrorCode code) {
        return switch (code) {
            case STORE_FULL ->
                "Cannot answer: the store has no room left; let who runs the server make some, and send it again";
            case COMMIT_STATE_UNKNOWN ->
                "Cannot tell whether the change was made: the store did not say so; look, or send it again with the same"
                        + " Idempotency-Key to learn what became of it";
            case CLOSED -> "Cannot answer: the platform is closed; ask another host";
            default ->
                "Cannot answer: something that the server needs does not work now; send it again later, and let who runs the"
                        + " server look into its log";
        };
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
