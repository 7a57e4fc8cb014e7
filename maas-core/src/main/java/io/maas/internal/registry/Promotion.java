package io.maas.internal.registry;

import io.maas.error.ConflictException;
import io.maas.error.ErrorCode;
import io.maas.error.NotFoundException;
import io.maas.internal.bundle.Bundle;
import io.maas.internal.bundle.BundleFile;
import io.maas.internal.bundle.BundleReader;
import io.maas.internal.bundle.Intake;
import io.maas.internal.transfer.OriginCodec;
import io.maas.model.Digest;
import io.maas.model.Manifest;
import io.maas.model.ModelName;
import io.maas.repository.Lifecycle;
import io.maas.repository.ModelVersion;
import io.maas.repository.PromoteOptions;
import io.maas.repository.PromoteOptions.Dependencies;
import io.maas.repository.PromoteOptions.Label;
import io.maas.spi.ObjectStore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Brings versions of this registry into another one. */
final class Promotion {
    private final Contents contents;
    private final Provenance provenance;

    Promotion(Ledger ledger, Contents contents) {
        this.contents = contents;
        this.provenance = new Provenance(ledger, contents);
    }

    /** Brings a version to where it arrives; returns it as it is there. */
    ModelVersion promote(ModelVersion version, Arrivals target, PromoteOptions options) {
        String doing = "promote " + version;
        target.requireWritable(doing);
        target.refresh();
        Provenance.Moment now = provenance.now(version.name());
        ModelState model = now.model().orElseThrow(() -> Unknown.model(version.name(), List.of()));
        VersionState found = Moves.found(model, version);
        List<Arrival> arrivals = new ArrayList<>();
        if (options.dependencies() == Dependencies.PROMOTED) {
            Set<Digest> seen = new HashSet<>();
            seen.add(found.digest());
            addDependencies(found, target, doing, seen, arrivals);
        }
        Optional<String> label = options.label() == Label.SAME ? Optional.of(found.version()) : Optional.empty();
        arrivals.add(arrival(now, found, label, target.reader(), doing));
        // what comes along is not part of what is asked for: when it is asked again, that is there already
        List<String> intent = List.of(
                "promote",
                version.toString(),
                version.digest().hex(),
                options.label().name(),
                options.dependencies().name());
        Delivery delivery = new Delivery(
                doing, Delivery.Kind.PROMOTION, intent, arrivals, Map.of(), options.change(), Optional.empty());
        List<ModelVersion> taken = target.take(delivery);
        return taken.get(taken.size() - 1);
    }

    /** Adds what a version needs and is not there, each after what it needs itself. */
    private void addDependencies(
            VersionState version, Arrivals target, String doing, Set<Digest> seen, List<Arrival> arrivals) {
        for (Manifest.Dependency need : version.dependsOn()) {
            if (!seen.add(need.digest()) || target.has(need.model(), need.digest())) {
                continue;
            }
            Provenance.Moment now = provenance.now(need.model());
            Optional<VersionState> found = now.model().flatMap(model -> model.digest(need.digest()));
            if (found.isEmpty()) {
                throw missing(need, doing);
            }
            addDependencies(found.get(), target, doing, seen, arrivals);
            Optional<String> label = Optional.of(found.get().version());
            arrivals.add(arrival(now, found.get(), label, target.reader(), doing));
        }
    }

    private static NotFoundException missing(Manifest.Dependency need, String doing) {
        ModelName model = need.model();
        return new NotFoundException(
                ErrorCode.PACKAGE_REQUIRES,
                doing,
                "it needs " + model + "@" + need.digest() + ", which is neither there nor here",
                "register that first");
    }

    private Arrival arrival(
            Provenance.Moment now, VersionState version, Optional<String> label, BundleReader reader, String doing) {
        ModelState model = now.model().orElseThrow();
        if (version.lifecycle().compareTo(Lifecycle.YANKED) >= 0) {
            throw new ConflictException(
                    ErrorCode.YANKED,
                    doing,
                    model.name() + ":" + version.version() + " was " + Unknown.end(version),
                    "promote another version, or reinstate this one if it was only yanked");
        }
        byte[] origin = OriginCodec.write(provenance.of(now.head(), model, version));
        return new Arrival(
                model.name(),
                label,
                version.digest(),
                Lifecycle.ACTIVE,
                version.dependsOn(),
                () -> origin,
                intake -> open(model, version, reader, intake));
    }

    private Bundle open(ModelState model, VersionState version, BundleReader reader, Intake intake) {
        Map<String, ObjectStore.Source> files = new LinkedHashMap<>();
        for (BundleFile file : contents.bundle(version).files()) {
            files.put(file.path(), file.content());
        }
        return reader.read("of " + model.name() + ":" + version.version(), files, intake);
    }
}
