package io.maas.internal.imports;

import io.maas.error.ErrorCode;
import io.maas.internal.bundle.FileTree;
import io.maas.model.Manifest;
import io.maas.model.Manifest.Provenance;
import io.maas.model.Manifest.Role;
import io.maas.model.Names;
import io.maas.repository.ImportReport;
import io.maas.repository.ImportReport.Kind;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A model of MLflow: {@code MLmodel}, with an onnx or a pytorch flavour. Used once. */
final class MlflowImport {
    private static final String MLMODEL = "MLmodel";
    private static final List<String> KEPT = List.of(
            "run_id",
            "model_uuid",
            "model_id",
            "mlflow_version",
            "metadata",
            "databricks_runtime",
            "model_size_bytes",
            "prompts");
    private static final Map<String, String> REASONS = Map.of(
            "flavors", "it says how Python loads the model",
            "saved_input_example_info", "the example itself is carried as it is",
            "env_vars", "a package reads no environment",
            "resources", "nothing is fetched because a document says so");

    private final Draft draft;
    private final FileTree tree;

    MlflowImport(Draft draft) {
        this.draft = draft;
        this.tree = draft.tree();
    }

    ImportReport run() {
        draft.findings().adapted(MLMODEL, "read into the manifest, field by field");
        Doc model = draft.yaml(MLMODEL);
        Weights weights = weights(model.field("flavors"));
        Manifest.Builder manifest =
                Manifest.builder(ModelNaming.of(draft, model.field("artifact_path")), weights.format());
        new MlflowSignature(model.field("signature"), weights).into(manifest);
        Doc built = model.field("utc_time_created");
        built.text().ifPresent(text -> {
            manifest.provenance(
                    new Provenance(List.of(), List.of(), Optional.empty(), Optional.empty(), Optional.of(text)));
            built.carried("provenance.builtAt, in UTC");
        });
        KEPT.forEach(name -> {
            if (!model.field(name).value().isMissingNode()) {
                draft.keep("mlflow", name, model.field(name));
            }
        });
        for (String example : List.of("input_example.json", "serving_input_example.json")) {
            if (tree.has(example)) {
                draft.part(example, example, Role.SAMPLE, "example data");
            }
        }
        for (String name : model.names()) {
            model.field(name).rest(REASONS.getOrDefault(name, "the platform has nothing that corresponds"));
        }
        return draft.finish(Kind.MLFLOW, manifest);
    }

    private Weights weights(Doc flavors) {
        Doc onnx = flavors.field("onnx");
        Doc torch = flavors.field("pytorch");
        if (onnx.isPresent()) {
            Doc data = onnx.field("data");
            return take(Weights.ONNX, data, data.text().orElse("model.onnx"));
        } else if (torch.isPresent()) {
            Doc data = torch.field("model_data");
            return take(Weights.TORCHSCRIPT, data, data.text().orElse("data") + "/model.pth");
        }
        throw draft.refused(
                ErrorCode.IMPORT_UNSUPPORTED,
                "of its flavours " + Names.shown(flavors.names().toString()) + " none is onnx or pytorch",
                "convert the model and log it with mlflow.onnx.log_model(...)");
    }

    private Weights take(String format, Doc data, String usual) {
        String file = Weights.asked(draft, tree.files()).orElse(usual);
        if (!tree.has(file)) {
            throw draft.refused(
                    ErrorCode.PACKAGE_MISSING,
                    "it has no file '" + Names.shown(file) + "'",
                    "download the whole model, or name the file in the option 'weights'");
        }
        data.adapted("the weights are '" + file + "'");
        return Weights.take(draft, format, file);
    }
}
