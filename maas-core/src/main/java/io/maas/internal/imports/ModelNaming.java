package io.maas.internal.imports;

import io.maas.error.ErrorCode;
import io.maas.model.Names;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Finds what to call a model: what the caller says, else what the source says, else what its folder is called. */
final class ModelNaming {
    private static final String HASH = "[0-9a-fA-F]{32,64}";

    private ModelNaming() {}

    static String of(Draft draft, Doc... told) {
        Optional<String> asked = draft.options().name().map(name -> name.value());
        if (asked.isPresent()) {
            for (Doc doc : told) {
                doc.dropped("the model is called '" + asked.get() + "', as asked for");
            }
            return asked.get();
        }
        for (Doc doc : told) {
            Optional<String> text = doc.text().filter(name -> !plain(name).isEmpty());
            if (text.isPresent()) {
                String name = plain(text.get());
                if (name.equals(text.get())) {
                    doc.carried("the model's name");
                } else {
                    doc.adapted("the model's name, as '" + name + "'");
                }
                return name;
            }
        }
        return folder(draft);
    }

    private static String folder(Draft draft) {
        String folder = folderName(draft.path());
        String name = plain(folder);
        if (name.isEmpty() || name.matches(HASH)) {
            throw draft.refused(
                    ErrorCode.IMPORT_AMBIGUOUS,
                    "nothing in it says what the model is called, and '" + Names.shown(folder) + "' is no name",
                    "give a name in the options");
        }
        return name;
    }

    private static String folderName(Path path) {
        Path real;
        try {
            real = path.toRealPath();
        } catch (IOException e) {
            real = path.toAbsolutePath().normalize(); // it was read a moment ago; the name is only a suggestion
        }
        Path parent = real.getParent();
        if (parent != null && parent.endsWith("snapshots") && parent.getParent() != null) {
            // the Hugging Face cache: models--owner--name/snapshots/revision
            String owner = String.valueOf(parent.getParent().getFileName());
            return owner.substring(owner.lastIndexOf("--") < 0 ? 0 : owner.lastIndexOf("--") + 2);
        }
        return String.valueOf(real.getFileName()).replaceFirst("\\.(zip|onnx|pt|pth|ts|torchscript|jit)$", "");
    }

    /** Returns a name that models may have; empty if nothing of it is left. */
    static String plain(String text) {
        String last = text.strip().substring(text.strip().lastIndexOf('/') + 1);
        String name = last.replaceAll("[^A-Za-z0-9._-]+", "-").replaceAll("^[._-]+|-+$", "");
        return name.length() > 128 ? name.substring(0, 128) : name;
    }
}
