package io.maas.internal.serving;

import io.maas.error.MaasException;
import io.maas.internal.cache.BundleCache;
import io.maas.internal.cache.CachedBundle;
import io.maas.internal.monitor.Figures;
import io.maas.internal.registry.Registry;
import io.maas.internal.registry.VersionState;
import io.maas.internal.schedule.BatchLimits;
import io.maas.internal.schedule.BatchRule;
import io.maas.internal.schedule.Call;
import io.maas.internal.schedule.ModelQueue;
import io.maas.internal.schedule.OutputSizes;
import io.maas.model.Digest;
import io.maas.model.Manifest;
import io.maas.model.Manifest.Batching;
import io.maas.model.Signature;
import io.maas.repository.ModelDetails;
import io.maas.repository.ModelDetails.BatchInvariance;
import io.maas.spi.Backend;
import io.maas.spi.LoadedModel;
import io.maas.tensor.Tensors;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings a version from the registry to the point where it can answer. Thread-safe. */
final class ModelLoader {
    private static final Logger LOG = LoggerFactory.getLogger(ModelLoader.class);

    private final Registry registry;
    private final BundleCache cache;
    private final Backends backends;
    private final Transforms transforms;
    private final Devices devices;
    private final Figures figures;
    private final ProgramRule programs;
    private final long maxPositions;
    private final ObjLongConsumer<Servable> discard;

    /**
     * Creates it.
     *
     * @param discard retires a model that could not be made ready, given about how much memory it takes
     */
    ModelLoader(
            Registry registry,
            BundleCache cache,
            Backends backends,
            Transforms transforms,
            Devices devices,
            Figures figures,
            ProgramRule programs,
            long maxPositions,
            ObjLongConsumer<Servable> discard) {
        this.registry = registry;
        this.cache = cache;
        this.backends = backends;
        this.transforms = transforms;
        this.devices = devices;
        this.figures = figures;
        this.programs = programs;
        this.maxPositions = maxPositions;
        this.discard = discard;
    }

    /** Loads a version, warms it up and tests it. Whoever asks retires it. */
    Servable load(VersionState version) {
        Manifest manifest = registry.manifest(version);
        BatchInvariance invariance =
                registry.probe(version).map(ModelDetails.Probe::batchInvariance).orElse(BatchInvariance.UNKNOWN);
        EngineModel model = open(manifest, version, mayBatch(manifest, invariance));
        Servable served = asServed(manifest, model, invariance);
        try {
            Examination.warmUpAndTest(manifest, served);
            Examination.warmUpBatches(model);
            return served;
        } catch (RuntimeException | Error e) {
            discard.accept(served, estimate(version));
            throw e;
        }
    }

    /** About how much memory a version takes: what its package says, else its weights. */
    long estimate(VersionState version) {
        Manifest manifest = registry.manifest(version);
        return manifest.runtime().memoryMb().isPresent()
                ? (long) manifest.runtime().memoryMb().getAsInt() << 20
                : manifest.files().stream()
                        .filter(file -> file.role() == Manifest.Role.WEIGHTS)
                        .mapToLong(Manifest.FileEntry::size)
                        .sum();
    }

    /** Requests share runs where that changes no answer, or by less than the package allows. */
    private static boolean mayBatch(Manifest manifest, BatchInvariance invariance) {
        return invariance == BatchInvariance.INVARIANT
                || (tolerates(manifest)
                        && (invariance == BatchInvariance.VARIANT || invariance == BatchInvariance.UNKNOWN));
    }

    private static boolean tolerates(Manifest manifest) {
        return manifest.runtime()
                .batching()
                .map(batching -> batching.rtol().isPresent())
                .orElse(false);
    }

    /** Rows are run alone where it matters, unless the package says by how much results may differ. */
    private static Servable asServed(Manifest manifest, EngineModel model, BatchInvariance invariance) {
        boolean alone =
                invariance == BatchInvariance.VARIANT && !tolerates(manifest) && RowByRow.canSplit(model.signature());
        return alone ? new RowByRow(model) : model;
    }

    private EngineModel open(Manifest manifest, VersionState version, boolean together) {
        Requirements.check(manifest, transforms);
        programs.check(manifest, version);
        Backend backend = backends.forFormat(manifest.format());
        Requirements.checkEngine(manifest, backend.engine());
        Devices.Place place = devices.place(manifest, backend);
        EngineModel single = single(manifest, version, backend, place);
        if (!together || !RowByRow.haveRows(single.engineSignature()) || isOne(manifest)) {
            return single;
        }
        try {
            return single.queuedBy(queue(manifest, single.model(), rows(manifest, single), place, version.digest()));
        } catch (RuntimeException | Error e) {
            discard.accept(single, estimate(version));
            throw e;
        }
    }

    /** Opens a model whose requests run alone. */
    private EngineModel single(Manifest manifest, VersionState version, Backend backend, Devices.Place place) {
        CachedBundle files = cache.layOut(registry.blobs(), manifest, version);
        LoadedModel model = null;
        TransformChain chain = null;
        try {
            model = backend.load(files, place.placement());
            Signature engine = DeclaredSignature.merge(manifest, model.signature());
            chain = new TransformChain(transforms, files, engine);
            ModelQueue queue = queue(manifest, model, BatchRule.alone(engine), place, version.digest());
            return new EngineModel(files, model, engine, chain, queue, maxPositions);
        } catch (RuntimeException | Error e) {
            closeAfter(e, files, model, chain);
            throw e;
        }
    }

    /** Closes each that there is, the last one first, whatever another throws. */
    private static void closeAfter(
            Throwable failure, CachedBundle files, @Nullable LoadedModel model, @Nullable TransformChain chain) {
        try (files;
                model;
                chain) {
            LOG.trace("What was opened is closed", failure);
        } catch (RuntimeException | Error e) {
            failure.addSuppressed(e);
        }
    }

    private static boolean isOne(Manifest manifest) {
        return manifest.runtime().batching().flatMap(ModelLoader::max).orElse(0) == 1;
    }

    private static Optional<Integer> max(Batching batching) {
        OptionalInt max = batching.max();
        return max.isPresent() ? Optional.of(max.getAsInt()) : Optional.empty();
    }

    private ModelQueue queue(Manifest manifest, LoadedModel model, BatchRule rule, Devices.Place place, Digest digest) {
        Optional<Batching> batching = manifest.runtime().batching();
        BatchLimits limits = new BatchLimits(
                batching.flatMap(ModelLoader::max).orElse(Integer.MAX_VALUE),
                maxPositions,
                TimeUnit.MILLISECONDS.toNanos(batching.map(Batching::maxDelayMs).orElse(0)),
                manifest.runtime().minInstances().orElse(1),
                Math.min(place.runs(), manifest.runtime().instances().orElse(Integer.MAX_VALUE)));
        return place.device().queue(manifest.name().value(), model, rule, limits, place.units(), figures.runs(digest));
    }

    private static BatchRule rows(Manifest manifest, EngineModel model) {
        Signature engine = model.engineSignature();
        Map<String, Double> fill = new HashMap<>(model.padding());
        manifest.runtime().batching().ifPresent(batching -> fill.putAll(batching.pad()));
        fill.keySet().removeIf(name -> engine.input(name).isEmpty());
        OutputSizes sizes = OutputSizes.named(model.signatureWithNamesOfMakers());
        return BatchRule.rows(engine, fill, fill.isEmpty() || sizes.areKnown() ? sizes : observed(sizes, model));
    }

    /** Two runs of different lengths show where the sizes of outputs come from that have no names. */
    private static OutputSizes observed(OutputSizes sizes, EngineModel model) {
        try {
            return model.fromSamples(samples -> observed(sizes, model, samples));
        } catch (MaasException | ArithmeticException e) {
            LOG.debug("Where the sizes of outputs come from could not be observed; nothing is padded", e);
            return sizes;
        }
    }

    private static OutputSizes observed(OutputSizes sizes, EngineModel model, List<Tensors> samples) {
        return sizes.observed(samples.get(0), run(model, samples.get(0)), samples.get(1), run(model, samples.get(1)));
    }

    private static Tensors run(EngineModel model, Tensors request) {
        return model.queue().call(request, Call.own(System.nanoTime()));
    }

    /**
     * Loads the version's files on its engine, and measures.
     *
     * @param closed is done once nothing of it is left, which may be later: a run that nobody waits for any more goes on
     */
    ModelDetails.Probe probe(Manifest manifest, VersionState version, Runnable closed) {
        EngineModel model;
        String engine;
        try {
            engine = backends.forFormat(manifest.format()).engine();
            model = open(manifest, version, true);
        } catch (RuntimeException | Error e) {
            closed.run();
            throw e;
        }
        try {
            BatchInvariance invariance = Examination.batchInvariance(manifest, model);
            Examination.warmUpAndTest(manifest, asServed(manifest, model, invariance));
            return new ModelDetails.Probe(engine, model.engineSignature(), model.signature(), invariance);
        } finally {
            model.retire(closed);
        }
    }
}
