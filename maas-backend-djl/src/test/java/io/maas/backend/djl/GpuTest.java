package io.maas.backend.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.maas.model.TensorSpec;
import io.maas.spi.Backend;
import io.maas.spi.LoadedModel;
import io.maas.spi.Placement;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import io.maas.testkit.PlainCall;
import io.maas.testkit.onnx.OnnxModels;
import io.maas.testkit.torchscript.TorchScripts;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same answers on a GPU as on the processor. Needs a CUDA device, and libraries built for it in place of those for the
 * processor; see {@code docs/gpu.md}.
 */
@Tag("gpu")
class GpuTest {
    private static final Placement GPU = new Placement("gpu:0", 1);

    @TempDir
    Path folder;

    private static void requireGpu(Backend backend) {
        assumeTrue(
                backend.devices().contains("gpu:0"),
                () -> backend.engine() + " has no GPU here, it has " + backend.devices() + "; see docs/gpu.md");
    }

    private static Tensors inputs() {
        float[] values = new float[64 * 100];
        Random random = new Random(3);
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        return Tensors.of("x", Tensor.of(values, 64, 100));
    }

    private static void assertSame(LoadedModel onCpu, LoadedModel onGpu) {
        float[] cpu = PlainCall.run(onCpu, inputs()).single().toFloats();
        float[] gpu = PlainCall.run(onGpu, inputs()).single().toFloats();
        for (int i = 0; i < cpu.length; i++) {
            assertThat(gpu[i]).isCloseTo(cpu[i], within(1e-3f));
        }
    }

    @Test
    void onnxModelsAnswerTheSame() {
        try (Backend backend = new OnnxBackendProvider().open()) {
            requireGpu(backend);
            Folder files = new Folder(folder).with("model.onnx", OnnxModels.mlp(100, 64));
            try (LoadedModel cpu = backend.load(files, Placement.cpu());
                    LoadedModel gpu = backend.load(files, GPU)) {
                assertSame(cpu, gpu);
            }
        }
    }

    @Test
    void torchScriptModelsAnswerTheSame() {
        try (Backend backend = TorchFolder.open()) {
            requireGpu(backend);
            TorchFolder files = TorchFolder.of(
                    folder,
                    TorchScripts.mlp(100, 64),
                    List.of(TensorSpec.of("x", DataType.FP32, "n", 100)),
                    List.of(TensorSpec.of("y", DataType.FP32, "n", 1)));
            try (LoadedModel cpu = backend.load(files, Placement.cpu());
                    LoadedModel gpu = backend.load(files, GPU)) {
                assertSame(cpu, gpu);
            }
        }
    }
}
