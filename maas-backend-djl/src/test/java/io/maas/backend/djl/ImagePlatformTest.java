package io.maas.backend.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.maas.Maas;
import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.model.Manifest;
import io.maas.model.Manifest.Role;
import io.maas.model.Manifest.SelfTest;
import io.maas.predict.Predictor;
import io.maas.repository.ModelDetails;
import io.maas.repository.ModelVersion;
import io.maas.repository.PackageSource;
import io.maas.repository.PublishOptions;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import io.maas.testkit.onnx.OnnxWriter;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images in, an answer out, through the whole platform. */
class ImagePlatformTest {
    @TempDir
    Path folder;

    private static byte[] png(int rgb) throws IOException {
        BufferedImage image = new BufferedImage(9, 5, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                image.setRGB(x, y, rgb);
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        return bytes.toByteArray();
    }

    /** The mean of each channel. */
    private static byte[] means() {
        return new OnnxWriter()
                .input("pixels", OnnxWriter.FLOAT, "batch", 3, 4, 4)
                .output("y", OnnxWriter.FLOAT, "batch", 3, 1, 1)
                .node("GlobalAveragePool", List.of("pixels"), List.of("y"))
                .toBytes();
    }

    private static PackageSource source(Manifest.Builder manifest) {
        return PackageSource.builder(manifest.before("image", Map.of("size", 4)).build())
                .file("model.onnx", Role.WEIGHTS, means())
                .build();
    }

    private Maas maas() {
        return Maas.builder().store(URI.create("memory:images")).cache(folder).open();
    }

    private static Tensors images(byte[]... files) {
        return Tensors.of("image", Tensor.of(files, files.length));
    }

    @Test
    void callersSendFiles() throws IOException {
        SelfTest test = new SelfTest(
                images(png(0xff0000), png(0x00ff00)),
                Tensors.of("y", Tensor.of(new float[] {1, 0, 0, 0, 1, 0}, 2, 3, 1, 1)),
                1e-5,
                1e-5,
                OptionalDouble.empty());
        try (Maas maas = maas()) {
            ModelVersion version = maas.repository()
                    .register(source(Manifest.builder("means", "onnx").selfTest(test)));
            ModelDetails.Probe probe =
                    maas.repository().details(version).probe().orElseThrow();
            assertThat(probe.signature()).hasToString("image BYTES[batch] -> y FP32[batch, 3, 1, 1]");
            assertThat(probe.batchInvariance()).isEqualTo(ModelDetails.BatchInvariance.INVARIANT);
            maas.repository().publish(version, PublishOptions.toProduction());
            Predictor<Tensors, Tensors> model = maas.predictor("means");
            assertThat(model.predict(images(png(0x3300cc))).single().toFloats())
                    .containsExactly(new float[] {0.2f, 0, 0.8f}, within(1e-6f));
            assertThatThrownBy(() -> model.predict(images(png(0), "no image".getBytes(StandardCharsets.US_ASCII))))
                    .hasMessageContaining("row 1")
                    .extracting(e -> ((MaasException) e).code())
                    .isEqualTo(ErrorCode.BAD_INPUT);
        }
    }

    @Test
    void aPackageWithoutSelfTestsServesToo() throws IOException {
        try (Maas maas = maas()) {
            ModelVersion version = maas.repository().register(source(Manifest.builder("means", "onnx")));
            maas.repository().publish(version, PublishOptions.toProduction());
            assertThat(maas.predictor("means")
                            .predict(images(png(0xffffff)))
                            .single()
                            .toFloats())
                    .containsExactly(new float[] {1, 1, 1}, within(1e-6f));
        }
    }
}
