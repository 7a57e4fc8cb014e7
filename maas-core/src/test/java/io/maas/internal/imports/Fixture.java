package io.maas.internal.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.maas.Packages;
import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.internal.bundle.JsonPlace;
import io.maas.internal.bundle.ModelCard;
import io.maas.internal.bundle.Yaml;
import io.maas.repository.ImportOptions;
import io.maas.repository.ImportReport;
import io.maas.repository.ImportReport.Item;
import io.maas.repository.ImportReport.Outcome;
import io.maas.repository.PackageSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A model as other tools leave it in a folder, and what may be expected of any import of one. */
record Fixture(Path folder) {
    Fixture with(String path, byte[] content) {
        try {
            Path file = folder.resolve(path);
            Files.createDirectories(file.getParent());
            Files.write(file, content);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Fixture with(String path, String content) {
        return with(path, content.getBytes(StandardCharsets.UTF_8));
    }

    ImportReport run() {
        return run(ImportOptions.defaults());
    }

    /** Imports, and checks what holds for every import: a good package, and nothing left out of the report. */
    ImportReport run(ImportOptions options) {
        ImportReport report = Packages.importFrom(folder, options);
        Packages.Summary checked = Packages.verify(report.source());
        assertThat(checked.manifest().toBuilder().files(List.of()).build()).isEqualTo(report.manifest());
        Set<String> places = report.items().stream().map(Item::place).collect(Collectors.toSet());
        for (String file : files()) {
            assertThat(places).contains(file);
            for (String leaf : leaves(file, report.kind())) {
                assertThat(places).as(leaf).anyMatch(place -> covers(place, leaf));
            }
        }
        return report;
    }

    void refused(ErrorCode code, String... says) {
        refused(ImportOptions.defaults(), code, says);
    }

    void refused(ImportOptions options, ErrorCode code, String... says) {
        refused(folder, options, code, says);
    }

    static void refused(Path path, ImportOptions options, ErrorCode code, String... says) {
        assertThatThrownBy(
                        () -> Packages.verify(Packages.importFrom(path, options).source()))
                .isInstanceOfSatisfying(MaasException.class, e -> {
                    assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
                    assertThat(List.of(says)).allSatisfy(part -> assertThat(e).hasMessageContaining(part));
                })
                .hasMessageMatching("(?s)Cannot .+: .+; .+");
    }

    Path zipped(Path target) {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(target))) {
            for (String file : files()) {
                zip.putNextEntry(new ZipEntry("wrapped/" + file));
                zip.write(Files.readAllBytes(folder.resolve(file)));
                zip.closeEntry();
            }
            return target;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What became of a place; exactly one item has to say it. */
    static Outcome outcome(ImportReport report, String place) {
        return item(report, place).outcome();
    }

    static Item item(ImportReport report, String place) {
        List<Item> items = report.items().stream()
                .filter(item -> item.place().equals(place))
                .toList();
        assertThat(items).as(place + " in " + report.items()).hasSize(1);
        return items.get(0);
    }

    static List<String> paths(ImportReport report) {
        return report.source().parts().stream().map(PackageSource.Part::path).toList();
    }

    // ---- an archive as PyTorch writes it

    static byte[] torchScript() {
        return torch(Map.of(
                "net/data.pkl", "\u0080\u0002c__torch__\nNet\n)\u0081.",
                "net/code/__torch__.py", "class Net(Module):\n",
                "net/constants.pkl", "\u0080\u0002).",
                "net/version", "3\n"));
    }

    /** What {@code torch.save} writes: weights and pickled objects, no code. */
    static byte[] torchSave() {
        return torch(Map.of("archive/data.pkl", "\u0080\u0002}q\u0000.", "archive/version", "3\n"));
    }

    private static byte[] torch(Map<String, String> members) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, String> member : members.entrySet()) {
                byte[] content = member.getValue().getBytes(StandardCharsets.ISO_8859_1);
                ZipEntry entry = new ZipEntry(member.getKey());
                entry.setMethod(ZipEntry.STORED);
                entry.setSize(content.length);
                CRC32 crc = new CRC32();
                crc.update(content);
                entry.setCrc(crc.getValue());
                zip.putNextEntry(entry);
                zip.write(content);
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    // ---- everything in the folder, found without the importer

    private List<String> files() {
        try (var files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> leaves(String file, ImportReport.Kind kind) {
        JsonPlace at = JsonPlace.root(ErrorCode.BAD_DOCUMENT, "read " + file);
        List<String> leaves = new ArrayList<>();
        try {
            byte[] content = Files.readAllBytes(folder.resolve(file));
            String text = new String(content, StandardCharsets.UTF_8);
            if (file.equals("config.pbtxt")) {
                leaves(Pbtxt.parse(content, at), file + ": ", leaves);
            } else if (file.equals("MLmodel")) {
                leaves(Yaml.parse(content, at), file + ": ", leaves);
            } else if (file.equals("README.md") && kind == ImportReport.Kind.HUGGING_FACE) {
                leaves(ModelCard.parse(text).front(), file + ": ", leaves);
            } else if (file.equals("serving.properties")) {
                Properties properties = new Properties();
                properties.load(new StringReader(text));
                properties.stringPropertyNames().forEach(name -> leaves.add(file + ": " + name));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return leaves;
    }

    /** Keys that could be mistaken for paths stand in quotes. */
    private static void leaves(JsonNode node, String place, List<String> into) {
        Map<String, JsonNode> children = new LinkedHashMap<>();
        node.fieldNames().forEachRemaining(name -> {
            String shown = name.matches("[^.\\[\"]+") ? name : '"' + name + '"';
            children.put(place.endsWith(": ") ? place + shown : place + "." + shown, node.path(name));
        });
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            children.put(place + "[" + i + "]", node.path(i));
        }
        if (children.isEmpty() && !place.endsWith(": ")) {
            into.add(place);
        }
        children.forEach((path, child) -> leaves(child, path, into));
    }

    /** A place stands for everything below it; a file does not stand for the fields of its document. */
    private static boolean covers(String place, String leaf) {
        return place.contains(": ")
                && leaf.startsWith(place)
                && (leaf.length() == place.length() || ".[".indexOf(leaf.charAt(place.length())) >= 0);
    }
}
