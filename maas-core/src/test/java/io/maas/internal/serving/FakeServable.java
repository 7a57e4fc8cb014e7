package io.maas.internal.serving;

import io.maas.internal.schedule.Call;
import io.maas.model.Signature;
import io.maas.tensor.Tensors;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Answers as it is told, and says that it is closed when it is told, or at once. */
final class FakeServable implements Servable {
    boolean closesAtOnce = true;
    /** Set once it is retired. */
    @Nullable
    Runnable closed;

    int calls;
    Supplier<Tensors> answer = Tensors::empty;
    Supplier<CompletableFuture<Tensors>> later = () -> CompletableFuture.completedFuture(answer.get());

    @Override
    public Signature signature() {
        return new Signature(List.of(), List.of());
    }

    @Override
    public long rows(Tensors inputs) {
        return 1;
    }

    @Override
    public long nativeBytes() {
        return 60;
    }

    @Override
    public void requireTime(Call call, long now) {}

    @Override
    public Tensors answer(Tensors inputs, Call call) {
        begin();
        return answer.get();
    }

    @Override
    public CompletableFuture<Tensors> answerLater(Tensors inputs, Call call, Stages stages) {
        begin();
        return later.get();
    }

    private void begin() {
        calls++;
        if (closed != null) {
            throw new IllegalStateException("called when closed");
        }
    }

    boolean isRetired() {
        return closed != null;
    }

    /** Its last run ends. */
    void close() {
        if (closed == null) {
            throw new IllegalStateException("nobody has retired it");
        }
        closed.run();
    }

    @Override
    public void retire(Runnable told) {
        if (closed != null) {
            throw new IllegalStateException("retired twice");
        }
        closed = told;
        if (closesAtOnce) {
            told.run();
        }
    }
}
