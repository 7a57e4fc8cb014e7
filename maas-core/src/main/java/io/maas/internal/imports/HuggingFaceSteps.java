package io.maas.internal.imports;

import io.maas.internal.bundle.FileTree;
import io.maas.model.Dim;
import io.maas.model.Manifest;
import io.maas.model.Manifest.Role;
import io.maas.model.TensorSpec;
import io.maas.tensor.DataType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The steps around a language model, where the snapshot says what they are: texts in, vectors or the probabilities of
 * classes out. Where it does not, there are none, and callers give and get the engine's tensors. Used once.
 */
final class HuggingFaceSteps {
    private static final String TOKENIZER = "tokenizer.json";
    private static final String TOKENIZER_CONFIG = "tokenizer_config.json";
    private static final String MASK = "attention_mask";
    private static final List<String> TOKENS = List.of("input_ids", MASK, "token_type_ids");

    private final Draft draft;
    private final FileTree tree;
    private final Weights weights;
    private final Doc config;
    private final Doc task;

    HuggingFaceSteps(Draft draft, Weights weights, Doc config, Doc task) {
        this.draft = draft;
        this.tree = draft.tree();
        this.weights = weights;
        this.config = config;
        this.task = task;
    }

    void into(Manifest.Builder manifest) {
        SentenceModules modules = SentenceModules.read(draft);
        List<String> labels = labels();
        boolean classifies = isTask("text-classification", "ForSequenceClassification");
        boolean takesText = classifies || embeds(modules);
        boolean tokenized = takesText && tokenize(manifest, modules);
        List<TensorSpec> outputs = weights.told().outputs().orElse(List.of());
        if (classifies) {
            classify(manifest, outputs, labels);
        } else if (!labels.isEmpty()) {
            config.field("id2label").dropped("what it labels is not known for this task; config.json is carried");
        }
        if (tokenized) {
            pool(manifest, outputs, modules);
        } else {
            modules.unused("texts are not tokenized here");
        }
        if (!takesText && tree.has(TOKENIZER)) {
            draft.part(
                    TOKENIZER,
                    TOKENIZER,
                    Role.CONFIG,
                    "for a step 'tokenize' of your own; the task does not say that the model takes one text");
        }
    }

    private boolean embeds(SentenceModules modules) {
        return modules.isPresent() || isTask("feature-extraction", "Model") || isTask("sentence-similarity", "Model");
    }

    private boolean isTask(String tag, String architecture) {
        return task.text()
                .map(tag::equals)
                .orElseGet(() ->
                        config.field("architectures").texts().stream().anyMatch(name -> name.endsWith(architecture)));
    }

    // ---- texts in

    private boolean tokenize(Manifest.Builder manifest, SentenceModules modules) {
        if (!tree.has(TOKENIZER)) {
            return false;
        }
        List<TensorSpec> inputs = weights.told().inputs().orElse(List.of());
        boolean fits = inputs.stream().anyMatch(spec -> spec.name().equals("input_ids"))
                && inputs.stream()
                        .allMatch(spec ->
                                TOKENS.contains(spec.name()) && spec.type() == DataType.INT64 && spec.rank() == 2);
        if (!fits) {
            draft.findings().dropped(TOKENIZER, "the model's inputs are not the tokens of one text, " + inputs);
            return false;
        }
        List<String> made = new ArrayList<>();
        for (String name : TOKENS) {
            boolean isPooled = name.equals(MASK) && modules.isMean();
            if (isPooled || inputs.stream().anyMatch(spec -> spec.name().equals(name))) {
                made.add(name);
            }
        }
        Map<String, Object> with = new LinkedHashMap<>(Map.of("input", "text", "file", TOKENIZER, "outputs", made));
        maxLength().ifPresent(length -> with.put("maxLength", length));
        draft.part(TOKENIZER, TOKENIZER, Role.CONFIG, "read by the step 'tokenize'");
        if (tree.has(TOKENIZER_CONFIG)) {
            draft.part(TOKENIZER_CONFIG, TOKENIZER_CONFIG, Role.CONFIG, "read by the step 'tokenize'");
        }
        manifest.before("tokenize", with);
        return true;
    }

    /** Sentence transformers cut texts earlier than the model would have to; it may not be more than the model takes. */
    private OptionalInt maxLength() {
        String file = "sentence_bert_config.json";
        OptionalInt wanted =
                tree.has(file) ? draft.json(file).field("max_seq_length").wholeFrom(1) : OptionalInt.empty();
        if (wanted.isEmpty()) {
            return wanted;
        }
        draft.findings().adapted(file, "max_seq_length is the step's maxLength");
        Doc limit = tree.has(TOKENIZER_CONFIG)
                ? draft.json(TOKENIZER_CONFIG).field("model_max_length")
                : draft.none(TOKENIZER_CONFIG);
        // tokenizers without a limit write 1e30
        OptionalInt most = limit.value().isIntegralNumber() && limit.value().canConvertToLong()
                ? limit.wholeFrom(1)
                : OptionalInt.empty();
        return OptionalInt.of(Math.min(wanted.getAsInt(), most.orElse(Integer.MAX_VALUE)));
    }

    // ---- vectors out

    private void pool(Manifest.Builder manifest, List<TensorSpec> outputs, SentenceModules modules) {
        if (!modules.isPresent()) {
            return;
        }
        List<TensorSpec> hidden = outputs.stream()
                .filter(spec -> spec.rank() == 3 && spec.type().isFloating())
                .toList();
        if (outputs.stream().anyMatch(spec -> spec.name().equals("sentence_embedding"))) {
            modules.unused("the model pools by itself, into 'sentence_embedding'");
        } else if (!modules.isMean() || hidden.size() != 1) {
            modules.unused(
                    modules.isMean()
                            ? "the model has not one output with a vector for each token"
                            : "only mean-pool and l2-normalize are known; callers get a vector for each token");
        } else {
            manifest.after("mean-pool", Map.of("input", hidden.get(0).name(), "output", "embedding"));
            if (modules.isNormalized()) {
                manifest.after("l2-normalize", Map.of("input", "embedding"));
            }
            modules.used();
        }
    }

    // ---- classes out

    private void classify(Manifest.Builder manifest, List<TensorSpec> outputs, List<String> labels) {
        Doc field = config.field("id2label");
        Optional<TensorSpec> scores = outputs.stream()
                .filter(spec -> spec.rank() == 2 && spec.type().isFloating())
                .findFirst();
        boolean single = outputs.size() == 1 && scores.isPresent();
        if (!single || labels.size() < 2) {
            field.dropped(
                    "the model has not one output with a score for each of these classes; config.json is carried");
            return;
        }
        TensorSpec spec = scores.get();
        if (spec.dims().get(1) instanceof Dim.Fixed fixed && fixed.size() != labels.size()) {
            field.dropped("there are " + labels.size() + " labels for " + fixed.size() + " scores");
            return;
        }
        manifest.output(spec.labelled(labels));
        field.adapted("the labels of '" + spec.name() + "'");
        Doc problem = config.field("problem_type");
        if (problem.text().orElse("").equals("multi_label_classification")
                || problem.text().orElse("").equals("regression")) {
            problem.dropped("there is no step for it; callers get the scores as they are");
        } else {
            manifest.after("softmax", Map.of("input", spec.name(), "output", "probabilities"));
            problem.adapted("the step 'softmax'");
        }
    }

    /** The labels in order, if there is one for each number from 0 on. */
    private List<String> labels() {
        Doc field = config.field("id2label");
        Map<Integer, String> byId = new HashMap<>();
        for (String id : field.names()) {
            if (id.matches("[0-9]{1,6}")) {
                byId.put(Integer.valueOf(id), field.text(id).orElse(""));
            }
        }
        List<String> labels = new ArrayList<>();
        while (byId.containsKey(labels.size())) {
            labels.add(byId.get(labels.size()));
        }
        return labels.size() == field.names().size() ? labels : List.of();
    }
}
