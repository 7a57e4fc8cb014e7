package io.maas.backend.djl;

import ai.djl.Model;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.model.Signature;
import io.maas.spi.InferenceCall;
import io.maas.spi.LoadedModel;
import io.maas.tensor.Tensors;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A model on an engine of DJL, shared by all threads: not by DJL's predictors, which are for one thread each. A run cannot be
 * interrupted, so a call that nobody waits for any more keeps its device until it has ended.
 */
final class DjlModel implements LoadedModel {
    private final String engine;
    private final Model model;
    private final Forward forward;
    private final Signature signature;
    private final long nativeBytes;
    /** Read by runs and written by closing: memory that a run uses must not go under it, whoever closes. */
    private final ReentrantReadWriteLock use = new ReentrantReadWriteLock();

    private boolean closed;

    DjlModel(String engine, Model model, Forward forward, Signature signature, long nativeBytes) {
        this.engine = engine;
        this.model = model;
        this.forward = forward;
        this.signature = signature;
        this.nativeBytes = nativeBytes;
    }

    /** Returns what the manifest declares: the engine does not tell. Each run is held to it. */
    @Override
    public Signature signature() {
        return signature;
    }

    @Override
    public void infer(InferenceCall call) {
        use.readLock().lock();
        try {
            if (closed) {
                throw new UnavailableException(
                        ErrorCode.CLOSED, "call the model", "it was closed, " + signature, "load it again");
            }
            run(call);
        } finally {
            use.readLock().unlock();
        }
    }

    private void run(InferenceCall call) {
        // a manager for each run: what is made on the model's own stays until the model is closed, some 3 KB a call
        try (NDManager run = model.getNDManager().newSubManager()) {
            call.lend(taken(outputs(call, run)));
        }
    }

    private NDList outputs(InferenceCall call, NDManager run) {
        try {
            return forward.run(call, signature, run);
        } catch (EngineException | IllegalStateException | IllegalArgumentException | UnsupportedOperationException e) {
            throw DjlFailure.of(engine, e);
        }
    }

    private Tensors taken(NDList outputs) {
        if (outputs.size() != signature.outputs().size()) {
            throw DjlOutput.differs("it gives " + outputs.size() + " tensors and maas.json lists "
                    + signature.outputs().size());
        }
        Tensors.Builder all = Tensors.builder();
        for (int i = 0; i < outputs.size(); i++) {
            NDArray array = outputs.get(i);
            all.add(
                    signature.outputs().get(i).name(),
                    DjlOutput.of(signature.outputs().get(i), array));
        }
        return all.build();
    }

    @Override
    public long nativeBytes() {
        return nativeBytes;
    }

    /** Waits for runs. */
    @Override
    public void close() {
        use.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                model.close();
            }
        } finally {
            use.writeLock().unlock();
        }
    }
}
