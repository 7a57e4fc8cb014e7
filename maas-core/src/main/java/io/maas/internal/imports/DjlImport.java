package io.maas.internal.imports;

import io.maas.error.ErrorCode;
import io.maas.internal.bundle.FileTree;
import io.maas.model.Manifest;
import io.maas.model.Manifest.Batching;
import io.maas.model.Manifest.Role;
import io.maas.model.Manifest.RuntimeSpec;
import io.maas.model.Names;
import io.maas.repository.ImportReport;
import io.maas.repository.ImportReport.Kind;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

/** A model of DJL Serving: {@code serving.properties} beside the model file. Used once. */
final class DjlImport {
    private static final String PROPERTIES = "serving.properties";

    /** Keys, without {@code option.} in front, whose values name code or lead out of the folder. */
    private static final Set<String> CODE = Set.of(
            "translator",
            "translatorfactory",
            "blockfactory",
            "entrypoint",
            "handler",
            "inputformatter",
            "outputformatter",
            "modelloadinghandler",
            "parallel_loading");

    private static final Set<String> REMOTE = Set.of("model_id", "modelid", "s3url", "model_url", "modelurl");

    /** Keys that say how the server is to run things. */
    private static final Set<String> SERVER = Set.of(
            "job_queue_size",
            "max_idle_time",
            "maxworkers",
            "load_on_devices",
            "chunked_read_timeout",
            "predict_timeout",
            "gpu.minworkers",
            "gpu.maxworkers",
            "reserved_memory_mb");

    private final Draft draft;
    private final FileTree tree;

    DjlImport(Draft draft) {
        this.draft = draft;
        this.tree = draft.tree();
    }

    ImportReport run() {
        draft.findings().adapted(PROPERTIES, "read into the manifest, key by key; the file itself is not carried");
        Doc properties = draft.doc(
                PROPERTIES,
                PropertiesFile.parse(tree.bytes(PROPERTIES, Draft.MAX_DOCUMENT), tree.document(PROPERTIES)));
        Optional<String> engine = engine(properties.field("engine"));
        Doc named = properties.field("option.modelName");
        Weights weights = weights(engine, named.text());
        Manifest.Builder manifest = Manifest.builder(ModelNaming.of(draft, named), weights.format());
        manifest.runtime(runtime(properties));
        if (tree.has("synset.txt")) {
            draft.part("synset.txt", "synset.txt", Role.LABELS, "labels, for a step that reads them such as top-k");
        }
        for (String key : properties.names()) {
            Doc property = properties.field(key);
            if (!draft.findings().has(property.place())) {
                rest(key, property);
            }
        }
        return draft.finish(Kind.DJL, manifest);
    }

    private Optional<String> engine(Doc engine) {
        Optional<String> format = engine.text().map(text -> switch (text.toLowerCase(Locale.ROOT)) {
            case "onnxruntime" -> Weights.ONNX;
            case "pytorch" -> Weights.TORCHSCRIPT;
            default ->
                throw draft.refused(
                        ErrorCode.IMPORT_UNSUPPORTED,
                        "no engine here takes over from its engine '" + Names.shown(text) + "'",
                        "export the model as ONNX");
        });
        engine.adapted("the format '" + format.orElse("") + "'");
        return format;
    }

    private Weights weights(Optional<String> engine, Optional<String> modelName) {
        Optional<String> asked = Weights.asked(draft, tree.files());
        List<String> candidates = tree.files().stream()
                .filter(file -> engine.orElse("").equals(Weights.TORCHSCRIPT)
                        ? Weights.mayBeTorchScript(file)
                        : Weights.isOnnx(file) || (engine.isEmpty() && Weights.mayBeTorchScript(file)))
                .toList();
        List<String> usual = candidates.stream()
                .filter(file -> {
                    String stem = file.substring(0, file.lastIndexOf('.'));
                    return modelName.map(stem::equals).orElse(stem.equals("model"));
                })
                .toList();
        String file;
        if (asked.isPresent()) {
            file = asked.get();
        } else if (usual.size() == 1) {
            file = usual.get(0);
        } else if (candidates.size() == 1) {
            file = candidates.get(0);
        } else if (candidates.isEmpty()) {
            throw draft.refused(
                    ErrorCode.IMPORT_UNSUPPORTED,
                    "it has no file of the format " + engine.orElse("onnx or torchscript"),
                    "add the model file; models that a server would download are not fetched");
        } else {
            throw Weights.several(draft, candidates);
        }
        return Weights.take(draft, Weights.isOnnx(file) ? Weights.ONNX : Weights.TORCHSCRIPT, file);
    }

    private RuntimeSpec runtime(Doc properties) {
        OptionalInt max = number(properties, "batch_size", 1, "runtime.batching.max");
        OptionalInt delay = max.isPresent()
                ? number(properties, "max_batch_delay", 0, "runtime.batching.maxDelayMs")
                : OptionalInt.empty();
        OptionalInt instances = number(properties, "maxWorkers", 1, "runtime.instances");
        OptionalInt least = number(properties, "minWorkers", 1, "runtime.minInstances");
        if (least.isPresent() && instances.isPresent() && least.getAsInt() > instances.getAsInt()) {
            instances = least; // there is no telling which of the two was meant
        }
        OptionalInt memory = number(properties, "required_memory_mb", 1, "runtime.memoryMb");
        OptionalInt threads = number(properties, "option.intraOpNumThreads", 1, "runtime.threads");
        if (threads.isEmpty()) {
            threads = number(properties, "option.numThreads", 1, "runtime.threads");
        }
        Optional<Batching> batching = max.isPresent()
                ? Optional.of(new Batching(max, delay.orElse(0), OptionalDouble.empty(), Map.of()))
                : Optional.empty();
        return new RuntimeSpec(List.of(), memory, threads, batching, instances, least, Optional.empty());
    }

    private static OptionalInt number(Doc properties, String key, int lowest, String where) {
        Doc property = properties.field(key);
        boolean isNumber = property.text().orElse("").strip().matches("-?[0-9]{1,18}"); // or a word such as "auto"
        OptionalInt value = isNumber ? property.wholeFrom(lowest) : OptionalInt.empty();
        if (value.isPresent()) {
            property.carried(where);
        } else {
            property.dropped("the value leaves it to the server");
        }
        return value;
    }

    private void rest(String key, Doc property) {
        String plain = key.toLowerCase(Locale.ROOT).replaceFirst("^option\\.", "");
        if (CODE.contains(plain)) {
            property.dropped("it names code, which never goes into a package; use transforms, or one of your own");
        } else if (REMOTE.contains(plain)) {
            property.dropped("nothing is fetched because a document says so");
        } else if (SERVER.contains(plain)) {
            property.dropped("it is for the server, and here the host decides");
        } else {
            draft.keep("djl", key, property);
        }
    }
}
