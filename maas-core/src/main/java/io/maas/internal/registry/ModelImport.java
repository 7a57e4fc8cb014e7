package io.maas.internal.registry;

import io.maas.internal.transfer.ModelArchive;
import io.maas.internal.transfer.ModelDocument;
import io.maas.repository.ModelImportOptions;
import io.maas.repository.ModelImportOptions.Aliases;
import io.maas.repository.ModelVersion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads a model with its history from the file that {@link ModelExport} wrote. */
final class ModelImport {
    private ModelImport() {}

    static List<ModelVersion> read(Path file, Arrivals target, ModelImportOptions options) {
        String doing = "import the model in " + file;
        target.requireWritable(doing);
        try (ModelArchive archive = ModelArchive.open(file, doing)) {
            ModelDocument document = archive.document();
            List<Arrival> arrivals = new ArrayList<>();
            for (ModelDocument.Version version : document.versions()) {
                arrivals.add(new Arrival(
                        document.model(),
                        Optional.of(version.label()),
                        version.digest(),
                        version.lifecycle(),
                        List.of(),
                        () -> archive.small(version.origin()),
                        intake -> archive.bundle(version, target.reader(), intake)));
            }
            Map<String, List<String>> stacks = new TreeMap<>();
            if (options.aliases() == Aliases.RECREATED) {
                document.aliases().forEach((alias, state) -> {
                    if (!state.stack().isEmpty()) {
                        stacks.put(alias, state.stack());
                    }
                });
            }
            List<String> intent =
                    new ArrayList<>(List.of("import", document.model().value(), String.valueOf(options.force())));
            document.versions().forEach(version -> intent.add(version.label() + "@" + version.digest()));
            stacks.forEach((alias, stack) -> intent.add(alias + "=" + stack));
            return target.take(new Delivery(
                    doing, Delivery.Kind.IMPORT, intent, arrivals, stacks, options.change(), options.force()));
        }
    }
}
