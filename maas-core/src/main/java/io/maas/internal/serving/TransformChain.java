package io.maas.internal.serving;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.UnavailableException;
import io.maas.model.Dim;
import io.maas.model.Manifest;
import io.maas.model.Signature;
import io.maas.model.TensorSpec;
import io.maas.spi.ModelFiles;
import io.maas.spi.Transform;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The steps around an engine. Tensors have names, and each step reads some and makes some; what is left over is what the
 * caller gives, and what the caller gets.
 *
 * <p>A caller gives what steps before the engine, or the engine itself, read and nothing before them made. A caller gets
 * what the engine and the steps after it made and no later step read.
 */
final class TransformChain implements AutoCloseable {
    private record Step(Transform transform, Signature signature) {}

    private final Signature engine;
    private final List<Step> before = new ArrayList<>();
    private final List<Step> after = new ArrayList<>();
    private final Signature folded;

    TransformChain(Transforms transforms, ModelFiles files, Signature engine) {
        this.engine = engine;
        Manifest manifest = files.manifest();
        try {
            Map<String, TensorSpec> available = new LinkedHashMap<>();
            Map<String, TensorSpec> given = new LinkedHashMap<>();
            for (Manifest.TransformStep step : manifest.before()) {
                addBefore(transforms.create(step, files), available, given);
            }
            for (TensorSpec input : engine.inputs()) {
                requireFits(manifest, input, available.get(input.name()));
                if (!available.containsKey(input.name())) {
                    available.put(input.name(), input);
                    given.put(input.name(), input);
                }
            }
            Map<String, TensorSpec> visible = new LinkedHashMap<>();
            engine.outputs().forEach(output -> visible.put(output.name(), output));
            available.putAll(visible);
            for (Manifest.TransformStep step : manifest.after()) {
                addAfter(transforms.create(step, files), manifest, available, visible);
            }
            folded = new Signature(List.copyOf(given.values()), List.copyOf(visible.values()));
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void addBefore(Transform transform, Map<String, TensorSpec> available, Map<String, TensorSpec> given) {
        Signature signature = open(before, transform, available);
        for (TensorSpec input : signature.inputs()) {
            if (available.putIfAbsent(input.name(), input) == null) {
                given.put(input.name(), input);
            }
        }
        signature.outputs().forEach(output -> available.put(output.name(), output));
    }

    private void addAfter(
            Transform transform,
            Manifest manifest,
            Map<String, TensorSpec> available,
            Map<String, TensorSpec> visible) {
        Signature signature = open(after, transform, available);
        for (TensorSpec input : signature.inputs()) {
            if (!available.containsKey(input.name())) {
                throw refused(manifest, "a step after the engine reads '" + input.name() + "', which nothing makes");
            }
            visible.remove(input.name());
        }
        for (TensorSpec output : signature.outputs()) {
            available.put(output.name(), output);
            visible.put(output.name(), output);
        }
    }

    private static Signature open(List<Step> steps, Transform transform, Map<String, TensorSpec> available) {
        Signature signature;
        try {
            signature = transform.signature(Map.copyOf(available));
        } catch (RuntimeException | Error e) {
            transform.close();
            throw e;
        }
        steps.add(new Step(transform, signature));
        return signature;
    }

    private static void requireFits(Manifest manifest, TensorSpec wanted, @Nullable TensorSpec made) {
        if (made != null && (made.type() != wanted.type() || made.rank() != wanted.rank())) {
            throw refused(manifest, "the steps make " + made + " and the engine wants " + wanted);
        }
    }

    private static InvalidInputException refused(Manifest manifest, String why) {
        return new InvalidInputException(
                ErrorCode.BAD_TRANSFORM, "prepare " + manifest.name(), why, "correct the transforms in maas.json");
    }

    /** What callers give and get. */
    Signature signature() {
        return folded;
    }

    /**
     * The engine's signature, where sizes of its inputs that have no name there have one that tells which of them a step makes
     * alike, such as those of tokens and their mask.
     */
    Signature withNamesOfMakers() {
        Map<String, List<Dim>> made = new HashMap<>();
        for (int i = 0; i < before.size(); i++) {
            String maker = "size of step " + i + " no. ";
            Map<Dim, Dim> names = new HashMap<>(Map.of(Dim.ANY, Dim.ANY));
            for (TensorSpec output : before.get(i).signature().outputs()) {
                List<Dim> dims = output.dims().stream()
                        .map(dim -> names.computeIfAbsent(dim, one -> Dim.of(maker + names.size())))
                        .toList();
                made.put(output.name(), dims);
            }
        }
        return new Signature(
                engine.inputs().stream()
                        .map(input -> named(input, made.getOrDefault(input.name(), input.dims())))
                        .toList(),
                engine.outputs());
    }

    private static TensorSpec named(TensorSpec input, List<Dim> made) {
        List<Dim> dims = IntStream.range(0, input.rank())
                .mapToObj(d -> {
                    Dim dim = input.dims().get(d);
                    return d > 0 && dim.equals(Dim.ANY) ? made.get(d) : dim;
                })
                .toList();
        return new TensorSpec(input.name(), input.type(), dims, input.labels(), input.semantic());
    }

    /** What fills up the engine's inputs, as the steps that make them say. */
    Map<String, Double> padding() {
        Map<String, Double> fill = new LinkedHashMap<>();
        for (Step step : before) {
            step.signature().outputs().forEach(made -> fill.remove(made.name()));
            fill.putAll(step.transform().padding());
        }
        return fill;
    }

    boolean hasBefore() {
        return !before.isEmpty();
    }

    boolean isEmpty() {
        return before.isEmpty() && after.isEmpty();
    }

    /** The tensors of one call that exist so far. */
    final class Flow {
        private final Map<String, Tensor> there = new LinkedHashMap<>();

        Flow(Tensors inputs) {
            inputs.forEach(there::put);
        }

        /** Runs the steps before the engine, and returns its inputs. */
        Tensors before() {
            before.forEach(this::apply);
            Tensors inputs = select(engine.inputs());
            if (!before.isEmpty()) {
                engine.checkInputs(inputs);
            }
            return inputs;
        }

        /** Runs the steps after the engine, and returns the caller's outputs. */
        Tensors after(Tensors outputs) {
            outputs.forEach(there::put);
            after.forEach(this::apply);
            return select(folded.outputs());
        }

        private void apply(Step step) {
            step.transform().apply(select(step.signature().inputs())).forEach(there::put);
        }

        private Tensors select(List<TensorSpec> specs) {
            Tensors.Builder selected = Tensors.builder();
            for (TensorSpec spec : specs) {
                Tensor tensor = there.get(spec.name());
                if (tensor == null) {
                    throw new UnavailableException(
                            ErrorCode.INFERENCE_FAILED,
                            "finish the call",
                            "a transform or the engine promised " + spec + " and made only " + there.keySet(),
                            "report this to whoever wrote it");
                }
                selected.add(spec.name(), tensor);
            }
            return selected.build();
        }
    }

    @Override
    public void close() {
        List<Step> all = new ArrayList<>(before);
        all.addAll(after);
        close(all);
    }

    /** Closes every step, whatever one of them throws. */
    private static void close(List<Step> steps) {
        if (!steps.isEmpty()) {
            try {
                steps.get(0).transform().close();
            } finally {
                close(steps.subList(1, steps.size()));
            }
        }
    }
}
