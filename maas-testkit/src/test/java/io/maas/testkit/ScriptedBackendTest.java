package io.maas.testkit;

import static io.maas.testkit.ScriptedBackend.x;
import static io.maas.testkit.ScriptedBackend.y;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.model.Manifest;
import io.maas.model.Signature;
import io.maas.model.TensorSpec;
import io.maas.spi.Backend;
import io.maas.spi.LoadedModel;
import io.maas.spi.ModelFiles;
import io.maas.spi.Placement;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptedBackendTest {
    @TempDir
    Path folder;

    private final ScriptedBackend engine = new ScriptedBackend();

    private record Loose(Path root) implements ModelFiles {
        @Override
        public Manifest manifest() {
            return Manifest.builder("m", ScriptedBackend.FORMAT).build();
        }

        @Override
        public Path file(String path) {
            return root.resolve(path);
        }

        @Override
        public Path model() {
            return file("model.scripted");
        }
    }

    private LoadedModel load(String script) {
        try {
            Files.writeString(folder.resolve("model.scripted"), script);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Backend backend = engine.open();
        return backend.load(new Loose(folder), Placement.cpu());
    }

    @Test
    void theFirstLineSaysWhatItAnswers() {
        assertThat(y(PlainCall.run(load("scale 3"), x(1, 2)))).containsExactly(3, 6);
        assertThat(y(PlainCall.run(load("scale"), x(1, 2)))).containsExactly(1, 2);
        assertThat(y(PlainCall.run(load("variant 3"), x(1, 2)))).containsExactly(3.01f, 6.01f);
        assertThat(y(PlainCall.run(load("sequence 3"), x(1, 2, 3)))).containsExactly(3, 7, 12);
    }

    @Test
    void theOtherLinesSayWhatElseThereIsToIt() {
        LoadedModel model = load("scale 3\nbytes 4096\nrefuses 13\n");
        assertThat(model.nativeBytes()).isEqualTo(4096);
        MaasException error = catchThrowableOfType(MaasException.class, () -> PlainCall.run(model, x(1, 13)));
        assertThat(error.code()).isEqualTo(ErrorCode.BAD_INPUT);
        assertThat(load("scale 3").nativeBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "corrupt",
                "scale three",
                "embed 0",
                "function unheard-of",
                "function",
                "scale 3\nbytes",
                "scale 3\nbytes many",
                "scale 3\nsings 3",
                "scale 3\n\nbytes 3"
            })
    void aScriptThatMakesNoSenseIsACorruptModel(String script) {
        MaasException error = catchThrowableOfType(MaasException.class, () -> load(script));
        assertThat(error.code()).isEqualTo(ErrorCode.MODEL_CORRUPT);
        assertThat(engine.openModels()).isZero();
    }

    @Test
    void vectorsOfTextsHaveTheLengthOneAndDependOnTheTextAlone() {
        Tensors texts = Tensors.of("text", Tensor.of(new String[] {"a", "b", "a"}));
        Tensor vectors = PlainCall.run(load("embed 4"), texts).get("vector");
        assertThat(vectors.shape().toString()).isEqualTo("[3, 4]");
        float[] first = vectors.rows(0, 1).toFloats();
        double square = 0;
        for (float part : first) {
            square += part * part;
        }
        assertThat(square).isBetween(0.9999, 1.0001);
        assertThat(vectors.rows(2, 3).toFloats()).isEqualTo(first);
        assertThat(vectors.rows(1, 2).toFloats()).isNotEqualTo(first);
    }

    @Test
    void aFunctionMayHaveItsOwnSignature() {
        Signature signature = new Signature(
                List.of(TensorSpec.of("text", DataType.BYTES, "batch")),
                List.of(TensorSpec.of("length", DataType.INT64, "batch")));
        engine.function(
                "lengths",
                signature,
                inputs -> Tensors.of(
                        "length",
                        Tensor.of(new long[] {inputs.get("text").stringAt(0).length()})));
        LoadedModel model = load("function lengths");
        assertThat(model.signature()).isEqualTo(signature);
        Tensors answer = PlainCall.run(model, Tensors.of("text", Tensor.of(new String[] {"four"})));
        assertThat(answer.get("length").longAt(0)).isEqualTo(4);
    }

    @Test
    void whatAFunctionThrowsTheEngineThrows() {
        IllegalStateException broken = new IllegalStateException("broken");
        engine.function("broken", inputs -> {
            throw broken;
        });
        LoadedModel model = load("function broken");
        assertThatThrownBy(() -> PlainCall.run(model, x(1))).isSameAs(broken);
    }

    @ParameterizedTest
    @EnumSource
    void soManyRunsFailAndThenNoMore(EngineFailure failure) {
        LoadedModel model = load("scale 3");
        engine.failNextRuns(2, failure);
        Throwable expected = catchThrowable(failure::happen);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> PlainCall.run(model, x(1)))
                    .hasSameClassAs(expected)
                    .hasMessage(expected.getMessage());
        }
        assertThat(y(PlainCall.run(model, x(1)))).containsExactly(3);
        assertThat(engine.runs("scale 3")).isEqualTo(3);
    }

    @Test
    void soManyLoadsFailAndThenNoMore() {
        engine.failNextLoads(2);
        for (int i = 0; i < 2; i++) {
            MaasException error = catchThrowableOfType(MaasException.class, () -> load("scale 3"));
            assertThat(error.code()).isEqualTo(ErrorCode.MODEL_UNAVAILABLE);
        }
        assertThat(load("scale 3").signature().inputs()).hasSize(1);
        assertThat(engine.loads()).isEqualTo(1);
    }

    @Test
    void misuseIsNoticed() {
        LoadedModel model = load("scale 3");
        model.close();
        assertThat(engine.misused()).isFalse();
        PlainCall.run(model, x(1));
        assertThat(engine.misused()).isTrue();
    }
}
