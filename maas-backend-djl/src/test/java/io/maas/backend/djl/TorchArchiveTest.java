package io.maas.backend.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.model.TensorSpec;
import io.maas.spi.LoadedModel;
import io.maas.tensor.DataType;
import io.maas.testkit.torchscript.TorchScriptWriter;
import io.maas.testkit.torchscript.TorchScripts;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is let through to the engine as a TorchScript file. */
class TorchArchiveTest {
    private static final TensorSpec X = TensorSpec.of("x", DataType.FP32, "n");
    private static final byte[] PICKLE =
            "\u0080\u0002cos\nsystem\n(X\u0002\u0000\u0000\u0000idtR.".getBytes(StandardCharsets.ISO_8859_1);

    @TempDir
    Path folder;

    private LoadedModel load(byte[] model) {
        return TorchFolder.load(folder, model, List.of(X), List.of(X.named("y")));
    }

    private void refused(ErrorCode code, byte[] model) {
        assertThatThrownBy(() -> load(model).close())
                .isInstanceOf(MaasException.class)
                .hasMessageStartingWith("Cannot load the model 'model.pt': ")
                .extracting(e -> ((MaasException) e).code())
                .isEqualTo(code);
    }

    private static TorchScriptWriter identity() {
        return new TorchScriptWriter().forward("x: Tensor", "Tensor").line("return x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model/byteorder",
                "model/.data/serialization_id",
                "model/.format_version",
                "model/.storage_alignment",
                "model/extra/labels.txt",
                "model/constants/0"
            })
    void whatTorchWritesBesideTheModelIsAccepted(String member) {
        load(identity()
                        .member(member, "little".getBytes(StandardCharsets.US_ASCII))
                        .toBytes())
                .close();
    }

    @ParameterizedTest
    @CsvSource({
        "model/evil.pkl, PACKAGE_PICKLE",
        "model/bytecode.pkl, PACKAGE_PICKLE",
        "other/data.pkl, PACKAGE_PICKLE",
        "data.pkl, PACKAGE_PICKLE",
        "model/extra/inner/deep.bin, PACKAGE_PICKLE",
        "model/data/../../escape, PACKAGE_PICKLE",
        "model/extra/evil, PACKAGE_PICKLE",
        "model/code/os.py, PACKAGE_CODE",
        "model/code/__torch__/../evil.py, PACKAGE_CODE",
        "model/code/code/__torch__.py, PACKAGE_CODE",
        "code/__torch__.py, PACKAGE_CODE",
        "evil.py, PACKAGE_CODE"
    })
    void whatTorchDoesNotWriteIsRefused(String member, ErrorCode code) {
        refused(code, identity().member(member, PICKLE).toBytes());
    }

    @Test
    void aPickleThatNamesSomethingElseIsRefused() {
        refused(
                ErrorCode.PACKAGE_PICKLE,
                identity().member("model/code/__torch__.py.debug_pkl", PICKLE).toBytes());
    }

    @Test
    void anArchiveOfAnotherKindIsRefused() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("archive/data.pkl"));
            zip.write(PICKLE);
        }
        refused(ErrorCode.MODEL_CORRUPT, bytes.toByteArray());
        refused(ErrorCode.MODEL_CORRUPT, "noise".getBytes(StandardCharsets.US_ASCII));
        refused(ErrorCode.MODEL_CORRUPT, new byte[0]);
    }

    /** Packed again, with some members compressed. */
    private static byte[] repacked(Predicate<String> compressed) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] model = TorchScripts.linear(new float[] {1, 2}, new float[] {3});
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(model));
                ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                out.putNextEntry(compressed.test(entry.getName()) ? new ZipEntry(entry.getName()) : entry);
                in.transferTo(out);
            }
        }
        return bytes.toByteArray();
    }

    @Test
    void codeMayBeCompressedAndNothingElseAsItMayBeABomb() throws IOException {
        load(repacked(name -> name.endsWith(".py"))).close();
        refused(ErrorCode.MODEL_CORRUPT, repacked(name -> name.contains("/data/")));
        refused(ErrorCode.MODEL_CORRUPT, repacked(name -> name.endsWith("data.pkl")));
    }

    @Test
    void somethingInFrontOfTheArchiveIsRefused() {
        byte[] model = TorchScripts.identity();
        byte[] both = new byte[PICKLE.length + model.length];
        System.arraycopy(PICKLE, 0, both, 0, PICKLE.length);
        System.arraycopy(model, 0, both, PICKLE.length, model.length);
        refused(ErrorCode.MODEL_CORRUPT, both);
    }

    @Test
    void codeThatIsNoTorchScriptIsRefused() {
        refused(
                ErrorCode.MODEL_CORRUPT,
                new TorchScriptWriter()
                        .forward("x: Tensor", "Tensor")
                        .line("import os")
                        .line("return x")
                        .toBytes());
    }

    @Test
    void nothingInAFolderBesideTheModelIsLookedAt() throws IOException {
        Files.writeString(folder.resolve("serving.properties"), "engine=Python\noption.entryPoint=evil.py\n");
        Files.createDirectories(folder.resolve("libs"));
        Files.writeString(folder.resolve("libs").resolve("evil.jar"), "no jar");
        load(TorchScripts.identity()).close();
    }

    @Test
    void aDamagedFileNeverDoesMoreThanBeRefusedOrLoaded() {
        byte[] model = TorchScripts.mlp(10, 4);
        long seed = 11;
        Random random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < 200; i++) {
            byte[] damaged = model.clone();
            if (i % 2 == 0) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            } else {
                damaged = Arrays.copyOf(damaged, random.nextInt(damaged.length));
            }
            try {
                load(damaged).close();
            } catch (MaasException e) {
                refused++;
                assertThat(e.code())
                        .as("damage %d of seed %d", i, seed)
                        .isIn(ErrorCode.MODEL_CORRUPT, ErrorCode.PACKAGE_PICKLE, ErrorCode.PACKAGE_CODE);
            }
        }
        assertThat(refused).isGreaterThan(100);
    }
}
