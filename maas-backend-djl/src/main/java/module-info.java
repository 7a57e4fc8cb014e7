import org.jspecify.annotations.NullMarked;

/** ONNX models on the ONNX Runtime that DJL's engine brings, and DJL's tokenizers. */
@NullMarked
module io.maas.backend.djl {
    requires static org.jspecify;
    requires ai.djl.api;
    requires ai.djl.tokenizers;
    requires com.microsoft.onnxruntime;
    requires transitive io.maas;
    requires org.slf4j;

    exports io.maas.backend.djl;

    provides io.maas.spi.BackendProvider with
            io.maas.backend.djl.OnnxBackendProvider;
    provides io.maas.spi.TransformProvider with
            io.maas.backend.djl.TokenizeProvider;
}
