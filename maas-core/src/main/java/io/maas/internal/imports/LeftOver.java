package io.maas.internal.imports;

import io.maas.internal.bundle.FileTree;
import io.maas.model.Manifest;
import io.maas.model.Manifest.Role;
import java.util.Locale;
import java.util.regex.Pattern;

/** The files that no document of the source speaks of: documents for people are carried, everything else is dropped. */
final class LeftOver {
    private static final Pattern LEGAL = Pattern.compile("(LICEN[CS]E|NOTICE|COPYING)([._-][A-Za-z0-9._-]*)?");
    private static final Pattern CODE = Pattern.compile(
            ".*\\.(py|pyc|pyd|pyx|ipynb|jar|war|class|java|kt|groovy|scala|js|lua|r|sh|bat|cmd|ps1|c|cc|cpp|cu|h|hpp"
                    + "|exe|dll|dylib|a|so|so\\.[0-9.]+|whl|egg)");
    private static final Pattern PICKLE = Pattern.compile(".*\\.(pkl|pickle|joblib|pt|pth|ckpt|bin|npy|npz|mar|ot)");
    private static final Pattern WEIGHTS = Pattern.compile(
            ".*\\.(safetensors|safetensors\\.index\\.json|bin\\.index\\.json|h5|keras|msgpack|tflite|gguf|ggml|pb|onnx"
                    + "|ort|plan|engine|params|mlmodel|mlpackage|xml|onnx_data|onnx\\.data)");
    private static final Pattern ENVIRONMENT = Pattern.compile(
            "requirements.*\\.txt|conda\\.ya?ml|python_env\\.ya?ml|environment\\.ya?ml|pyproject\\.toml|dockerfile.*");

    private LeftOver() {}

    /** Carries the card and the texts of licences, unless the import did. */
    static void documents(Draft draft, Manifest.Builder manifest) {
        FileTree tree = draft.tree();
        if (tree.has("README.md") && !draft.findings().has("README.md")) {
            draft.part("README.md", "README.md", Role.DOC, "the model card");
            manifest.card("README.md");
        }
        for (String file : tree.files()) {
            if (LEGAL.matcher(file).matches() && !draft.findings().has(file) && !draft.hasPart(file)) {
                draft.part(file, file, Role.DOC, "a document");
            }
        }
    }

    static void files(Draft draft) {
        for (String file : draft.tree().files()) {
            if (!draft.findings().has(file)) {
                draft.findings().dropped(file, reason(file));
            }
        }
    }

    private static String reason(String file) {
        String lower = file.toLowerCase(Locale.ROOT);
        String name = lower.substring(lower.lastIndexOf('/') + 1);
        if (lower.startsWith(".git") || lower.contains("/.git/") || lower.startsWith(".cache/")) {
            return "it is the bookkeeping of whoever copied the source";
        } else if (CODE.matcher(name).matches() || ("/" + lower).contains("/classes/")) {
            return "it is code, and code never goes into a package; what a model needs beside its graph is a transform";
        } else if (ENVIRONMENT.matcher(name).matches()) {
            return "it describes an environment of Python, which nothing here runs";
        } else if (WEIGHTS.matcher(name).matches()) {
            return "it holds weights in another form than those that were taken";
        } else if (PICKLE.matcher(name).matches()) {
            return "it may be a pickle, which is a program, and the weights were taken from another file";
        }
        return "nothing in the package reads it";
    }
}
