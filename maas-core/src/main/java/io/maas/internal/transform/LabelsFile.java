package io.maas.internal.transform;

import io.maas.model.Names;
import io.maas.spi.ModelFiles;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.util.List;

/** Reads the names of classes, one a line. */
final class LabelsFile {
    private LabelsFile() {}

    static List<String> read(StepSettings settings, ModelFiles files, String path) {
        List<String> lines;
        try {
            lines = Files.readAllLines(files.file(path));
        } catch (CharacterCodingException e) {
            throw settings.refused("the file '" + Names.shown(path) + "' is not UTF-8");
        } catch (IOException e) {
            throw settings.refused("the file '" + Names.shown(path) + "' cannot be read, " + e.getMessage());
        }
        if (lines.isEmpty()) {
            throw settings.refused("the file '" + Names.shown(path) + "' has no labels");
        }
        return List.copyOf(lines);
    }
}
