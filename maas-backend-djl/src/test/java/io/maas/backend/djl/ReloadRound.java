package io.maas.backend.djl;

import io.maas.Maas;
import io.maas.error.MaasException;
import io.maas.model.Manifest;
import io.maas.model.Manifest.Role;
import io.maas.model.Manifest.SelfTest;
import io.maas.model.TensorSpec;
import io.maas.repository.PackageSource;
import io.maas.repository.PublishOptions;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import io.maas.testkit.onnx.OnnxModels;
import io.maas.testkit.torchscript.TorchScripts;
import java.net.URI;
import java.nio.file.Path;
import java.util.OptionalDouble;

/** What happens in one class loader: the platform is opened, two models answer, it is closed. */
public final class ReloadRound {
    private ReloadRound() {}

    /** Runs it. Found by name from another class loader. */
    public static void run(Path folder) {
        try (Maas maas = Maas.builder()
                .store(URI.create("memory:reload"))
                .cache(folder.resolve("cache"))
                .allowTorchScript()
                .open()) {
            Tensors inputs = Tensors.of("a", Tensor.of(new float[] {1}, 1), "b", Tensor.of(new float[] {2}, 1));
            Tensors sum = Tensors.of("sum", Tensor.of(new float[] {3}, 1));
            serve(maas, "onnx", "model.onnx", OnnxModels.add("n"), inputs, sum);
            serve(maas, "torchscript", "model.pt", TorchScripts.add(), inputs, sum);
        } catch (MaasException e) {
            System.out.println(e.code() + " " + e.getMessage());
        }
    }

    private static void serve(Maas maas, String format, String file, byte[] model, Tensors inputs, Tensors sum) {
        Manifest manifest = Manifest.builder("add-" + format, format)
                .input(TensorSpec.of("a", DataType.FP32, "n"))
                .input(TensorSpec.of("b", DataType.FP32, "n"))
                .output(TensorSpec.of("sum", DataType.FP32, "n"))
                .selfTest(new SelfTest(inputs, sum, 0, 0, OptionalDouble.empty()))
                .build();
        PackageSource source =
                PackageSource.builder(manifest).file(file, Role.WEIGHTS, model).build();
        maas.repository().publish(maas.repository().register(source), PublishOptions.toProduction());
        Tensors answer = maas.predictor("add-" + format).predict(inputs);
        if (!answer.equals(sum)) {
            throw new AssertionError(answer);
        }
    }
}
