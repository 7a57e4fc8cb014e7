package io.maas.internal.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.maas.model.Manifest;
import io.maas.model.Manifest.Provenance;
import io.maas.model.Manifest.Requirements;
import io.maas.model.Manifest.RuntimeSpec;
import io.maas.model.Manifest.SelfTest;
import io.maas.model.Manifest.TransformStep;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** Turns a manifest into the tree of {@code maas.json}. What is empty is left out. */
final class ManifestWriting {
    private final JsonPlace root;

    ManifestWriting(JsonPlace root) {
        this.root = root;
    }

    ObjectNode write(Manifest manifest) {
        ObjectNode node = Json.NODES.objectNode();
        node.put("schema", Manifest.SCHEMA).put("name", manifest.name().value());
        put(node, "version", manifest.version());
        node.put("format", manifest.format());
        set(node, "inputs", SignatureJson.write(manifest.inputs()));
        set(node, "outputs", SignatureJson.write(manifest.outputs()));
        set(
                node,
                "files",
                array(
                        manifest.files(),
                        (file, item) -> item.put("path", file.path())
                                .put("role", file.role().name().toLowerCase(Locale.ROOT))
                                .put("size", file.size())
                                .put("sha256", file.digest().hex())));
        set(node, "runtime", runtime(manifest.runtime()));
        if (manifest.comparability() == Manifest.Comparability.INCOMPARABLE) {
            node.put("comparable", false);
        }
        set(node, "transforms", transforms(manifest));
        set(node, "selfTest", array(manifest.selfTests(), this::selfTest));
        set(node, "reference", FreeJson.write(manifest.reference(), root.field("reference")));
        set(node, "metrics", array(manifest.metrics(), this::metric));
        manifest.license()
                .ifPresent(
                        license -> put(node.putObject("license").put("spdx", license.spdx()), "file", license.file()));
        put(node, "card", manifest.card());
        set(node, "provenance", provenance(manifest.provenance()));
        set(
                node,
                "dependsOn",
                array(
                        manifest.dependsOn(),
                        (dependency, item) -> item.put(
                                        "model", dependency.model().value())
                                .put("digest", dependency.digest().toString())));
        set(node, "requires", requirements(manifest.requires()));
        put(node, "owner", manifest.owner());
        put(node, "runbook", manifest.runbook());
        set(node, "extensions", FreeJson.write(manifest.extensions(), root.field("extensions")));
        return node;
    }

    private ObjectNode runtime(RuntimeSpec runtime) {
        ObjectNode node = Json.NODES.objectNode();
        set(node, "devices", texts(runtime.devices()));
        put(node, "memoryMb", runtime.memoryMb());
        put(node, "threads", runtime.threads());
        runtime.batching().ifPresent(batching -> {
            ObjectNode item = node.putObject("batching");
            put(item, "max", batching.max());
            item.put("maxDelayMs", batching.maxDelayMs());
            batching.rtol()
                    .ifPresent(rtol -> item.set(
                            "rtol", FreeJson.finite(rtol, root.field("runtime").field("batching"))));
            set(
                    item,
                    "pad",
                    FreeJson.write(
                            new TreeMap<>(batching.pad()), root.field("runtime").field("pad")));
        });
        put(node, "instances", runtime.instances());
        put(node, "minInstances", runtime.minInstances());
        runtime.cache().ifPresent(cache -> {
            ObjectNode item = node.putObject("cache").put("maxMb", cache.maxMb());
            put(item, "seconds", cache.seconds());
        });
        return node;
    }

    private ObjectNode transforms(Manifest manifest) {
        ObjectNode node = Json.NODES.objectNode();
        set(node, "before", array(manifest.before(), this::step));
        set(node, "after", array(manifest.after(), this::step));
        return node;
    }

    private void step(TransformStep step, ObjectNode node) {
        node.put("name", step.name()).put("version", step.version());
        set(node, "with", FreeJson.write(step.with(), root.field("transforms").field(step.name())));
    }

    private void selfTest(SelfTest test, ObjectNode node) {
        JsonPlace at = root.field("selfTest");
        node.set("inputs", TensorJson.write(test.inputs(), at.field("inputs")));
        node.set("expected", TensorJson.write(test.expected(), at.field("expected")));
        node.set("atol", FreeJson.finite(test.atol(), at.field("atol")));
        node.set("rtol", FreeJson.finite(test.rtol(), at.field("rtol")));
        test.maxLatencyMs()
                .ifPresent(most -> node.set("maxLatencyMs", FreeJson.finite(most, at.field("maxLatencyMs"))));
    }

    private void metric(Manifest.Metric metric, ObjectNode node) {
        node.put("name", metric.name());
        node.set("value", FreeJson.finite(metric.value(), root.field("metrics").field(metric.name())));
        put(node, "dataset", metric.dataset());
        put(node, "split", metric.split());
    }

    private static ObjectNode provenance(Provenance provenance) {
        ObjectNode node = Json.NODES.objectNode();
        set(node, "baseModels", texts(provenance.baseModels()));
        set(node, "datasets", texts(provenance.datasets()));
        put(node, "git", provenance.git());
        put(node, "trainer", provenance.trainer());
        put(node, "builtAt", provenance.builtAt());
        return node;
    }

    private static ObjectNode requirements(Requirements requires) {
        ObjectNode node = Json.NODES.objectNode();
        put(node, "maas", requires.maas());
        put(node, "engine", requires.engine());
        put(node, "opset", requires.opset());
        set(node, "functions", texts(requires.functions()));
        return node;
    }

    private static <T> ArrayNode array(List<T> items, BiConsumer<T, ObjectNode> write) {
        ArrayNode array = Json.NODES.arrayNode();
        items.forEach(item -> write.accept(item, array.addObject()));
        return array;
    }

    private static ArrayNode texts(List<String> texts) {
        ArrayNode array = Json.NODES.arrayNode();
        texts.forEach(array::add);
        return array;
    }

    private static void set(ObjectNode node, String name, JsonNode value) {
        if (!value.isEmpty()) {
            node.set(name, value);
        }
    }

    private static void put(ObjectNode node, String name, Optional<String> value) {
        value.ifPresent(text -> node.put(name, text));
    }

    private static void put(ObjectNode node, String name, OptionalInt value) {
        value.ifPresent(number -> node.put(name, number));
    }
}
