package io.maas.internal.serving;

import io.maas.internal.cache.BundleCache;
import io.maas.internal.cache.CachedBundle;
import io.maas.internal.registry.Registry;
import io.maas.internal.registry.VersionState;
import io.maas.model.Manifest;
import io.maas.model.Signature;
import io.maas.repository.ModelDetails;
import io.maas.repository.ModelDetails.BatchInvariance;
import io.maas.spi.Backend;
import io.maas.spi.LoadedModel;
import io.maas.spi.Placement;

/** Brings a version from the registry to the point where it can answer. Thread-safe. */
final class ModelLoader {
    private final Registry registry;
    private final BundleCache cache;
    private final Backends backends;
    private final Transforms transforms;
    private final Scheduler scheduler;
    private final long maxPositions;

    ModelLoader(
            Registry registry,
            BundleCache cache,
            Backends backends,
            Transforms transforms,
            Scheduler scheduler,
            long maxPositions) {
        this.registry = registry;
        this.cache = cache;
        this.backends = backends;
        this.transforms = transforms;
        this.scheduler = scheduler;
        this.maxPositions = maxPositions;
    }

    /** Loads a version, warms it up and tests it. Whoever asks closes it. */
    Servable load(VersionState version) {
        Manifest manifest = registry.manifest(version);
        BatchInvariance invariance =
                registry.probe(version).map(ModelDetails.Probe::batchInvariance).orElse(BatchInvariance.UNKNOWN);
        Servable model = asServed(manifest, open(manifest, version), invariance);
        try {
            Examination.warmUpAndTest(manifest, model);
            return model;
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    /** Rows are run alone where it matters, unless the package says by how much results may differ. */
    private static Servable asServed(Manifest manifest, EngineModel model, BatchInvariance invariance) {
        boolean tolerated = manifest.runtime()
                .batching()
                .map(batching -> batching.rtol().isPresent())
                .orElse(false);
        boolean alone = invariance == BatchInvariance.VARIANT && !tolerated && RowByRow.canSplit(model.signature());
        return alone ? new RowByRow(model) : model;
    }

    private EngineModel open(Manifest manifest, VersionState version) {
        Requirements.check(manifest, transforms);
        Backend backend = backends.forFormat(manifest.format());
        Requirements.checkEngine(manifest, backend.engine());
        CachedBundle files = cache.layOut(registry.blobs(), manifest, version);
        LoadedModel model = null;
        try {
            Placement placement =
                    new Placement("cpu", manifest.runtime().threads().orElse(1));
            model = backend.load(files, placement);
            Signature engine = DeclaredSignature.merge(manifest, model.signature());
            TransformChain chain = new TransformChain(transforms, files, engine);
            return new EngineModel(files, model, engine, chain, scheduler, maxPositions);
        } catch (RuntimeException | Error e) {
            if (model != null) {
                model.close();
            }
            files.close();
            throw e;
        }
    }

    /** Loads the version's files on its engine, and measures. */
    ModelDetails.Probe probe(Manifest manifest, VersionState version) {
        String engine = backends.forFormat(manifest.format()).engine();
        try (EngineModel model = open(manifest, version)) {
            BatchInvariance invariance = Examination.batchInvariance(manifest, model);
            Examination.warmUpAndTest(manifest, asServed(manifest, model, invariance));
            return new ModelDetails.Probe(engine, model.engineSignature(), model.signature(), invariance);
        }
    }
}
