package io.maas.http.internal.exchange;

import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Never fails: an exchange whose error cannot be told would never end. */
final class SafeFace implements ErrorFace {
    private static final Logger LOG = LoggerFactory.getLogger(SafeFace.class);

    private final ErrorFace face;

    SafeFace(ErrorFace face) {
        this.face = face;
    }

    @Override
    public Rendered render(Problem problem, String path, String traceId) {
        try {
            return face.render(problem, path, traceId);
        } catch (RuntimeException e) {
            LOG.error("A problem could not be written down", e);
            return new Rendered("application/json", "{}".getBytes(StandardCharsets.UTF_8));
        }
    }
}
