package io.maas.internal.serving;

import static io.maas.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.model.Dim;
import io.maas.model.Manifest;
import io.maas.model.Signature;
import io.maas.model.TensorSpec;
import io.maas.spi.TransformProvider;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Around an engine that reads ids and mask, and makes logits. */
class TransformChainTest {
    private static final TensorSpec TEXT = TensorSpec.of("text", DataType.BYTES, "batch");
    private static final TensorSpec IDS = TensorSpec.of("ids", DataType.INT64, "batch", "length");
    private static final TensorSpec MASK = TensorSpec.of("mask", DataType.INT64, "batch", "length");
    private static final TensorSpec LOGITS = TensorSpec.of("logits", DataType.FP32, "batch", 2);
    private static final TensorSpec SCORES = TensorSpec.of("scores", DataType.FP32, "batch", 2);
    private static final Signature ENGINE = new Signature(List.of(IDS, MASK), List.of(LOGITS));

    private static final Tensor ONE_ID = Tensor.of(new long[] {7}, 1, 1);

    private final FakeTransform tokenize = new FakeTransform(
            "tokenize",
            1,
            new Signature(List.of(TEXT), List.of(IDS, MASK)),
            inputs -> Tensors.of("ids", ONE_ID, "mask", Tensor.of(new long[] {1}, 1, 1)));
    private final FakeTransform softmax = new FakeTransform(
            "softmax",
            1,
            new Signature(List.of(LOGITS), List.of(SCORES)),
            inputs -> Tensors.of("scores", inputs.get("logits")));
    private final FakeTransform masked = FakeTransform.of("masked", List.of(LOGITS, MASK), List.of(SCORES));

    private static Manifest.Builder manifest() {
        return Manifest.builder("bert", "onnx");
    }

    private TransformChain chain(Manifest.Builder manifest, TransformProvider... more) {
        List<TransformProvider> all = new java.util.ArrayList<>(List.of(tokenize, softmax, masked));
        all.addAll(List.of(more));
        return new TransformChain(new Transforms(all), new Bundles(manifest.build()), ENGINE);
    }

    @Test
    void withoutStepsCallersSeeTheEngine() {
        try (TransformChain chain = chain(manifest())) {
            assertThat(chain.isEmpty()).isTrue();
            assertThat(chain.signature()).isEqualTo(ENGINE);
        }
    }

    @Test
    void callersGiveWhatNothingBeforeTheEngineMakes() {
        try (TransformChain chain = chain(manifest().before("tokenize", Map.of()))) {
            assertThat(chain.isEmpty()).isFalse();
            assertThat(chain.signature()).isEqualTo(new Signature(List.of(TEXT), List.of(LOGITS)));
        }
        FakeTransform half = FakeTransform.of("half", List.of(TEXT), List.of(IDS));
        try (TransformChain chain = chain(manifest().before("half", Map.of()), half)) {
            assertThat(chain.signature().inputs()).containsExactly(TEXT, MASK);
        }
    }

    @Test
    void callersGetWhatNoStepAfterTheEngineReads() {
        try (TransformChain chain = chain(manifest().after("softmax", Map.of()))) {
            assertThat(chain.signature()).isEqualTo(new Signature(List.of(IDS, MASK), List.of(SCORES)));
        }
        FakeTransform more = FakeTransform.of("more", List.of(), List.of(SCORES));
        try (TransformChain chain = chain(manifest().after("more", Map.of()), more)) {
            assertThat(chain.signature().outputs()).containsExactly(LOGITS, SCORES);
        }
    }

    @Test
    void aStepBeforeReadsWhatAnEarlierOneMade() {
        TensorSpec url = TensorSpec.of("url", DataType.BYTES, "batch");
        FakeTransform fetch = FakeTransform.of("fetch", List.of(url), List.of(TEXT));
        try (TransformChain chain = chain(manifest().before("fetch", Map.of()).before("tokenize", Map.of()), fetch)) {
            assertThat(chain.signature().inputs()).containsExactly(url);
            assertThat(tokenize.events).contains("sees [text, url]");
        }
    }

    @Test
    void aStepAfterReadsWhatAStepBeforeMade() {
        try (TransformChain chain =
                chain(manifest().before("tokenize", Map.of()).after("masked", Map.of()))) {
            assertThat(chain.signature()).isEqualTo(new Signature(List.of(TEXT), List.of(SCORES)));
            assertThat(masked.events).contains("sees [ids, logits, mask, text]");
        }
    }

    @Test
    void aStepAfterThatReadsWhatNothingMakesIsRefused() {
        FakeTransform lost = FakeTransform.of("lost", List.of(TEXT), List.of());
        assertRefused(ErrorCode.BAD_TRANSFORM, () -> chain(manifest().after("lost", Map.of()), lost))
                .hasMessageContaining("prepare bert")
                .hasMessageContaining("reads 'text', which nothing makes");
        assertThat(lost.events).endsWith("close");
    }

    @Test
    void stepsMustMakeWhatTheEngineReads() {
        for (TensorSpec wrong : List.of(
                TensorSpec.of("ids", DataType.INT32, "batch", "length"),
                TensorSpec.of("ids", DataType.INT64, "batch"))) {
            FakeTransform odd = FakeTransform.of("odd", List.of(TEXT), List.of(wrong));
            assertRefused(ErrorCode.BAD_TRANSFORM, () -> chain(manifest().before("odd", Map.of()), odd))
                    .hasMessageContaining("the steps make " + wrong + " and the engine wants " + IDS);
            assertThat(odd.events).endsWith("close");
        }
    }

    @Test
    void everyStepIsClosedIfOneCannotBeMade() {
        assertThatThrownBy(() -> chain(manifest()
                        .before("tokenize", Map.of())
                        .after("softmax", Map.of())
                        .after("masked", Map.of("fail", true))))
                .hasMessage("it is told to fail");
        assertThat(tokenize.events).containsOnlyOnce("close");
        assertThat(softmax.events).containsOnlyOnce("close");
        assertThat(masked.events).containsOnlyOnce("close");

        tokenize.events.clear();
        assertRefused(
                ErrorCode.BAD_TRANSFORM,
                () -> chain(manifest().before("tokenize", Map.of()).before("unknown", Map.of())));
        assertThat(tokenize.events).endsWith("close");
    }

    @Test
    void closingClosesEveryStep() {
        chain(manifest().before("tokenize", Map.of()).after("softmax", Map.of()))
                .close();
        assertThat(tokenize.events).containsOnlyOnce("close");
        assertThat(softmax.events).containsOnlyOnce("close");
    }

    @Test
    void aStepThatDoesNotCloseDoesNotKeepTheOthersOpen() {
        TransformChain chain =
                chain(manifest().before("tokenize", Map.of("failClose", true)).after("softmax", Map.of()));
        assertThatThrownBy(chain::close).hasMessage("it is told to fail when closed");
        assertThat(softmax.events).containsOnlyOnce("close");
    }

    @Test
    void aCallFlowsThroughTheSteps() {
        try (TransformChain chain =
                chain(manifest().before("tokenize", Map.of()).after("softmax", Map.of()))) {
            TransformChain.Flow flow = chain.new Flow(Tensors.of("text", Tensor.of(new String[] {"hello"})));
            Tensors inputs = flow.before();
            assertThat(inputs.names()).containsExactly("ids", "mask");
            assertThat(inputs.get("ids")).isSameAs(ONE_ID);
            Tensor logits = Tensor.of(new float[] {1, 2}, 1, 2);
            assertThat(flow.after(Tensors.of("logits", logits))).isEqualTo(Tensors.of("scores", logits));
            assertThat(tokenize.events).contains("reads [text]");
            assertThat(softmax.events).contains("reads [logits]");
        }
    }

    @Test
    void whatStepsMakeIsCheckedBeforeTheEngineRuns() {
        FakeTransform wrong = new FakeTransform(
                "wrong",
                1,
                new Signature(List.of(TEXT), List.of(IDS, MASK)),
                inputs -> Tensors.of("ids", ONE_ID, "mask", Tensor.of(new long[] {1, 1}, 1, 2)));
        try (TransformChain chain = chain(manifest().before("wrong", Map.of()), wrong)) {
            TransformChain.Flow flow = chain.new Flow(Tensors.of("text", Tensor.of(new String[] {"hello"})));
            assertRefused(ErrorCode.TENSOR_DIM, flow::before).hasMessageContaining("'mask'");
        }
    }

    @Test
    void aPromiseThatAStepBreaksIsNamed() {
        FakeTransform empty = new FakeTransform(
                "empty", 1, new Signature(List.of(LOGITS), List.of(SCORES)), inputs -> Tensors.empty());
        try (TransformChain chain = chain(manifest().after("empty", Map.of()), empty)) {
            TransformChain.Flow flow = chain.new Flow(Tensors.empty());
            assertThatThrownBy(() -> flow.after(Tensors.of("logits", Tensor.of(new float[1], 1, 1))))
                    .hasMessageContaining("promised scores")
                    .extracting(e -> ((MaasException) e).code())
                    .isEqualTo(ErrorCode.INFERENCE_FAILED);
        }
    }

    @Test
    void whatOneStepMakesUnderOneNameHasOneSizeWhereTheEngineNamesNone() {
        TensorSpec ids = TensorSpec.of("ids", DataType.INT64, "?", "?");
        TensorSpec mask = TensorSpec.of("mask", DataType.INT64, "?", "?");
        TensorSpec own = TensorSpec.of("own", DataType.FP32, "?", "?", 3);
        Signature unnamed = new Signature(List.of(ids, mask, own), List.of(LOGITS));
        Manifest manifest = manifest().before("tokenize", Map.of()).build();
        try (TransformChain chain =
                new TransformChain(new Transforms(List.of(tokenize)), new Bundles(manifest), unnamed)) {
            Signature named = chain.withNamesOfMakers();
            assertThat(named.inputs().get(0).dims().get(1))
                    .isEqualTo(named.inputs().get(1).dims().get(1))
                    .isNotEqualTo(Dim.ANY);
            assertThat(named.inputs().get(0).dims().get(0)).isEqualTo(Dim.ANY);
            assertThat(named.inputs().get(2)).as("what callers give").isEqualTo(own);
            assertThat(named.outputs()).isEqualTo(unnamed.outputs());
        }
        try (TransformChain chain = chain(manifest().before("tokenize", Map.of()))) {
            assertThat(chain.withNamesOfMakers()).as("what it names itself").isEqualTo(ENGINE);
        }
    }
}
