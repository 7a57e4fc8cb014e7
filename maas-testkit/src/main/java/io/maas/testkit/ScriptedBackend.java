package io.maas.testkit;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.UnavailableException;
import io.maas.model.Manifest;
import io.maas.model.Manifest.Role;
import io.maas.model.Signature;
import io.maas.model.TensorSpec;
import io.maas.repository.PackageSource;
import io.maas.spi.Backend;
import io.maas.spi.BackendProvider;
import io.maas.spi.InferenceCall;
import io.maas.spi.LoadedModel;
import io.maas.spi.ModelFiles;
import io.maas.spi.Placement;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A backend without an engine, for testing a host's use of the platform. Its models are lines of text:
 *
 * <ul>
 *   <li>{@code scale 3}: {@code y = 3 x}, with {@code x} and {@code y} FP32 of {@code [batch]}
 *   <li>{@code variant 3}: as {@code scale}, plus 0.01 for each further row, so rows must not be run together
 *   <li>{@code sequence 3}: as {@code scale}, plus all the {@code x} before, of {@code [steps]}, which must not be run alone
 *   <li>{@code corrupt}: refused when loaded
 *   <li>{@code failing}: loads, and fails each call
 *   <li>{@code once 3}: as {@code scale}, but loading it a second time throws what a backend should not
 * </ul>
 *
 * <p>It notices misuse: a model that is closed while a call runs, or called after it was closed. Thread-safe.
 */
public final class ScriptedBackend implements BackendProvider {
    /** The format of its packages. */
    public static final String FORMAT = "scripted";

    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger loads = new AtomicInteger();
    private final AtomicBoolean misused = new AtomicBoolean();
    private final Set<String> once = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Gate gate;

    /** Creates one; pass it to {@code Maas.builder().backend(…)}. */
    public ScriptedBackend() {}

    /** Returns a package of a model with this script. */
    public static PackageSource model(String name, String script) {
        return model(Manifest.builder(name, FORMAT).build(), script);
    }

    /** Returns a package of a model with this script and manifest. */
    public static PackageSource model(Manifest manifest, String script) {
        return PackageSource.builder(manifest)
                .file("model.scripted", Role.WEIGHTS, script.getBytes(StandardCharsets.UTF_8))
                .build();
    }

    /** Returns the number of models that are loaded. */
    public int openModels() {
        return open.get();
    }

    /** Returns the number of models that were loaded so far. */
    public int loads() {
        return loads.get();
    }

    /** Tells whether a model was ever closed under a running call, closed twice, or called after it was closed. */
    public boolean misused() {
        return misused.get();
    }

    /** Holds calls up inside the engine. */
    public static final class Gate implements AutoCloseable {
        private final CountDownLatch entered;
        private final CountDownLatch opened = new CountDownLatch(1);
        private final boolean heedsStop;
        private final Optional<String> only;

        private Gate(int calls, boolean heedsStop, Optional<String> only) {
            this.entered = new CountDownLatch(calls);
            this.heedsStop = heedsStop;
            this.only = only;
        }

        /** Waits until as many calls as the gate was made for are held up. */
        public void awaitEntered() throws InterruptedException {
            entered.await();
        }

        /** Lets all calls go on. */
        @Override
        public void close() {
            opened.countDown();
        }
    }

    /** Holds up every call from now on until the gate is closed. An engine that can be interrupted: a stop ends them. */
    public Gate holdUp(int calls) {
        return hold(new Gate(calls, true, Optional.empty()));
    }

    /** Holds up every call of models with this script, as {@link #holdUp(int)} does of all. */
    public Gate holdUp(int calls, String script) {
        return hold(new Gate(calls, true, Optional.of(script)));
    }

    /** Holds up every call from now on until the gate is closed, whatever anybody says. */
    public Gate holdUpStubbornly(int calls) {
        return hold(new Gate(calls, false, Optional.empty()));
    }

    private Gate hold(Gate next) {
        gate = next;
        return next;
    }

    @Override
    public String name() {
        return "scripted";
    }

    @Override
    public Set<String> formats() {
        return Set.of(FORMAT);
    }

    @Override
    public Backend open() {
        return new Backend() {
            @Override
            public String engine() {
                return "scripted 1.0";
            }

            @Override
            public LoadedModel load(ModelFiles files, Placement placement) {
                return new Scripted(script(files));
            }

            @Override
            public void close() {
                if (open.get() != 0) {
                    misused.set(true);
                }
            }
        };
    }

    private static List<String> script(ModelFiles files) {
        try {
            return List.of(Files.readString(files.model()).strip().split(" "));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final class Scripted implements LoadedModel {
        private final String script;
        private final String kind;
        private final float factor;
        private final AtomicInteger running = new AtomicInteger();
        private final AtomicBoolean closed = new AtomicBoolean();

        Scripted(List<String> words) {
            script = String.join(" ", words);
            kind = words.get(0);
            if (kind.equals("once") && !once.add(script)) {
                throw new IllegalStateException("it is scripted to break");
            }
            if (!Set.of("scale", "variant", "failing", "once", "sequence").contains(kind)) {
                throw new InvalidInputException(
                        ErrorCode.MODEL_CORRUPT, "load the model", "its script is '" + script + "'", "write another");
            }
            factor = words.size() > 1 ? Float.parseFloat(words.get(1)) : 1;
            open.incrementAndGet();
            loads.incrementAndGet();
        }

        @Override
        public Signature signature() {
            String rows = kind.equals("sequence") ? "steps" : "batch";
            return new Signature(
                    List.of(TensorSpec.of("x", DataType.FP32, rows)), List.of(TensorSpec.of("y", DataType.FP32, rows)));
        }

        @Override
        public void infer(InferenceCall call) {
            running.incrementAndGet();
            try {
                if (closed.get()) {
                    misused.set(true);
                }
                waitAtGate(call);
                if (kind.equals("failing")) {
                    throw new UnavailableException(
                            ErrorCode.INFERENCE_FAILED, "run the model", "it is scripted to fail", "use another");
                }
                call.complete(Tensors.of("y", answer(call.input(0))));
            } finally {
                running.decrementAndGet();
            }
        }

        private Tensor answer(Tensor x) {
            float[] values = x.toFloats();
            float extra = kind.equals("variant") ? 0.01f * (values.length - 1) : 0;
            float[] result = new float[values.length];
            for (int i = 0; i < values.length; i++) {
                result[i] = factor * values[i] + extra;
                extra += kind.equals("sequence") ? values[i] : 0;
            }
            return Tensor.wrap(result);
        }

        private void waitAtGate(InferenceCall call) {
            Gate current = gate;
            if (current == null || !current.only.map(script::equals).orElse(true)) {
                return;
            }
            AtomicBoolean stopped = new AtomicBoolean();
            if (current.heedsStop) {
                call.onStop(() -> {
                    stopped.set(true);
                    current.opened.countDown();
                });
            }
            current.entered.countDown();
            try {
                current.opened.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                stopped.set(true);
            }
            if (stopped.get()) {
                throw new UnavailableException(ErrorCode.CANCELLED, "finish the run", "it was stopped", "run it again");
            }
        }

        @Override
        public long nativeBytes() {
            return 0;
        }

        @Override
        public void close() {
            if (running.get() != 0 || !closed.compareAndSet(false, true)) {
                misused.set(true);
            }
            open.decrementAndGet();
        }
    }

    /** Returns inputs for a scripted model. */
    public static Tensors x(float... values) {
        return Tensors.of("x", Tensor.of(values));
    }

    /** Returns the outputs of a scripted model. */
    public static float[] y(Tensors outputs) {
        return outputs.get("y").toFloats();
    }
}
