package io.maas.http.internal.inference;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.maas.Maas;
import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.http.internal.exchange.Exchange;
import io.maas.model.ModelRef;
import io.maas.model.Signature;
import io.maas.predict.CallOptions;
import io.maas.predict.Cancellation;
import io.maas.predict.Prediction;
import io.maas.predict.Predictor;
import io.maas.tensor.Tensors;
import java.time.Duration;
import java.util.function.Function;

/**
 * A predictor for whatever clients name, kept for as long as somebody calls it now and then: making one loads the model, and a model
 * that only a stranger's typing error named must not stay. Thread-safe.
 */
public final class Predictors implements AutoCloseable {
    private static final int MOST = 1_000;
    private static final Duration IDLE = Duration.ofMinutes(30);

    private final Maas maas;
    private final Cache<ModelRef, Predictor<Tensors, Tensors>> open = Caffeine.newBuilder()
            .maximumSize(MOST)
            .expireAfterAccess(IDLE)
            .executor(Runnable::run)
            .<ModelRef, Predictor<Tensors, Tensors>>removalListener((ref, predictor, cause) -> {
                if (predictor != null) {
                    predictor.close();
                }
            })
            .build();

    /** Creates it without any. */
    public Predictors(Maas maas) {
        this.maas = maas;
    }

    /**
     * Calls a model, on this thread, for a client: if he goes away, the call ends, down to the engine.
     *
     * @throws MaasException as {@link Predictor#call} does
     */
    public Prediction<Tensors> call(Exchange exchange, ModelRef ref, Tensors inputs, CallOptions options) {
        Cancellation gone = new Cancellation();
        exchange.onDisconnect(gone::cancel);
        CallOptions cancellable = options.cancelledBy(gone);
        return with(ref, predictor -> predictor.call(inputs, cancellable));
    }

    /**
     * Returns what a model takes and gives.
     *
     * @throws MaasException as {@link Predictor#signature} does
     */
    public Signature signature(ModelRef ref) {
        return with(ref, Predictor::signature);
    }

    /** One that was set aside just now, since many others are in use, is made again. */
    private <R> R with(ModelRef ref, Function<Predictor<Tensors, Tensors>, R> action) {
        try {
            return action.apply(open.get(ref, maas::predictor));
        } catch (MaasException e) {
            if (e.code() != ErrorCode.CLOSED) {
                throw e;
            }
            return action.apply(open.get(ref, maas::predictor));
        }
    }

    /** Lets go of a model; who calls it again makes it load again. */
    public void forget(ModelRef ref) {
        open.invalidate(ref);
    }

    /** Closes them all. */
    @Override
    public void close() {
        open.invalidateAll();
        open.cleanUp();
    }
}
