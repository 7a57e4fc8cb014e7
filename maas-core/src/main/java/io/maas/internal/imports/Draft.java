package io.maas.internal.imports;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.internal.bundle.FileTree;
import io.maas.internal.bundle.FreeJson;
import io.maas.internal.bundle.Json;
import io.maas.internal.bundle.Yaml;
import io.maas.model.Manifest;
import io.maas.model.Manifest.Role;
import io.maas.repository.ImportOptions;
import io.maas.repository.ImportReport;
import io.maas.repository.PackageSource.Assembled;
import io.maas.repository.PackageSource.Part;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The package that an import is making, and the report on it. Used once; not thread-safe. */
final class Draft {
    /** What a document may have; configurations are small. */
    static final int MAX_DOCUMENT = 1 << 20;

    /** Those of Hugging Face list every added token, or the names of thousands of classes. */
    private static final int MAX_JSON = 16 << 20;

    private final Path path;
    private final FileTree tree;
    private final ImportOptions options;
    private final Findings findings = new Findings();
    private final List<Part> parts = new ArrayList<>();
    private final Map<String, Object> extensions = new LinkedHashMap<>();

    Draft(Path path, FileTree tree, ImportOptions options) {
        this.path = path;
        this.tree = tree;
        this.options = options;
    }

    Path path() {
        return path;
    }

    FileTree tree() {
        return tree;
    }

    ImportOptions options() {
        return options;
    }

    Findings findings() {
        return findings;
    }

    // ---- documents

    Doc yaml(String file) {
        return doc(file, Yaml.parse(tree.bytes(file, MAX_DOCUMENT), tree.document(file)));
    }

    Doc json(String file) {
        return doc(file, Json.parse(tree.bytes(file, MAX_JSON), MAX_JSON, tree.document(file)));
    }

    Doc doc(String file, JsonNode root) {
        return Doc.root(findings, tree.document(file), file, root);
    }

    /** Stands for a document that the source does not have. */
    Doc none(String file) {
        return doc(file, JsonNodeFactory.instance.missingNode());
    }

    // ---- the package

    /** Puts a file into the package. */
    void part(String file, String inPackage, Role role, String reason) {
        parts.add(new Part(inPackage, role, tree.content(file)));
        findings.carried(file, inPackage.equals(file) ? reason : reason + ", as " + inPackage);
    }

    boolean hasPart(String inPackage) {
        return parts.stream().anyMatch(part -> part.path().equals(inPackage));
    }

    /** Keeps a field in the manifest's extensions, under the source's own name for it. */
    void keep(String group, String name, Doc field) {
        if (!field.isPresent()) {
            field.dropped("it has no value");
            return;
        }
        JsonNode holder = JsonNodeFactory.instance.objectNode().set(name, field.value());
        Object value = FreeJson.readObject(holder, field.at()).get(name);
        keep(group, name, value == null ? "" : value);
        field.adapted("kept in extensions." + group + ", which the platform does not read");
    }

    @SuppressWarnings("unchecked") // only this method puts anything in
    void keep(String group, String name, Object value) {
        ((Map<String, Object>) extensions.computeIfAbsent(group, key -> new LinkedHashMap<String, Object>()))
                .put(name, value);
    }

    /** Accounts for what is left and returns the result. */
    ImportReport finish(ImportReport.Kind kind, Manifest.Builder manifest) {
        LeftOver.documents(this, manifest);
        LeftOver.files(this);
        Manifest made = manifest.extensions(extensions).build();
        return new ImportReport(kind, new Assembled(made, parts), findings.items());
    }

    InvalidInputException refused(ErrorCode code, String why, String remedy) {
        return new InvalidInputException(code, "import " + path, why, remedy);
    }
}
