package io.maas.internal.imports;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.testkit.onnx.OnnxModels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a document holds, the report speaks of all of it: documents are made up at random from the fields that the
 * importers know and from others, with values of every kind in every place, and {@link Fixture#run} compares.
 */
class CompletenessTest {
    private static final byte[] MLP = OnnxModels.mlp(4, 3);
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int ROUNDS = 40;

    private static final List<String> TRITON = List.of(
            "version_policy",
            "input",
            "output",
            "dynamic_batching",
            "instance_group",
            "parameters",
            "model_warmup",
            "name",
            "dims",
            "data_type",
            "reshape",
            "shape",
            "label_filename",
            "count",
            "kind",
            "gpus",
            "key",
            "value",
            "string_value",
            "max_queue_delay_microseconds",
            "other");
    private static final List<String> MLFLOW = List.of(
            "signature",
            "inputs",
            "outputs",
            "params",
            "run_id",
            "metadata",
            "flavors",
            "saved_input_example_info",
            "utc_time_created",
            "type",
            "name",
            "tensor-spec",
            "dtype",
            "shape",
            "a.b",
            "",
            "other");
    private static final List<String> CARD = List.of(
            "license",
            "license_name",
            "base_model",
            "datasets",
            "tags",
            "model-index",
            "results",
            "metrics",
            "dataset",
            "name",
            "type",
            "value",
            "split",
            "task",
            "a[0]",
            "other");

    @TempDir
    Path temp;

    private int folders;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 6);
    }

    private Fixture model() {
        return new Fixture(temp.resolve("m" + folders++)).with("1/model.onnx", MLP);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void ofConfigurationsOfTriton(long seed) {
        Random random = new Random(seed);
        int good = 0;
        for (int round = 0; round < ROUNDS; round++) {
            good += runs(model().with("config.pbtxt", pbtxt(object(random, TRITON, 0))));
        }
        assertThat(good).as("seed %d", seed).isPositive();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void ofModelsOfMlflow(long seed) {
        Random random = new Random(seed);
        int good = 0;
        for (int round = 0; round < ROUNDS; round++) {
            ObjectNode document = object(random, MLFLOW, 0);
            ObjectNode flavors = document.putObject("flavors");
            flavors.set("other", value(random, MLFLOW, 1));
            ((ObjectNode) flavors.putObject("onnx").set("more", value(random, MLFLOW, 1))).put("data", "1/model.onnx");
            good += runs(model().with("MLmodel", document.toString()));
        }
        assertThat(good).as("seed %d", seed).isPositive();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void ofCardsOfHuggingFace(long seed) {
        Random random = new Random(seed);
        int good = 0;
        for (int round = 0; round < ROUNDS; round++) {
            good += runs(new Fixture(temp.resolve("m" + folders++))
                    .with("model.onnx", MLP)
                    .with("README.md", "---\n" + object(random, CARD, 0) + "\n---\n"));
        }
        assertThat(good).as("seed %d", seed).isPositive();
    }

    /** A document may be refused, in so many words; it may not be half reported. */
    private static int runs(Fixture fixture) {
        try {
            fixture.run();
            return 1;
        } catch (InvalidInputException e) {
            assertThat(e.code()).as(e.getMessage()).isIn(ErrorCode.BAD_DOCUMENT, ErrorCode.IMPORT_UNSUPPORTED);
            return 0;
        }
    }

    private static ObjectNode object(Random random, List<String> names, int depth) {
        ObjectNode object = NODES.objectNode();
        for (int field = random.nextInt(5); field >= 0; field--) {
            object.set(names.get(random.nextInt(names.size())), value(random, names, depth + 1));
        }
        return object;
    }

    private static JsonNode value(Random random, List<String> names, int depth) {
        int kind = random.nextInt(depth > 4 ? 4 : 8);
        if (kind > 5) {
            return object(random, names, depth);
        } else if (kind > 3) {
            ArrayNode items = NODES.arrayNode();
            for (int item = random.nextInt(4); item > 0; item--) {
                items.add(value(random, names, depth + 1));
            }
            return items;
        }
        return switch (kind) {
            case 0 -> NODES.numberNode(random.nextInt(10) - 1);
            case 1 -> NODES.textNode("TYPE_FP32");
            case 2 -> NODES.booleanNode(random.nextBoolean());
            default -> NODES.textNode("x" + random.nextInt(3));
        };
    }

    private static String pbtxt(ObjectNode message) {
        List<String> fields = new ArrayList<>();
        message.fieldNames().forEachRemaining(name -> fields.add(name + ": " + pbtxtValue(message.path(name))));
        return String.join(" ", fields);
    }

    private static String pbtxtValue(JsonNode value) {
        if (value instanceof ObjectNode message) {
            return "{ " + pbtxt(message) + " }";
        } else if (value.isArray()) {
            List<String> items = new ArrayList<>();
            value.forEach(item -> items.add(item.isArray() ? "0" : pbtxtValue(item)));
            return items.toString();
        }
        return value.toString();
    }
}
