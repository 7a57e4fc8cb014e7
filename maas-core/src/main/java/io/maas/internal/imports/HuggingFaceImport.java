package io.maas.internal.imports;

import io.maas.error.ErrorCode;
import io.maas.internal.bundle.FileTree;
import io.maas.model.Manifest;
import io.maas.model.Manifest.Role;
import io.maas.repository.ImportReport;
import io.maas.repository.ImportReport.Kind;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A snapshot of a repository of the Hugging Face hub: a card, a configuration, and an export to ONNX. Used once. */
final class HuggingFaceImport {
    /** Where exports lie, the likeliest first. */
    private static final List<String> USUAL = List.of("onnx/model.onnx", "model.onnx");

    private final Draft draft;
    private final FileTree tree;

    HuggingFaceImport(Draft draft) {
        this.draft = draft;
        this.tree = draft.tree();
    }

    /** Tells whether a file is a sign of such a snapshot. */
    static boolean isMark(String file) {
        return List.of("README.md", "config.json", "modules.json", "tokenizer.json")
                        .contains(file)
                || Weights.isOnnx(file)
                || file.endsWith(".safetensors");
    }

    ImportReport run() {
        String file = file();
        HuggingFaceCard card = HuggingFaceCard.read(draft);
        Weights weights = Weights.take(draft, Weights.isOnnx(file) ? Weights.ONNX : Weights.TORCHSCRIPT, file);
        Manifest.Builder manifest = Manifest.builder(ModelNaming.of(draft, card.modelName()), weights.format());
        Doc config = carriedJson("config.json");
        new HuggingFaceSteps(draft, weights, config, card.field("pipeline_tag")).into(manifest);
        card.into(manifest);
        return draft.finish(Kind.HUGGING_FACE, manifest);
    }

    private Doc carriedJson(String file) {
        if (!tree.has(file)) {
            return draft.none(file);
        }
        draft.part(file, file, Role.CONFIG, "as it is");
        return draft.json(file);
    }

    private String file() {
        Optional<String> asked = Weights.asked(draft, tree.files());
        if (asked.isPresent()) {
            return asked.get();
        }
        for (String usual : USUAL) {
            if (tree.has(usual)) {
                return usual;
            }
        }
        List<String> exports = tree.files().stream().filter(Weights::isOnnx).toList();
        if (exports.size() > 1) {
            throw Weights.several(draft, exports);
        } else if (exports.size() == 1) {
            return exports.get(0);
        }
        List<String> scripts = tree.files().stream()
                .filter(file -> Weights.mayBeTorchScript(file) && tree.isTorchScript(file))
                .toList();
        if (scripts.size() > 1) {
            throw Weights.several(draft, scripts);
        } else if (scripts.size() == 1) {
            return scripts.get(0);
        }
        String others = tree.files().stream()
                .filter(file -> file.toLowerCase(Locale.ROOT).matches(".*\\.(safetensors|bin|h5|msgpack|gguf|pt|pth)"))
                .limit(5)
                .toList()
                .toString();
        throw draft.refused(
                ErrorCode.IMPORT_UNSUPPORTED,
                "it has neither an ONNX file nor TorchScript, only " + others,
                "export it with 'optimum-cli export onnx --model <folder> <new folder>' and import the new folder");
    }
}
