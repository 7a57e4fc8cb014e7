package io.maas.internal.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Digest;
import io.maas.model.Manifest;
import io.maas.model.Manifest.Batching;
import io.maas.model.Manifest.Caching;
import io.maas.model.Manifest.Comparability;
import io.maas.model.Manifest.Dependency;
import io.maas.model.Manifest.FileEntry;
import io.maas.model.Manifest.License;
import io.maas.model.Manifest.Metric;
import io.maas.model.Manifest.Provenance;
import io.maas.model.Manifest.Requirements;
import io.maas.model.Manifest.Role;
import io.maas.model.Manifest.RuntimeSpec;
import io.maas.model.Manifest.SelfTest;
import io.maas.model.Manifest.TransformStep;
import io.maas.model.ModelName;
import io.maas.model.Names;
import io.maas.model.TensorSpec;
import io.maas.tensor.Tensors;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Turns the fields of {@code maas.json} into a manifest. Used once. */
final class ManifestReading {
    /** What answers may take where a package asks for a cache and names no size. */
    private static final int DEFAULT_CACHE_MB = 64;

    private static final Pattern FORMAT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private final JsonFields fields;
    private final ManifestCodec.LabelFiles labelFiles;
    private final Map<String, FileEntry> listed = new HashMap<>();

    ManifestReading(JsonFields fields, ManifestCodec.LabelFiles labelFiles) {
        this.fields = fields;
        this.labelFiles = labelFiles;
    }

    Manifest read() {
        ModelName name = parsed(fields, "name", ModelName::of);
        Optional<String> version =
                fields.optional("version", (node, at) -> parsed(JsonFields.textOf(node, at), at, Names::version));
        String format = parsed(fields, "format", ManifestReading::format);
        List<FileEntry> files = fields.objects("files", this::file);
        List<TensorSpec> inputs = SignatureJson.specs(fields, "inputs", this::labels);
        List<TensorSpec> outputs = SignatureJson.specs(fields, "outputs", this::labels);
        Steps steps = fields.object("transforms", ManifestReading::steps).orElse(new Steps(List.of(), List.of()));
        return new Manifest(
                name,
                version,
                format,
                inputs,
                outputs,
                files,
                fields.object("runtime", ManifestReading::runtime).orElse(RuntimeSpec.unspecified()),
                fields.optional("comparable", ManifestReading::comparability).orElse(Comparability.COMPARABLE),
                steps.before(),
                steps.after(),
                fields.objects("selfTest", ManifestReading::selfTest),
                fields.free("reference"),
                fields.objects("metrics", ManifestReading::metric),
                fields.object("license", this::license),
                fields.optional("card", this::listedPath),
                fields.object("provenance", ManifestReading::provenance).orElse(Provenance.unknown()),
                fields.objects("dependsOn", ManifestReading::dependency),
                fields.object("requires", ManifestReading::requirements).orElse(Requirements.none()),
                fields.optionalText("owner"),
                fields.optionalText("runbook"),
                fields.free("extensions"));
    }

    private static String format(String format) {
        if (!FORMAT.matcher(format).matches()) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_NAME,
                    "name a format",
                    "it has other characters or another length, " + Origin.quoted(format),
                    "use 1 to 64 letters, digits, '.', '_' or '-'");
        }
        return format;
    }

    private FileEntry file(JsonFields file) {
        String path = file.text("path");
        Role role = parsed(file, "role", ManifestReading::role);
        FileEntry entry = new FileEntry(path, role, file.whole("size"), parsed(file, "sha256", Digest::parse));
        if (path.equals(Bundle.MANIFEST) || path.equals(Bundle.SIGNATURE)) {
            throw file.place("path").refused(Origin.quoted(path) + " cannot be listed", "remove it from the list");
        }
        if (listed.putIfAbsent(path, entry) != null) {
            throw file.place("path").refused(Origin.quoted(path) + " is listed twice", "list it once");
        }
        return entry;
    }

    private static Role role(String text) {
        for (Role role : Role.values()) {
            if (role.name().toLowerCase(Locale.ROOT).equals(text)) {
                return role;
            }
        }
        throw new InvalidInputException(
                ErrorCode.INVALID_NAME,
                "read a role",
                "there is none called " + Origin.quoted(text),
                "use weights, config, labels, sample or doc");
    }

    private List<String> labels(String path, JsonPlace at) {
        return labelFiles.lines(entry(path, at));
    }

    private String listedPath(JsonNode node, JsonPlace at) {
        return entry(JsonFields.textOf(node, at), at).path();
    }

    private FileEntry entry(String path, JsonPlace at) {
        FileEntry entry = listed.get(path);
        if (entry == null) {
            throw new InvalidInputException(
                    ErrorCode.PACKAGE_MISSING,
                    at.doing(),
                    "at " + at.path() + ", the file " + Origin.quoted(path) + " is not listed",
                    "add the file to the package and to 'files'");
        }
        return entry;
    }

    private static Comparability comparability(JsonNode node, JsonPlace at) {
        if (!node.isBoolean()) {
            throw at.refused("true or false is expected, found " + JsonFields.kind(node));
        }
        return node.booleanValue() ? Comparability.COMPARABLE : Comparability.INCOMPARABLE;
    }

    private static RuntimeSpec runtime(JsonFields runtime) {
        OptionalInt instances = runtime.optionalInt("instances", 1);
        OptionalInt least = runtime.optionalInt("minInstances", 1);
        if (least.isPresent() && instances.isPresent() && least.getAsInt() > instances.getAsInt()) {
            throw runtime.place("minInstances")
                    .refused("at most " + instances.getAsInt() + " is expected, as instances says, found "
                            + least.getAsInt());
        }
        return new RuntimeSpec(
                runtime.texts("devices"),
                runtime.optionalInt("memoryMb", 1),
                runtime.optionalInt("threads", 1),
                runtime.object("batching", ManifestReading::batching),
                instances,
                least,
                runtime.object(
                        "cache",
                        cache -> new Caching(
                                cache.optionalInt("maxMb", 1).orElse(DEFAULT_CACHE_MB),
                                cache.optionalInt("seconds", 1))));
    }

    private static Batching batching(JsonFields batching) {
        return new Batching(
                batching.optionalInt("max", 1),
                batching.optionalInt("maxDelayMs", 0).orElse(0),
                batching.optionalMeasure("rtol"),
                pad(batching.free("pad"), batching.place("pad")));
    }

    private static Map<String, Double> pad(Map<String, Object> values, JsonPlace at) {
        Map<String, Double> pad = new LinkedHashMap<>();
        values.forEach((input, value) -> {
            if (!(value instanceof Number number) || !Double.isFinite(number.doubleValue())) {
                throw at.refused(
                        "what fills up the input " + Origin.quoted(input) + " is " + value,
                        "give a finite number for each input");
            }
            pad.put(input, number.doubleValue());
        });
        return pad;
    }

    private record Steps(List<TransformStep> before, List<TransformStep> after) {}

    private static Steps steps(JsonFields transforms) {
        return new Steps(
                transforms.objects("before", ManifestReading::step),
                transforms.objects("after", ManifestReading::step));
    }

    private static TransformStep step(JsonFields step) {
        return new TransformStep(
                step.text("name"), step.optionalInt("version", 1).orElse(1), step.free("with"));
    }

    private static SelfTest selfTest(JsonFields test) {
        return new SelfTest(
                test.optional("inputs", TensorJson::read).orElse(Tensors.empty()),
                TensorJson.read(test.node("expected"), test.place("expected")),
                test.optionalMeasure("atol").orElse(0),
                test.optionalMeasure("rtol").orElse(0),
                test.optionalMeasure("maxLatencyMs"));
    }

    private static Metric metric(JsonFields metric) {
        return new Metric(
                metric.text("name"),
                metric.number("value"),
                metric.optionalText("dataset"),
                metric.optionalText("split"));
    }

    private License license(JsonFields license) {
        return new License(license.text("spdx"), license.optional("file", this::listedPath));
    }

    private static Provenance provenance(JsonFields provenance) {
        return new Provenance(
                provenance.texts("baseModels"),
                provenance.texts("datasets"),
                provenance.optionalText("git"),
                provenance.optionalText("trainer"),
                provenance.optionalText("builtAt"));
    }

    private static Dependency dependency(JsonFields dependency) {
        return new Dependency(parsed(dependency, "model", ModelName::of), parsed(dependency, "digest", Digest::parse));
    }

    private static Requirements requirements(JsonFields requires) {
        return new Requirements(
                requires.optionalText("maas"),
                requires.optionalText("engine"),
                requires.optionalInt("opset", 1),
                requires.texts("functions"));
    }

    private static <T> T parsed(JsonFields fields, String name, Function<String, T> parse) {
        return parsed(fields.text(name), fields.place(name), parse);
    }

    /** The value types refuse by themselves; here the message gains the place. */
    private static <T> T parsed(String text, JsonPlace at, Function<String, T> parse) {
        try {
            return parse.apply(text);
        } catch (InvalidInputException e) {
            throw at.refused("the value " + Origin.quoted(text) + " has not the right form", e);
        }
    }
}
