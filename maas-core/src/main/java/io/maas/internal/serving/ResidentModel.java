package io.maas.internal.serving;

import io.maas.error.UnavailableException;
import io.maas.internal.schedule.Call;
import io.maas.model.ModelName;
import io.maas.model.Signature;
import io.maas.tensor.Tensors;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** A version's model as others hold it, whether or not it is loaded at the moment: {@link Residence} sees to that. */
final class ResidentModel implements Servable {
    private final Residence residence;
    private final Signature signature;
    private final boolean haveRows;

    /**
     * Loads the model.
     *
     * @param model whose version it is
     * @param version the version, for messages
     * @param loader loads it, each time
     * @param estimate about what it takes, in bytes
     * @param loaders runs later loads
     */
    ResidentModel(
            ModelName model,
            String version,
            Supplier<Servable> loader,
            MemoryBudget budget,
            long estimate,
            Executor loaders) {
        this(model, version, loader, budget, estimate, loaders, System::nanoTime);
    }

    ResidentModel(
            ModelName model,
            String version,
            Supplier<Servable> loader,
            MemoryBudget budget,
            long estimate,
            Executor loaders,
            LongSupplier nanoTime) {
        this.residence = new Residence(model, version, loader, budget, estimate, loaders, nanoTime);
        this.signature = residence.signature();
        this.haveRows = RowByRow.haveRows(signature);
    }

    @Override
    public Signature signature() {
        return signature;
    }

    @Override
    public long rows(Tensors inputs) {
        return haveRows ? inputs.get(0).shape().dim(0) : 1;
    }

    @Override
    public long nativeBytes() {
        Servable model = residence.loaded();
        return model == null ? 0 : model.nativeBytes();
    }

    /** Closes the model until the next call, unless it is being called; false if it was not or is not there. */
    boolean rest() {
        return residence.rest();
    }

    boolean isLoaded() {
        return residence.loaded() != null;
    }

    // ---- calls

    @Override
    public void requireTime(Call call, long now) {
        Servable model = residence.loaded();
        if (model != null) {
            model.requireTime(call, now); // what it reads stays there, whether or not the model is closed
        }
    }

    @Override
    public Tensors answer(Tensors inputs, Call call) {
        Leased<Servable> model = residence.lease(call);
        try {
            return model.value().answer(inputs, call);
        } catch (UnavailableException e) {
            residence.failed(e);
            throw e;
        } finally {
            model.release();
        }
    }

    @Override
    public <R> R answer(Tensors inputs, Call call, Function<? super Tensors, ? extends R> reader) {
        Leased<Servable> model = residence.lease(call);
        try {
            return model.value().answer(inputs, call, reader);
        } catch (UnavailableException e) {
            residence.failed(e);
            throw e;
        } finally {
            model.release();
        }
    }

    @Override
    public CompletableFuture<Tensors> answerLater(Tensors inputs, Call call, Stages stages) {
        Leased<Servable> model = residence.leaseIfLoaded(call);
        if (model == null) {
            return onceAwake(inputs, call, stages);
        }
        try {
            return model.value().answerLater(inputs, call, stages).whenComplete((answer, error) -> {
                model.release();
                Throwable cause =
                        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
                if (cause instanceof UnavailableException e) {
                    residence.failed(e);
                }
            });
        } catch (RuntimeException | Error e) {
            model.release();
            throw e;
        }
    }

    /** Loading may outlast the call. */
    @SuppressWarnings("FutureReturnValueIgnored") // dependent stages that only pass something on
    private CompletableFuture<Tensors> onceAwake(Tensors inputs, Call call, Stages stages) {
        CompletableFuture<Tensors> result = new CompletableFuture<>();
        call.onStop(why -> result.completeExceptionally(call.ended(why)));
        residence
                .awake()
                .thenCompose(fresh -> answerLater(inputs, call, stages))
                .whenComplete((answer, error) -> {
                    if (error == null) {
                        result.complete(answer);
                    } else {
                        result.completeExceptionally(
                                error instanceof CompletionException && error.getCause() != null
                                        ? error.getCause()
                                        : error);
                    }
                });
        return result;
    }

    // ---- memory

    @Override
    public void held() {
        residence.held();
    }

    @Override
    public void revive() {
        residence.revive();
    }

    @Override
    public void resume() {
        residence.resume();
    }

    @Override
    public void settled() {
        residence.settled();
    }

    @Override
    public void moved() {
        residence.moved();
    }

    @Override
    public void retire(Runnable closed) {
        residence.retire(closed);
    }
}
