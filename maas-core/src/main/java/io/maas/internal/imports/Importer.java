package io.maas.internal.imports;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.internal.bundle.FileTree;
import io.maas.model.Manifest;
import io.maas.model.Names;
import io.maas.repository.ImportOptions;
import io.maas.repository.ImportReport;
import io.maas.repository.ImportReport.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Tells what kind of source a path is and has it imported. Nothing in it is run. Thread-safe. */
public final class Importer {
    private Importer() {}

    /**
     * Imports a model.
     *
     * @throws InvalidInputException if it cannot be told what it is, if it is of a kind that cannot become a package, or
     *     if something in it breaks a rule
     */
    public static ImportReport run(Path path, ImportOptions options) {
        try (FileTree tree = FileTree.open(path, options.limits())) {
            Draft draft = new Draft(path, tree, options);
            Set<String> files = tree.files();
            if (tree.has("maas.json")) {
                throw draft.refused(
                        ErrorCode.IMPORT_UNKNOWN,
                        "it is a package already, with a maas.json",
                        "use it as a directory or a zip archive");
            } else if (tree.has("serving.properties")) {
                return new DjlImport(draft).run();
            } else if (tree.has("MLmodel")) {
                return new MlflowImport(draft).run();
            } else if (tree.has("config.pbtxt") || files.stream().anyMatch(TritonImport::isVersioned)) {
                return new TritonImport(draft).run();
            } else if (files.size() == 1) {
                return file(draft, files.iterator().next());
            } else if (files.stream().anyMatch(HuggingFaceImport::isMark)) {
                return new HuggingFaceImport(draft).run();
            }
            throw unknown(draft);
        }
    }

    private static ImportReport file(Draft draft, String file) {
        String format = Weights.isOnnx(file) ? Weights.ONNX : Weights.TORCHSCRIPT;
        if (format.equals(Weights.TORCHSCRIPT) && !Weights.mayBeTorchScript(file)) {
            throw unknown(draft);
        }
        Weights.take(draft, format, file);
        return draft.finish(Kind.MODEL_FILE, Manifest.builder(ModelNaming.of(draft), format));
    }

    private static InvalidInputException unknown(Draft draft) {
        List<String> models = draft.tree().files().stream()
                .filter(file -> file.matches("[^/]+/(config\\.pbtxt|MLmodel|serving\\.properties)"))
                .map(file -> Names.shown(file.substring(0, file.indexOf('/'))))
                .limit(10)
                .toList();
        if (!models.isEmpty()) {
            return draft.refused(
                    ErrorCode.IMPORT_AMBIGUOUS,
                    "it holds models in folders of their own, " + models,
                    "import each of these folders");
        }
        return draft.refused(
                ErrorCode.IMPORT_UNKNOWN,
                "nothing in its " + draft.tree().files().size() + " files tells what it is",
                "give an ONNX or TorchScript file, or a folder with serving.properties, config.pbtxt, MLmodel or a "
                        + "Hugging Face config.json");
    }
}
