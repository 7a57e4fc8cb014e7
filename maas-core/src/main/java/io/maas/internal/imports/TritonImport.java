package io.maas.internal.imports;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.internal.bundle.FileTree;
import io.maas.model.Manifest;
import io.maas.model.Names;
import io.maas.repository.ImportReport;
import io.maas.repository.ImportReport.Kind;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A model of a Triton model repository: {@code config.pbtxt}, and a folder for each version. Used once. */
final class TritonImport {
    private static final String CONFIG = "config.pbtxt";
    private static final Pattern VERSIONED = Pattern.compile("([0-9]{1,18})/(.+)");
    private static final String NOTHING = "the platform has nothing that corresponds";

    /** Why the fields that are not carried are not. */
    private static final Map<String, String> REASONS = Map.of(
            "version_policy", "versions are published, not loaded by a policy",
            "dynamic_batching", "a batch has a size, runtime.batching.max, and a delay, and nothing else",
            "sequence_batching", "calls are independent of each other; keep state outside of the model",
            "optimization", "how an engine optimises a graph is for its host to choose",
            "instance_group", "where copies run is for the host to choose",
            "model_warmup", "write self-tests with known answers instead",
            "model_transaction_policy", "a call has one answer",
            "response_cache", "answers are not cached",
            "metric_tags", "figures are named by model and version",
            "model_repository_agents", "an agent is code of the server");

    private final Draft draft;
    private final FileTree tree;

    TritonImport(Draft draft) {
        this.draft = draft;
        this.tree = draft.tree();
    }

    /** Tells whether this is a model in a version folder, which Triton accepts without a configuration. */
    static boolean isVersioned(String file) {
        return file.matches("[0-9]{1,18}/model\\.(onnx|pt)(/.*)?");
    }

    ImportReport run() {
        Doc config = config();
        String format = format(config);
        String version = version();
        Manifest.Builder manifest = Manifest.builder(ModelNaming.of(draft, config.field("name")), format);
        Weights weights = Weights.take(draft, format, file(config, version, format));
        draft.keep("triton", "version", version);
        TritonRuntime runtime = TritonRuntime.read(config);
        new TritonTensors(draft, config, weights, runtime.isBatched()).into(manifest);
        manifest.runtime(runtime.spec());
        parameters(config.field("parameters"));
        for (String name : config.names()) {
            config.field(name).rest(REASONS.getOrDefault(name, NOTHING));
        }
        for (String file : tree.files()) {
            Matcher versioned = VERSIONED.matcher(file);
            if (versioned.matches() && !versioned.group(1).equals(version)) {
                draft.findings()
                        .dropped(
                                file,
                                "it belongs to version " + versioned.group(1) + ", and " + version + " was taken");
            }
        }
        return draft.finish(Kind.TRITON, manifest);
    }

    private Doc config() {
        if (!tree.has(CONFIG)) {
            return draft.none(CONFIG);
        }
        draft.findings().adapted(CONFIG, "read into the manifest, field by field");
        return draft.doc(CONFIG, Pbtxt.parse(tree.bytes(CONFIG, Draft.MAX_DOCUMENT), tree.document(CONFIG)));
    }

    private String format(Doc config) {
        Doc platform = config.field("platform");
        Doc backend = config.field("backend");
        if (config.field("ensemble_scheduling").isPresent()
                || platform.text().orElse("").equals("ensemble")) {
            throw unsupported(
                    "it is an ensemble, which is a graph of other models",
                    "import its members, and register a pipeline of them");
        }
        String told = backend.text()
                .filter(text -> !text.isEmpty())
                .or(platform::text)
                .orElse("");
        String format = switch (told) {
            case "onnxruntime", "onnxruntime_onnx" -> Weights.ONNX;
            case "pytorch", "pytorch_libtorch" -> Weights.TORCHSCRIPT;
            case "" ->
                tree.files().stream().anyMatch(file -> file.matches("[0-9]+/model\\.pt"))
                        ? Weights.TORCHSCRIPT
                        : Weights.ONNX;
            case "python" ->
                throw unsupported(
                        "its backend is 'python', which runs the code in model.py",
                        "export the model as ONNX, and write what is around it as a transform");
            default ->
                throw unsupported(
                        "no engine here runs its backend '" + Names.shown(told) + "'", "export the model as ONNX");
        };
        if (config.text("runtime").filter(text -> text.endsWith(".py")).isPresent()) {
            throw unsupported(
                    "its runtime is '" + config.text("runtime").get() + "', which is code",
                    "save the model as TorchScript, or export it as ONNX");
        }
        platform.adapted("the format '" + format + "'");
        backend.adapted("the format '" + format + "'");
        return format;
    }

    private String version() {
        TreeSet<String> versions = new TreeSet<>(
                Comparator.<String, BigInteger>comparing(BigInteger::new).thenComparing(Comparator.naturalOrder()));
        for (String file : tree.files()) {
            Matcher versioned = VERSIONED.matcher(file);
            if (versioned.matches()) {
                versions.add(versioned.group(1));
            }
        }
        if (versions.isEmpty()) {
            throw draft.refused(
                    ErrorCode.IMPORT_UNKNOWN, "it has no version folder, such as '1'", "put the model file into one");
        }
        draft.options().version().ifPresent(asked -> {
            if (!asked.matches("[0-9]{1,18}") || !versions.contains(asked)) {
                throw draft.refused(
                        ErrorCode.IMPORT_AMBIGUOUS,
                        "it has no version '" + Names.shown(asked) + "', only " + versions,
                        "ask for one of these");
            }
        });
        return draft.options().version().orElse(versions.last());
    }

    /** The model may be a folder with the graph and its external weights. */
    private String file(Doc config, String version, String format) {
        Doc named = config.field("default_model_filename");
        String usual = format.equals(Weights.ONNX) ? "model.onnx" : "model.pt";
        String name = named.text().filter(text -> !text.isEmpty()).orElse(usual);
        String path = version + "/" + name;
        named.adapted("the weights are '" + path + "'");
        List<String> candidates = tree.files().stream()
                .filter(file -> file.equals(path) || (file.startsWith(path + "/") && Weights.isOnnx(file)))
                .toList();
        if (draft.options().weights().isPresent()) {
            return Weights.asked(draft, tree.files()).orElseThrow();
        } else if (candidates.size() > 1) {
            throw Weights.several(draft, candidates);
        } else if (candidates.isEmpty()) {
            throw draft.refused(
                    ErrorCode.PACKAGE_MISSING,
                    "it has no file '" + Names.shown(path) + "'",
                    "add it, or set default_model_filename");
        }
        return candidates.get(0);
    }

    /** Each is a key and a value; what the runtime did not take is kept. */
    private void parameters(Doc parameters) {
        for (Doc parameter : parameters.items()) {
            if (!draft.findings().has(parameter.place())) {
                String key = parameter.text("key").orElse("");
                String value = parameter.fields("value", "string_value").text().orElse("");
                draft.keep("triton", "parameter " + key, parameter.holding(JsonNodeFactory.instance.textNode(value)));
            }
        }
    }

    private InvalidInputException unsupported(String why, String remedy) {
        return draft.refused(ErrorCode.IMPORT_UNSUPPORTED, why, remedy);
    }
}
