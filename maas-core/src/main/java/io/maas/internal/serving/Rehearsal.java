package io.maas.internal.serving;

import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.internal.registry.Prober;
import io.maas.internal.registry.Registry;
import io.maas.internal.registry.VersionState;
import io.maas.model.Manifest;
import io.maas.model.ModelName;
import io.maas.repository.ModelDetails;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Runs models before they have callers: to learn about them, and to try them out before they are published. */
final class Rehearsal implements Prober {
    private final Registry registry;
    private final ModelLoader loader;
    private final ServablePool pool;
    private final MemoryBudget budget;
    private final BiConsumer<ModelName, Leased<Servable>> release;

    /**
     * Creates it.
     *
     * @param release lets go of a model that was tried out and may be served now
     */
    Rehearsal(
            Registry registry,
            ModelLoader loader,
            ServablePool pool,
            MemoryBudget budget,
            BiConsumer<ModelName, Leased<Servable>> release) {
        this.registry = registry;
        this.loader = loader;
        this.pool = pool;
        this.budget = budget;
        this.release = release;
    }

    @Override
    public ModelDetails.Probe probe(Manifest manifest, VersionState version) {
        MemoryBudget.Reservation room = budget.reserve(
                "the model of " + manifest.name(), Optional.of(manifest.name()), loader.estimate(version));
        return loader.probe(manifest, version, pool.outside(room::release));
    }

    @Override
    public Trial tryOut(VersionState version) {
        Manifest manifest = registry.manifest(version);
        Leased<Servable> model = hold(manifest, version);
        try {
            String finding = Examination.tryOut(manifest, model.value());
            return new Trial() {
                @Override
                public String finding() {
                    return finding;
                }

                @Override
                public void close() {
                    release.accept(manifest.name(), model);
                }
            };
        } catch (RuntimeException | Error e) {
            model.letGo();
            throw e;
        }
    }

    private Leased<Servable> hold(Manifest manifest, VersionState version) {
        try {
            return pool.hold(version);
        } catch (MaasException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new UnavailableException(
                    ErrorCode.MODEL_UNAVAILABLE,
                    "load " + manifest.name() + ":" + version.version(),
                    e.toString(),
                    "report this to whoever wrote the backend or the transforms",
                    e);
        }
    }
}
