package io.maas.backend.djl;

import ai.djl.engine.Engine;
import ai.onnxruntime.OrtEnvironment;
import io.maas.error.MaasException;
import io.maas.model.Manifest.TransformStep;
import io.maas.model.TensorSpec;
import io.maas.spi.LoadedModel;
import io.maas.spi.Transform;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import io.maas.testkit.PlainCall;
import io.maas.testkit.onnx.OnnxModels;
import io.maas.testkit.onnx.OnnxWriter;
import io.maas.testkit.torchscript.TorchScripts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What runs in a JVM of its own: what a process initialises once cannot be tried out twice. */
final class Child {
    private Child() {}

    public static void main(String[] arguments) {
        Path folder = Path.of(arguments[1]);
        String mode = arguments[0];
        if (mode.equals("torch-fails")) {
            System.out.println("grown by " + grownByFailing(folder) + " MB");
            return;
        }
        if (mode.equals("host-first")) {
            OrtEnvironment.getEnvironment();
        } else if (mode.equals("torch-host-first")) {
            Engine.getEngine("PyTorch");
        }
        try {
            if (mode.startsWith("torch")) {
                torch(folder);
            }
            if (!mode.equals("torch-only")) {
                serve(folder);
                fail(folder);
            }
            System.out.println(
                    mode.startsWith("torch") || !isLoaded("libtorch") ? "served" : "started PyTorch for nothing");
        } catch (MaasException e) {
            System.out.println(e.code() + " " + e.getMessage());
        }
    }

    private static void serve(Path folder) {
        try (LoadedModel model = Folder.load(folder, OnnxModels.add("n"))) {
            PlainCall.run(model, Tensors.of("a", Tensor.of(new float[2]), "b", Tensor.of(new float[2])));
        }
        Folder files = new Folder(folder).with("tokenizer.json", "/all-minilm-l6-v2-q-tokenizer.json");
        try (Transform tokenize = new TokenizeProvider().create(new TransformStep("tokenize", 1, Map.of()), files)) {
            tokenize.apply(Tensors.of("text", Tensor.of(new String[] {"quiet"})));
        }
    }

    private static void torch(Path folder) {
        TensorSpec x = TensorSpec.of("x", DataType.FP32, "n", 2);
        byte[] script = TorchScripts.linear(new float[] {1, 2}, new float[] {3});
        TensorSpec y = TensorSpec.of("y", DataType.FP32, "n", 1);
        try (LoadedModel model = TorchFolder.load(folder, script, List.of(x), List.of(y))) {
            Tensors out = PlainCall.run(model, Tensors.of("x", Tensor.of(new float[] {1, 1}, 1, 2)));
            if (out.single().floatAt(0, 0) != 6) {
                throw new AssertionError(out);
            }
        }
    }

    /** Runs a model on inputs that it refuses, 4 MB each time. */
    private static long grownByFailing(Path folder) {
        TensorSpec x = TensorSpec.of("x", DataType.FP32, "n", "m");
        byte[] script = TorchScripts.linear(new float[] {1, 2}, new float[] {3});
        Tensors wrong = Tensors.of("x", Tensor.of(new float[1_000_000], 1000, 1000));
        long settled = 0;
        try (LoadedModel model = TorchFolder.load(folder, script, List.of(x), List.of(x.named("y")))) {
            for (int i = 0; i < 300; i++) {
                try {
                    PlainCall.run(model, wrong);
                    throw new AssertionError("it has two columns");
                } catch (MaasException expected) {
                    require(expected);
                }
                settled = i == 50 ? residentMb() : settled;
            }
        }
        return residentMb() - settled;
    }

    private static long residentMb() {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the process has a library, on Linux. */
    private static boolean isLoaded(String library) {
        Path maps = Path.of("/proc/self/maps");
        try {
            return Files.isReadable(maps) && Files.readString(maps).contains("/" + library);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything that makes the engine complain. */
    private static void fail(Path folder) {
        try {
            Folder.load(folder, "noise".getBytes(StandardCharsets.UTF_8)).close();
            throw new AssertionError("noise is no model");
        } catch (MaasException expected) {
            require(expected);
        }
        OnnxWriter gather = new OnnxWriter()
                .input("i", OnnxWriter.INT64, "n")
                .output("y", OnnxWriter.FLOAT, "n")
                .floats("unused", new float[] {1}, 1)
                .floats("table", new float[] {1, 2, 3}, 3)
                .node("Gather", List.of("table", "i"), List.of("y"));
        try (LoadedModel model = Folder.load(folder, gather.toBytes())) {
            PlainCall.run(model, Tensors.of("i", Tensor.of(new long[] {9})));
            throw new AssertionError("there is no place 9");
        } catch (MaasException expected) {
            require(expected);
        }
    }

    private static void require(MaasException error) {
        if (error.code() == null) {
            throw new AssertionError(error);
        }
    }
}
