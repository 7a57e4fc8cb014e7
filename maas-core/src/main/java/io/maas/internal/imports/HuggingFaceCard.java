package io.maas.internal.imports;

import io.maas.internal.bundle.FileTree;
import io.maas.internal.bundle.Json;
import io.maas.internal.bundle.ModelCard;
import io.maas.model.Manifest;
import io.maas.model.Manifest.License;
import io.maas.model.Manifest.Metric;
import io.maas.model.Manifest.Provenance;
import io.maas.model.Manifest.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The card of a Hugging Face repository: what its front matter says about licence, origin and quality. Used once. */
final class HuggingFaceCard {
    static final String FILE = "README.md";

    private final Draft draft;
    private final Doc front;

    private HuggingFaceCard(Draft draft, Doc front) {
        this.draft = draft;
        this.front = front;
    }

    static HuggingFaceCard read(Draft draft) {
        FileTree tree = draft.tree();
        if (!tree.has(FILE)) {
            return new HuggingFaceCard(draft, draft.none(FILE));
        }
        String text = Json.text(tree.bytes(FILE, ModelCard.MAX_BYTES), tree.document(FILE));
        return new HuggingFaceCard(
                draft,
                draft.doc(FILE, ModelCard.parse(text, tree.document(FILE)).front()));
    }

    Doc field(String name) {
        return front.field(name);
    }

    /** The first name under which results are reported, which is the model's. */
    Doc modelName() {
        List<Doc> models = front.field("model-index").items();
        return models.isEmpty()
                ? front.field("model-index").field("name")
                : models.get(0).field("name");
    }

    void into(Manifest.Builder manifest) {
        if (draft.tree().has(FILE)) {
            draft.part(FILE, FILE, Role.DOC, "the model card");
            manifest.card(FILE);
        }
        license(manifest);
        List<String> bases = list("base_model", "provenance.baseModels");
        List<String> datasets = list("datasets", "provenance.datasets");
        if (!bases.isEmpty() || !datasets.isEmpty()) {
            manifest.provenance(new Provenance(bases, datasets, Optional.empty(), Optional.empty(), Optional.empty()));
        }
        for (Doc model : front.field("model-index").items()) {
            for (Doc result : model.field("results").items()) {
                result(result, manifest);
            }
        }
        front.field("model-index").rest("the card is carried, and has it");
        for (String name : front.names()) {
            Doc field = front.field(name);
            if (!draft.findings().has(field.place()) && !name.equals("model-index")) {
                draft.keep("huggingface", name, field);
            }
        }
    }

    private List<String> list(String name, String where) {
        Doc field = front.field(name);
        if (!isTexts(field)) {
            return List.of();
        }
        field.carried(where);
        return field.texts();
    }

    /** Anything else than one text or a list of them is kept as it is. */
    private static boolean isTexts(Doc field) {
        return field.isPresent()
                && field.items().stream().noneMatch(item -> item.value().isContainerNode());
    }

    // ---- licence

    private void license(Manifest.Builder manifest) {
        Doc field = front.field("license");
        List<String> told = isTexts(field) ? field.texts() : List.of();
        Doc named = front.field("license_name");
        Optional<String> file = licenseFile();
        if (told.isEmpty()) {
            return;
        }
        boolean isOther = told.size() == 1 && told.get(0).equals("other") && named.isPresent();
        List<String> shown = isOther ? named.texts() : told;
        List<String> spdx = new ArrayList<>();
        boolean known = true;
        for (String name : shown) {
            Optional<String> found = SpdxNames.of(name);
            known &= found.isPresent();
            spdx.add(found.orElseGet(() -> SpdxNames.reference(name)));
        }
        String expression = String.join(" OR ", spdx);
        manifest.license(new License(expression, file));
        if (known && spdx.size() == 1) {
            field.carried("license.spdx, " + expression);
        } else {
            field.adapted("license.spdx, " + expression
                    + (known ? "" : "; SPDX has no such licence, so read its text before you rely on it"));
        }
    }

    private Optional<String> licenseFile() {
        for (String name : List.of("LICENSE", "LICENSE.txt", "LICENSE.md")) {
            if (draft.tree().has(name)) {
                draft.part(name, name, Role.DOC, "the text of the licence");
                return Optional.of(name);
            }
        }
        return Optional.empty();
    }

    // ---- results

    private static void result(Doc result, Manifest.Builder manifest) {
        Optional<String> dataset = result.fields("dataset", "name")
                .text()
                .or(() -> result.fields("dataset", "type").text());
        Optional<String> split = result.fields("dataset", "split").text();
        for (Doc metric : result.field("metrics").items()) {
            Optional<String> name = metric.text("type").or(() -> metric.text("name"));
            Doc value = metric.field("value");
            if (name.isPresent()
                    && value.value().isNumber()
                    && Double.isFinite(value.value().doubleValue())) {
                manifest.metric(new Metric(name.get(), value.value().doubleValue(), dataset, split));
                metric.carried("a figure in metrics");
            } else {
                metric.dropped("it has no name or no single number; the card is carried, and has it");
            }
        }
        result.fields("dataset", "name").adapted("the dataset of its figures");
        result.fields("dataset", "split").adapted("the split of its figures");
    }
}
