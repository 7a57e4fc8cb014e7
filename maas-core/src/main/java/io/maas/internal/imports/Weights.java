package io.maas.internal.imports;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.internal.bundle.FileTree;
import io.maas.internal.bundle.OnnxSignature;
import io.maas.model.Manifest.Role;
import io.maas.model.Names;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The file that the engine loads.
 *
 * @param format {@code onnx} or {@code torchscript}
 * @param file its path in the source
 * @param told what it says by itself; nothing for TorchScript
 */
record Weights(String format, String file, OnnxSignature told) {
    static final String ONNX = "onnx";
    static final String TORCHSCRIPT = "torchscript";

    /** Puts a model file into the package, with the files that it refers to. */
    static Weights take(Draft draft, String format, String file) {
        requireThere(draft, file);
        if (format.equals(TORCHSCRIPT)) {
            requireTorchScript(draft, file);
            draft.part(file, "model.pt", Role.WEIGHTS, "the weights");
            return new Weights(format, file, new OnnxSignature(Optional.empty(), Optional.empty()));
        }
        FileTree tree = draft.tree();
        draft.part(file, "model.onnx", Role.WEIGHTS, "the weights");
        String folder = file.substring(0, file.lastIndexOf('/') + 1);
        for (String location : tree.onnxExternalData(file)) {
            draft.part(folder + location, location, Role.CONFIG, "weights that the graph refers to");
        }
        return new Weights(format, file, tree.onnxSignature(file));
    }

    /** A clone without Git LFS has a few lines of text in the place of every large file. */
    private static void requireThere(Draft draft, String file) {
        boolean isSmall = draft.tree().size(file) < 1024;
        if (isSmall
                && new String(draft.tree().bytes(file, 1024), StandardCharsets.ISO_8859_1)
                        .startsWith("version https://git-lfs.github.com/")) {
            throw draft.refused(
                    ErrorCode.PACKAGE_MISSING,
                    "'" + Names.shown(file) + "' only points at the model, which Git LFS keeps elsewhere",
                    "run 'git lfs pull' in the folder");
        }
    }

    private static void requireTorchScript(Draft draft, String file) {
        if (!draft.tree().isTorchScript(file)) {
            throw draft.refused(
                    ErrorCode.IMPORT_UNSUPPORTED,
                    "'" + Names.shown(file) + "' is not TorchScript by its content, and a pickle is a program",
                    "save it with torch.jit.script(model).save(...), or export it with torch.onnx.export(...)");
        }
        draft.tree().checkContent(file, Role.WEIGHTS, TORCHSCRIPT);
    }

    static boolean isOnnx(String file) {
        return file.toLowerCase(Locale.ROOT).endsWith(".onnx");
    }

    static boolean mayBeTorchScript(String file) {
        return file.toLowerCase(Locale.ROOT).matches(".*\\.(pt|pth|ts|jit|torchscript)");
    }

    /** Returns the file that the caller asked for. */
    static Optional<String> asked(Draft draft, Set<String> from) {
        draft.options().weights().ifPresent(file -> {
            if (!from.contains(file)) {
                throw draft.refused(
                        ErrorCode.IMPORT_AMBIGUOUS,
                        "there is no model file '" + Names.shown(file) + "', only " + shown(List.copyOf(from)),
                        "name one of these");
            }
        });
        return draft.options().weights();
    }

    static InvalidInputException several(Draft draft, List<String> candidates) {
        return draft.refused(
                ErrorCode.IMPORT_AMBIGUOUS,
                "there are " + candidates.size() + " model files, " + shown(candidates),
                "choose one with the option 'weights'");
    }

    private static String shown(List<String> files) {
        List<String> some = files.stream().sorted().limit(10).map(Names::shown).toList();
        return files.size() > some.size() ? some + " and others" : some.toString();
    }
}
