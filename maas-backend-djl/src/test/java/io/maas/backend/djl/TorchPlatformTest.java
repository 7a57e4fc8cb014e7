package io.maas.backend.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.Maas;
import io.maas.MaasBuilder;
import io.maas.Packages;
import io.maas.Signers;
import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.model.Manifest;
import io.maas.model.Manifest.Role;
import io.maas.model.Manifest.SelfTest;
import io.maas.model.TensorSpec;
import io.maas.model.TrustKey;
import io.maas.predict.CallOptions;
import io.maas.predict.Predictor;
import io.maas.repository.ChangeOptions;
import io.maas.repository.ModelDetails;
import io.maas.repository.ModelDetails.BatchInvariance;
import io.maas.repository.ModelVersion;
import io.maas.repository.PackageSource;
import io.maas.repository.PublishOptions;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import io.maas.testkit.torchscript.TorchScripts;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TorchScript models on the whole platform: who may bring them, and that they are models like any other then. */
class TorchPlatformTest {
    @TempDir
    Path folder;

    private MaasBuilder builder() {
        return Maas.builder()
                .store(folder.resolve("store"))
                .cache(folder.resolve("cache"))
                .actor("tester")
                .pollInterval(Duration.ZERO);
    }

    /** {@code y = factor · x}, with a self-test that says so. */
    private static Manifest.Builder manifest(float factor) {
        return Manifest.builder("scale", "torchscript")
                .input(TensorSpec.of("x", DataType.FP32, "batch", 1))
                .output(TensorSpec.of("y", DataType.FP32, "batch", 1))
                .selfTest(new SelfTest(
                        Tensors.of("x", Tensor.of(new float[] {2}, 1, 1)),
                        Tensors.of("y", Tensor.of(new float[] {2 * factor}, 1, 1)),
                        1e-6,
                        1e-6,
                        OptionalDouble.empty()));
    }

    private static PackageSource scale(float factor) {
        return source(manifest(factor), TorchScripts.linear(new float[] {factor}, new float[] {0}));
    }

    private static PackageSource source(Manifest.Builder manifest, byte[] model) {
        return PackageSource.builder(manifest.build())
                .file("model.pt", Role.WEIGHTS, model)
                .build();
    }

    private static float answer(Predictor<Tensors, Tensors> model) {
        return model.predict(Tensors.of("x", Tensor.of(new float[] {3}, 1, 1)))
                .single()
                .floatAt(0, 0);
    }

    private static KeyPair keys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private PackageSource signed(PackageSource source, KeyPair keys) {
        Path zip = folder.resolve("signed.zip");
        Packages.signZip(source, zip, Signers.of(keys));
        return PackageSource.zip(zip);
    }

    private static void refused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(MaasException.class)
                .hasMessageStartingWith("Cannot ")
                .extracting(e -> ((MaasException) e).code())
                .isEqualTo(code);
    }

    @Test
    void aProgramThatNobodySignedIsRefused() {
        try (Maas maas = builder().open()) {
            assertThatThrownBy(() -> maas.repository().register(scale(2)))
                    .isInstanceOf(MaasException.class)
                    .hasMessageContainingAll("is a program", "allowTorchScript()")
                    .extracting(e -> ((MaasException) e).code())
                    .isEqualTo(ErrorCode.SIGNATURE_MISSING);
            assertThat(maas.repository().models()).isEmpty();
        }
    }

    @Test
    void aProgramBySomebodyTrustedRunsUntilTrustEnds() throws GeneralSecurityException {
        KeyPair keys = keys();
        TrustKey key = TrustKey.of("release", keys.getPublic());
        try (Maas maas = builder().open()) {
            PackageSource signed = signed(scale(2), keys);
            refused(ErrorCode.SIGNER_UNTRUSTED, () -> maas.repository().register(signed));
            maas.repository().governance().trust(key, ChangeOptions.defaults());
            ModelVersion version = maas.repository().register(signed);
            maas.repository().publish(version, PublishOptions.toProduction());
            assertThat(answer(maas.predictor("scale"))).isEqualTo(6);
            maas.repository().governance().distrust(key.id(), ChangeOptions.defaults());
        }
        try (Maas maas = builder().open()) {
            refused(ErrorCode.SIGNER_UNTRUSTED, () -> maas.predictor("scale"));
        }
    }

    @Test
    void eachHostDecidesForItselfWhatItRuns() {
        try (Maas maas = builder().allowTorchScript().open()) {
            maas.repository().publish(maas.repository().register(scale(2)), PublishOptions.toProduction());
        }
        try (Maas careful = builder().open()) {
            refused(ErrorCode.SIGNATURE_MISSING, () -> careful.predictor("scale"));
        }
        try (Maas again = builder().allowTorchScript().open()) {
            assertThat(answer(again.predictor("scale"))).isEqualTo(6);
        }
    }

    @Test
    void whatTheManifestSaysIsWhatCallersSee() {
        try (Maas maas = builder().allowTorchScript().open()) {
            ModelVersion version = maas.repository().register(scale(2));
            ModelDetails.Probe probe =
                    maas.repository().details(version).probe().orElseThrow();
            assertThat(probe.signature()).hasToString("x FP32[batch, 1] -> y FP32[batch, 1]");
            assertThat(probe.engine()).startsWith("pytorch 2.");
            assertThat(probe.batchInvariance()).isEqualTo(BatchInvariance.INVARIANT);
        }
    }

    @Test
    void aManifestThatSaysTooLittleOrWrongIsRefused() {
        byte[] model = TorchScripts.linear(new float[] {2}, new float[] {0});
        try (Maas maas = builder().allowTorchScript().open()) {
            refused(
                    ErrorCode.PACKAGE_MANIFEST,
                    () -> maas.repository().register(source(Manifest.builder("scale", "torchscript"), model)));
            refused(
                    ErrorCode.PACKAGE_MANIFEST,
                    () -> maas.repository()
                            .register(source(
                                    Manifest.builder("scale", "torchscript")
                                            .input(TensorSpec.of("x", DataType.FP32, "batch", 1))
                                            .output(TensorSpec.of("y", DataType.FP32, "batch", 1)),
                                    model)));
            refused(ErrorCode.MODEL_SELF_TEST, () -> maas.repository().register(source(manifest(3), model)));
            refused(
                    ErrorCode.MODEL_SIGNATURE,
                    () -> maas.repository()
                            .register(source(manifest(2).output(TensorSpec.of("z", DataType.FP32, "batch")), model)));
            assertThat(maas.repository().models()).isEmpty();
        }
    }

    @Test
    void versionsAreSwappedUnderLoadWithoutAFailedCall() throws InterruptedException {
        try (Maas maas = builder().allowTorchScript().open()) {
            ModelVersion two = maas.repository().register(scale(2));
            ModelVersion three = maas.repository().register(scale(3));
            maas.repository().publish(two, PublishOptions.toProduction());
            Predictor<Tensors, Tensors> model = maas.predictor("scale");
            AtomicBoolean done = new AtomicBoolean();
            AtomicReference<Object> wrong = new AtomicReference<>();
            List<Thread> callers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                callers.add(new Thread(() -> {
                    while (!done.get() && wrong.get() == null) {
                        try {
                            float answer = answer(model);
                            if (answer != 6 && answer != 9) {
                                wrong.set(answer);
                            }
                        } catch (Throwable e) {
                            wrong.compareAndSet(null, e);
                        }
                    }
                }));
            }
            callers.forEach(Thread::start);
            try {
                for (int i = 0; i < 20; i++) {
                    maas.awaitServing(maas.repository().publish(three, PublishOptions.toProduction()));
                    maas.awaitServing(maas.repository().rollback("scale"));
                }
            } finally {
                done.set(true);
                for (Thread caller : callers) {
                    caller.join();
                }
            }
            assertThat(wrong.get()).isNull();
            assertThat(answer(model)).isEqualTo(6);
        }
    }

    @Test
    void aCallEndsAtItsDeadlineThoughItsRunCannotBeInterrupted() {
        Tensors warm = Tensors.of("steps", Tensor.scalar(1L), "v", Tensor.of(new float[64 * 64], 64, 64));
        Manifest.Builder manifest = Manifest.builder("slow", "torchscript")
                .input(TensorSpec.of("steps", DataType.INT64))
                .input(TensorSpec.of("v", DataType.FP32, 64, 64))
                .output(TensorSpec.of("y", DataType.FP32, 64, 64))
                .selfTest(new SelfTest(
                        warm, Tensors.of("y", Tensor.of(new float[64 * 64], 64, 64)), 0, 0, OptionalDouble.empty()));
        try (Maas maas = builder().allowTorchScript().open()) {
            maas.repository()
                    .publish(
                            maas.repository().register(source(manifest, TorchScripts.slow())),
                            PublishOptions.toProduction());
            Predictor<Tensors, Tensors> slow = maas.predictor("slow");
            Tensors some = Tensors.of("steps", Tensor.scalar(20_000L), "v", Tensor.of(new float[64 * 64], 64, 64));
            refused(ErrorCode.DEADLINE_EXCEEDED, () -> slow.call(some, CallOptions.deadline(Duration.ofMillis(20))));
            assertThat(slow.predict(warm).single().toFloats()).containsOnly(0f);
        } // closing waits for the run that goes on
    }

    @Test
    void aStoreInMemoryServesThemToo() {
        try (Maas maas = Maas.builder()
                .store(URI.create("memory:torch"))
                .cache(folder.resolve("cache"))
                .allowTorchScript()
                .open()) {
            maas.repository().publish(maas.repository().register(scale(5)), PublishOptions.toProduction());
            assertThat(answer(maas.predictor("scale"))).isEqualTo(15);
        }
    }
}
