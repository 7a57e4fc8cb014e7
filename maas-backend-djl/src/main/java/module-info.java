import org.jspecify.annotations.NullMarked;

/**
 * ONNX models on the ONNX Runtime that DJL's engine brings, TorchScript models on DJL's PyTorch engine, models of other DJL
 * engines; DJL's tokenizers, and images.
 */
@NullMarked
module io.maas.backend.djl {
    requires static org.jspecify;
    requires ai.djl.api;
    requires ai.djl.tokenizers;
    requires com.microsoft.onnxruntime;
    // only where TorchScript models are
    requires static ai.djl.pytorch_engine;
    // decodes images; nothing of it that draws is used
    requires java.desktop;
    requires transitive io.maas;
    requires org.slf4j;

    exports io.maas.backend.djl;

    uses ai.djl.engine.EngineProvider;

    provides io.maas.spi.BackendProvider with
            io.maas.backend.djl.OnnxBackendProvider,
            io.maas.backend.djl.OtherEnginesProvider,
            io.maas.backend.djl.TorchBackendProvider;
    provides io.maas.spi.TransformProvider with
            io.maas.backend.djl.ImageProvider,
            io.maas.backend.djl.TokenizeProvider;
}
