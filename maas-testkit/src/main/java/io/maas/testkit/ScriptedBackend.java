package io.maas.testkit;

import io.maas.error.CancelledException;
import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.model.Manifest;
import io.maas.model.Manifest.Role;
import io.maas.model.Signature;
import io.maas.repository.PackageSource;
import io.maas.spi.Backend;
import io.maas.spi.BackendProvider;
import io.maas.spi.InferenceCall;
import io.maas.spi.LoadedModel;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A backend without an engine, for testing a host's use of the platform. Its models are lines of text. The first says what a
 * model answers:
 *
 * <ul>
 *   <li>{@code scale 3}: {@code y = 3 x}, with {@code x} and {@code y} FP32 of {@code [batch]}
 *   <li>{@code function price}: what the function answers that was registered under the name; see {@link #function}
 *   <li>{@code embed 4}: {@code vector}, FP32 of {@code [batch, 4]} and of length 1, for {@code text} of {@code [batch]}
 *   <li>{@code variant 3}: as {@code scale}, plus 0.01 for each further row, so rows must not be run together
 *   <li>{@code sequence 3}: as {@code scale}, plus all the {@code x} before, of {@code [steps]}, which must not be run alone
 *   <li>{@code corrupt}: refused when loaded
 *   <li>{@code failing}: loads, and fails each call
 *   <li>{@code once 3}: as {@code scale}, but loading it a second time throws what a backend should not
 * </ul>
 *
 * <p>Further lines are optional: {@code refuses 13} makes it refuse inputs with a 13 among their numbers, {@code bytes 4096}
 * makes it say that it holds so much native memory.
 *
 * <p>What happens to the engine is told to the backend: {@link #holdUp}, {@link #failNextRuns}, {@link #holdUpLoads}, {@link
 * #failNextLoads}. The platform loads a version when it is registered, when it is published, and when the first predictor
 * needs it, and runs it a few times each time; so tell it what is to happen after that.
 *
 * <p>It notices misuse: a model that is closed while a call runs, or called after it was closed. Thread-safe.
 */
public final class ScriptedBackend implements BackendProvider {
    /** The format of its packages. */
    public static final String FORMAT = "scripted";

    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger loads = new AtomicInteger();
    private final AtomicInteger loadsToFail = new AtomicInteger();
    private final AtomicBoolean misused = new AtomicBoolean();
    private final Set<String> once = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> runs = new ConcurrentHashMap<>();
    private final Map<String, Answering> functions;
    private final Queue<EngineFailure> failures = new ConcurrentLinkedQueue<>();
    private volatile List<String> devices = List.of("cpu");
    private volatile @Nullable Gate gate;
    private volatile @Nullable Gate loadGate;

    /** Creates one; pass it to {@code Maas.builder().backend(…)}. */
    public ScriptedBackend() {
        this(new ConcurrentHashMap<>());
    }

    private ScriptedBackend(Map<String, Answering> functions) {
        this.functions = functions;
    }

    /** Returns another that knows the same functions and has the same devices: that of another host. */
    ScriptedBackend ofAnotherHost() {
        ScriptedBackend other = new ScriptedBackend(functions);
        other.devices = devices;
        return other;
    }

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

    // ---- what models do

    /**
     * Has {@code function name} answered in Java, {@code y} for {@code x}, both FP32 of {@code [batch]}.
     *
     * @param answer is given the rows of all requests that are run together, by any thread. What it throws is what the engine
     *     throws
     */
    public ScriptedBackend function(String name, Function<? super Tensors, ? extends Tensors> answer) {
        functions.put(name, Answering.numbers(answer));
        return this;
    }

    /**
     * Has {@code function name} answered in Java.
     *
     * @param signature what it takes and gives
     * @param answer is given the rows of all requests that are run together, by any thread. What it throws is what the engine
     *     throws
     */
    public ScriptedBackend function(
            String name, Signature signature, Function<? super Tensors, ? extends Tensors> answer) {
        functions.put(name, new Answering(signature, answer));
        return this;
    }

    /** Says which devices this engine can use, the fastest first, from when a platform is opened. Default: {@code cpu}. */
    public ScriptedBackend devices(String... names) {
        devices = List.of(names);
        return this;
    }

    // ---- what happens to them

    /** Fails so many runs from now on. Requests that run together share a run, and are tried alone if it fails. */
    public void failNextRuns(int count, EngineFailure how) {
        failures.addAll(Collections.nCopies(count, how));
    }

    /** Fails so many loads from now on, with {@link ErrorCode#MODEL_UNAVAILABLE}. */
    public void failNextLoads(int count) {
        loadsToFail.set(count);
    }

    /** Holds calls or loads up inside the engine. */
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

        /** Waits until as many as the gate was made for are held up. */
        public void awaitEntered() throws InterruptedException {
            entered.await();
        }

        private void pass(InferenceCall call) {
            AtomicBoolean stopped = new AtomicBoolean();
            if (heedsStop) {
                call.onStop(() -> {
                    stopped.set(true);
                    opened.countDown();
                });
            }
            if (!pass() || stopped.get()) {
                throw new CancelledException("finish the run", "it was stopped", "run it again");
            }
        }

        private boolean pass() {
            entered.countDown();
            try {
                opened.await();
                return true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        /** Lets all go on. */
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

    /** Holds up every load from now on until the gate is closed. */
    public Gate holdUpLoads(int count) {
        Gate next = new Gate(count, false, Optional.empty());
        loadGate = next;
        return next;
    }

    /** Lets everything go on, as a platform must that is to be closed. */
    void letGo() {
        for (Gate one : new Gate[] {gate, loadGate}) {
            if (one != null) {
                one.close();
            }
        }
    }

    // ---- what happened

    /** Returns the number of models that are loaded. */
    public int openModels() {
        return open.get();
    }

    /** Returns the number of models that were loaded so far. */
    public int loads() {
        return loads.get();
    }

    /** Returns how often models of this script were run so far, by callers and by the platform to try them. */
    public int runs(String script) {
        return runs.getOrDefault(script, 0);
    }

    /** Tells whether a model was ever closed under a running call, closed twice, or called after it was closed. */
    public boolean misused() {
        return misused.get();
    }

    void misuse() {
        misused.set(true);
    }

    void closed() {
        open.decrementAndGet();
    }

    /** Lets happen what is to happen to a run. */
    void beforeRun(String script, InferenceCall call) {
        runs.merge(script, 1, Integer::sum);
        Gate current = gate;
        if (current != null && current.only.map(script::equals).orElse(true)) {
            current.pass(call);
        }
        EngineFailure failure = failures.poll();
        if (failure != null) {
            failure.happen();
        }
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
        return new ScriptedEngine(this, functions, devices);
    }

    /** Lets happen what is to happen to a load, and counts the model that comes of it. */
    LoadedModel load(Script script, Supplier<LoadedModel> model) {
        Gate current = loadGate;
        if ((current != null && !current.pass()) || loadsToFail.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new UnavailableException(
                    ErrorCode.MODEL_UNAVAILABLE, "load the model", "it is scripted to fail", "load it again");
        }
        if (script.kind().equals("once") && !once.add(script.text())) {
            throw new IllegalStateException("it is scripted to break");
        }
        LoadedModel loaded = model.get();
        open.incrementAndGet();
        loads.incrementAndGet();
        return loaded;
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
