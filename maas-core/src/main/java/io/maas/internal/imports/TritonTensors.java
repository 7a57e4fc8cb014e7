package io.maas.internal.imports;

import io.maas.internal.bundle.Json;
import io.maas.model.Dim;
import io.maas.model.Manifest;
import io.maas.model.Manifest.Role;
import io.maas.model.Names;
import io.maas.model.TensorSpec;
import io.maas.tensor.DataType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** The inputs and outputs in {@code config.pbtxt}. What a graph tells by itself fills in what they leave open. */
final class TritonTensors {
    /** How inputs and outputs are told apart by their places, where a model has no names for them. */
    private static final Pattern PLACED = Pattern.compile("(.*)__([0-9]{1,6})");

    private final Draft draft;
    private final Doc config;
    private final Weights weights;
    private final boolean isBatched;

    TritonTensors(Draft draft, Doc config, Weights weights, boolean isBatched) {
        this.draft = draft;
        this.config = config;
        this.weights = weights;
        this.isBatched = isBatched;
    }

    void into(Manifest.Builder manifest) {
        side("input", weights.told().inputs()).forEach(manifest::input);
        side("output", weights.told().outputs()).forEach(manifest::output);
    }

    private List<TensorSpec> side(String side, Optional<List<TensorSpec>> told) {
        List<TensorSpec> specs = new ArrayList<>();
        for (Doc tensor : config.field(side).items()) {
            specs.add(tensor(tensor, told.orElse(List.of())));
        }
        if (specs.isEmpty()) {
            return specs; // the engine tells
        }
        if (weights.format().equals(Weights.TORCHSCRIPT)
                && specs.stream().allMatch(spec -> PLACED.matcher(spec.name()).matches())) {
            specs.sort(Comparator.comparingInt(spec -> place(spec.name())));
        }
        for (TensorSpec own : told.orElse(List.of())) {
            if (specs.stream().noneMatch(spec -> spec.name().equals(own.name()))) {
                specs.add(own); // Triton hides what its configuration does not list; here the engine shows it
                draft.findings()
                        .adapted(
                                weights.file(),
                                "its " + side + " " + own + " is visible to callers, though " + side
                                        + "s in config.pbtxt leave it out");
            }
        }
        return specs;
    }

    private static int place(String name) {
        return Integer.parseInt(name.substring(name.lastIndexOf("__") + 2));
    }

    private TensorSpec tensor(Doc tensor, List<TensorSpec> told) {
        Doc named = tensor.field("name");
        String name = named.text()
                .filter(text -> !text.isEmpty())
                .orElseThrow(() -> tensor.at().refused("a tensor has no name"));
        if (weights.format().equals(Weights.TORCHSCRIPT) && PLACED.matcher(name).matches()) {
            named.carried("the name of argument or result " + place(name) + " of forward, counted from 0");
        } else {
            named.carried("the tensor's name");
        }
        Optional<TensorSpec> own =
                told.stream().filter(spec -> spec.name().equals(name)).findFirst();
        DataType type = type(tensor.field("data_type"));
        List<Dim> dims = dims(tensor, name, own);
        TensorSpec spec = new TensorSpec(name, type, dims, List.of(), Optional.empty());
        return spec.labelled(labels(tensor.field("label_filename"), spec));
    }

    private static DataType type(Doc field) {
        String told = field.text().orElse("");
        DataType type = switch (told) {
            case "TYPE_STRING" -> DataType.BYTES;
            default -> {
                for (DataType candidate : DataType.values()) {
                    if (candidate != DataType.BYTES && ("TYPE_" + candidate).equals(told)) {
                        yield candidate;
                    }
                }
                throw field.at().refused("there is no data type '" + Names.shown(told) + "'");
            }
        };
        field.carried("the tensor's type, " + type);
        return type;
    }

    private List<Dim> dims(Doc tensor, String name, Optional<TensorSpec> told) {
        Doc reshaped = tensor.fields("reshape", "shape");
        boolean isReshaped = tensor.field("reshape").isPresent();
        Doc from = isReshaped ? reshaped : tensor.field("dims");
        List<Dim> dims = new ArrayList<>();
        if (isBatched) {
            dims.add(batch(told));
        }
        for (Doc item : from.items()) {
            OptionalLong size = item.whole();
            long value = size.orElseThrow(() -> from.at().refused("a dimension has no size"));
            if (value < 1 && value != -1) {
                throw from.at().refused("no dimension has the size " + value);
            }
            dims.add(value == -1 ? free(name, dims.size(), told) : Dim.of(value));
        }
        if (isReshaped) {
            tensor.field("dims").dropped("callers give the shape that the model takes, see reshape");
            tensor.field("reshape").adapted("callers give and get the model's own shape; nothing is reshaped");
        } else if (isBatched || dims.stream().anyMatch(dim -> dim instanceof Dim.Named)) {
            from.adapted("the tensor's dimensions, " + dims);
        } else {
            from.carried("the tensor's dimensions");
        }
        return dims;
    }

    /** The graph's own name for the batch is kept where it is one, since other dimensions may refer to it. */
    private static Dim batch(Optional<TensorSpec> told) {
        Dim usual = Dim.of("batch");
        return told.filter(spec -> spec.rank() > 0)
                .map(spec -> spec.dims().get(0))
                .filter(dim ->
                        dim.toString().startsWith("batch") || dim.toString().equals("N"))
                .orElse(usual);
    }

    /** The graph knows a size or a name; a name of its own promises nothing and can be read. */
    private static Dim free(String tensor, int index, Optional<TensorSpec> told) {
        return told.filter(spec -> spec.rank() > index)
                .map(spec -> spec.dims().get(index))
                .filter(dim -> !dim.equals(Dim.ANY))
                .orElseGet(() -> Dim.of(("d_" + tensor.replaceAll("[^A-Za-z0-9_]", "_") + "_" + index)
                        .replaceFirst("^d_(?=[A-Za-z])", "")
                        .replaceFirst("^(.{128}).*$", "$1")));
    }

    private List<String> labels(Doc field, TensorSpec spec) {
        Optional<String> file = field.text().filter(text -> !text.isEmpty());
        if (file.isEmpty()) {
            return List.of();
        } else if (!draft.tree().has(file.get())) {
            field.dropped("there is no such file");
            return List.of();
        }
        byte[] content = draft.tree().bytes(file.get(), Draft.MAX_DOCUMENT);
        List<String> labels =
                Json.text(content, draft.tree().document(file.get())).lines().toList();
        if (!draft.findings().has(file.get())) {
            draft.part(file.get(), "labels/" + file.get(), Role.LABELS, "labels");
        }
        Dim last = spec.rank() == 0 ? Dim.ANY : spec.dims().get(spec.rank() - 1);
        if (last instanceof Dim.Fixed fixed && fixed.size() != labels.size()) {
            field.dropped("it has " + labels.size() + " lines for " + fixed.size() + " values");
            return List.of();
        }
        field.carried("the labels of '" + spec.name() + "'");
        return labels;
    }
}
