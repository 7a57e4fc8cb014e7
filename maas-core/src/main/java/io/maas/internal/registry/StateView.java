package io.maas.internal.registry;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Digest;
import io.maas.model.ModelName;
import io.maas.model.ModelRef;
import io.maas.model.TrustKey;
import io.maas.repository.AccessGrant;
import io.maas.repository.AliasMove;
import io.maas.repository.Commit;
import io.maas.repository.GateReport;
import io.maas.repository.Lifecycle;
import io.maas.repository.ModelDetails;
import io.maas.repository.ModelVersion;
import io.maas.repository.Origin;
import io.maas.repository.Policy;
import io.maas.repository.RepositoryView;
import io.maas.repository.Traffic;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads a state. */
final class StateView implements RepositoryView {
    private final RegistryState state;
    private final Contents contents;

    StateView(RegistryState state, Contents contents) {
        this.state = state;
        this.contents = contents;
    }

    @Override
    public long head() {
        return state.head().number();
    }

    @Override
    public ModelVersion resolve(ModelRef ref) {
        return resolveState(ref).of(ref.name());
    }

    @Override
    public List<ModelVersion> resolveAll(List<ModelRef> refs) {
        return state.consistently(() -> refs.stream().map(this::resolve).toList());
    }

    /** Returns the version that a reference points at, as the log tells it. */
    VersionState resolveState(ModelRef ref) {
        return resolveState(model(ref.name()), ref);
    }

    private static VersionState resolveState(ModelState model, ModelRef ref) {
        if (ref instanceof ModelRef.ByAlias byAlias) {
            String label = model.current(byAlias.alias()).orElseThrow(() -> Unknown.alias(model, byAlias.alias()));
            return model.version(label).orElseThrow(() -> Unknown.version(model, label));
        } else if (ref instanceof ModelRef.ByVersion byVersion) {
            return model.version(byVersion.version())
                    .map(version -> requireShown(model, version))
                    .orElseThrow(() -> Unknown.version(model, byVersion.version()));
        }
        Digest digest = ((ModelRef.ByDigest) ref).digest();
        return model.digest(digest).orElseThrow(() -> Unknown.digest(model, digest));
    }

    private static VersionState requireShown(ModelState model, VersionState version) {
        if (version.lifecycle().compareTo(Lifecycle.YANKED) >= 0) {
            throw Unknown.gone(model, version);
        }
        return version;
    }

    ModelState model(ModelName name) {
        return state.model(name)
                .filter(ModelState::isLive)
                .orElseThrow(() -> Unknown.model(name, state.names(Optional.empty(), Unknown.SHOWN + 1)));
    }

    /** The version that a value stands for, deleted or not. */
    VersionState version(ModelVersion version) {
        ModelState model = state.model(version.name())
                .orElseThrow(() -> Unknown.model(version.name(), state.names(Optional.empty(), Unknown.SHOWN + 1)));
        return model.version(version.version())
                .filter(found -> found.digest().equals(version.digest()))
                .orElseThrow(() -> Unknown.version(model, version.version()));
    }

    @Override
    public List<ModelName> models() {
        return state.names(Optional.empty(), Integer.MAX_VALUE);
    }

    @Override
    public List<ModelName> models(Optional<ModelName> after, int limit) {
        if (limit < 1) {
            throw new InvalidInputException(
                    ErrorCode.BAD_SETTING, "list models", "the limit is " + limit, "ask for at least one");
        }
        return state.names(after, limit);
    }

    @Override
    public List<ModelVersion> versions(ModelName name) {
        return model(name).live().map(version -> version.of(name)).toList();
    }

    @Override
    public Map<String, ModelVersion> aliases(ModelName name) {
        ModelState model = model(name);
        Map<String, ModelVersion> result = new TreeMap<>();
        for (String alias : model.aliases().keySet()) {
            model.current(alias).flatMap(model::version).ifPresent(version -> result.put(alias, version.of(name)));
        }
        return result;
    }

    @Override
    public ModelDetails details(ModelVersion version) {
        VersionState found = version(version);
        return new ModelDetails(
                version,
                contents.manifest(found),
                contents.probe(found),
                found.standing(),
                found.approvals(),
                traffic(version));
    }

    private Map<String, Traffic> traffic(ModelVersion version) {
        Map<String, Traffic> result = new TreeMap<>();
        state.model(version.name())
                .ifPresent(model -> model.aliases().forEach((alias, aliased) -> {
                    if (aliased.directed().names(version.version())) {
                        result.put(alias, aliased.directed());
                    }
                }));
        return result;
    }

    @Override
    public Traffic traffic(ModelName name, String alias) {
        ModelState model = model(name);
        return model.alias(alias)
                .filter(aliased -> aliased.current().isPresent())
                .orElseThrow(() -> Unknown.alias(model, alias))
                .directed();
    }

    /** Returns what a reference is to be answered by now, all as of one commit. */
    RouteTarget target(ModelRef ref) {
        ModelState model = model(ref.name());
        VersionState primary = resolveState(model, ref);
        Traffic traffic = ref instanceof ModelRef.ByAlias byAlias
                ? model.alias(byAlias.alias()).map(AliasState::directed).orElse(Traffic.none())
                : Traffic.none();
        return RouteTarget.of(model, primary, traffic);
    }

    @Override
    public List<AliasMove> history(ModelName name) {
        return model(name).aliases().values().stream()
                .flatMap(alias -> alias.moves().stream())
                .sorted(Comparator.comparingLong(
                                (AliasMove move) -> move.commit().number())
                        .thenComparingInt(move -> move.commit().index()))
                .toList();
    }

    @Override
    public Optional<GateReport> evidence(ModelVersion version, String alias) {
        return contents.evidence(version(version), alias);
    }

    @Override
    public Optional<Origin> origin(ModelVersion version) {
        return contents.origin(version(version));
    }

    @Override
    public List<ModelVersion> dependents(ModelVersion version) {
        return state.draft().dependents(version.name(), version(version).digest());
    }

    @Override
    public Optional<Commit> hold(ModelName name) {
        return model(name).hold();
    }

    @Override
    public Policy policy(ModelName name) {
        return state.common().policyFor(name);
    }

    @Override
    public Policy policy() {
        return state.common().policy().orElseGet(Policy::open);
    }

    @Override
    public List<TrustKey> trustedKeys() {
        return state.common().keys().values().stream()
                .sorted(Comparator.comparing(TrustKey::id))
                .toList();
    }

    @Override
    public List<AccessGrant> accessKeys() {
        return state.common().grants().values().stream()
                .sorted(Comparator.comparing(grant -> grant.key().id()))
                .toList();
    }

    @Override
    public Optional<AccessGrant> accessKey(String id) {
        return Optional.ofNullable(state.common().grants().get(id));
    }
}
