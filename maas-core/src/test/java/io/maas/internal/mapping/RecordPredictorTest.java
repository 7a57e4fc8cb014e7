package io.maas.internal.mapping;

import static io.maas.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.Maas;
import io.maas.Platforms;
import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.model.TensorSpec;
import io.maas.predict.CallOptions;
import io.maas.predict.Prediction;
import io.maas.predict.Predictor;
import io.maas.repository.PublishOptions;
import io.maas.tensor.DataType;
import io.maas.tensor.Shape;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import io.maas.testkit.ScriptedBackend;
import java.lang.invoke.MethodHandles;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

// records here stand for tensors, nobody compares their arrays, and the platform calls what they have
@SuppressWarnings({"ArrayRecordComponent", "UnusedMethod"})
class RecordPredictorTest {
    private record Nothing() {}

    private record Flag(boolean v) {}

    private record Int8(byte v) {}

    private record Int16(short v) {}

    private record Int32(int v) {}

    private record Int64(long v) {}

    private record Single(float v) {}

    private record Double64(double v) {}

    private record Text(String v) {}

    private record Singles(float[] v) {}

    private record Ints(int[] v) {}

    private record Texts(String[] v) {}

    private record Matrix(float[][] v) {}

    private record Letter(char v) {}

    private record Boxed(Integer v) {}

    /** A model that takes one tensor called v. */
    private static FakePredictor taking(DataType type, Object... dims) {
        return new FakePredictor(List.of(TensorSpec.of("v", type, dims)), List.of());
    }

    /** A model that returns one tensor called v. */
    private static FakePredictor giving(Tensor answer, Object... dims) {
        return new FakePredictor(List.of(), List.of(TensorSpec.of("v", answer.type(), dims)))
                .returning(Tensors.of("v", answer));
    }

    private static <A extends Record> Tensor given(FakePredictor model, Class<A> type, A value) {
        model.as(type, Nothing.class).predict(value);
        return model.last().get("v");
    }

    private static <B extends Record> B returned(FakePredictor model, Class<B> type) {
        return model.as(Nothing.class, type).predict(new Nothing());
    }

    private static Tensor of(DataType type, double value) {
        if (type == DataType.BYTES) {
            return Tensor.of(new String[] {Long.toString((long) value)});
        }
        return type.isFloating() ? Tensor.of(type, new double[] {value}) : Tensor.of(type, new long[] {(long) value});
    }

    private static final List<Record> ONES = List.of(
            new Flag(true),
            new Int8((byte) 1),
            new Int16((short) 1),
            new Int32(1),
            new Int64(1),
            new Single(1),
            new Double64(1),
            new Text("1"),
            new Letter('1'),
            new Boxed(1));

    private static Stream<Arguments> everyPair() {
        return ONES.stream().flatMap(one -> Stream.of(DataType.values()).map(type -> Arguments.of(one, type)));
    }

    @Nested
    @DisplayName("a record that is given")
    class Given {
        private static boolean canBeGiven(Record one, DataType type) {
            if (one instanceof Flag) {
                return type == DataType.BOOL;
            } else if (one instanceof Single) {
                return type == DataType.FP32 || type == DataType.FP64;
            } else if (one instanceof Double64) {
                return type == DataType.FP64;
            } else if (one instanceof Text) {
                return type == DataType.BYTES;
            }
            return !(one instanceof Letter) && !(one instanceof Boxed) && type.isInteger();
        }

        @ParameterizedTest
        @MethodSource("io.maas.internal.mapping.RecordPredictorTest#everyPair")
        void hasComponentsThatFitTheirTensors(Record one, DataType type) {
            FakePredictor model = taking(type, "batch");
            if (canBeGiven(one, type)) {
                give(model, one);
                assertThat(model.last().get("v")).isEqualTo(of(type, 1));
            } else {
                assertRefused(ErrorCode.MAPPING, () -> give(model, one))
                        .hasMessageContaining("v " + type + "[batch]")
                        .hasMessageContaining(one.getClass().getSimpleName() + ".v");
            }
        }

        @SuppressWarnings("unchecked")
        private static <A extends Record> void give(FakePredictor model, A one) {
            model.as((Class<A>) one.getClass(), Nothing.class).predict(one);
        }

        @Test
        void isOneRowWhereTheFirstDimensionIsFree() {
            assertThat(given(taking(DataType.FP32, "batch", "n"), Singles.class, new Singles(new float[] {1, 2})))
                    .isEqualTo(Tensor.of(new float[] {1, 2}, 1, 2));
            assertThat(given(taking(DataType.FP32, "batch", 2, 2), Matrix.class, new Matrix(new float[][] {
                        {1, 2}, {3, 4}
                    })))
                    .isEqualTo(Tensor.of(new float[] {1, 2, 3, 4}, 1, 2, 2));
        }

        @Test
        void isTheWholeTensorWhereTheFirstDimensionIsFixed() {
            assertThat(given(taking(DataType.FP32, 2), Singles.class, new Singles(new float[] {1, 2})))
                    .isEqualTo(Tensor.of(new float[] {1, 2}));
            assertThat(given(taking(DataType.FP32), Single.class, new Single(1)))
                    .isEqualTo(Tensor.scalar(1f));
            assertThat(given(taking(DataType.FP32, 1, "n"), Matrix.class, new Matrix(new float[][] {{1, 2}})))
                    .isEqualTo(Tensor.of(new float[] {1, 2}, 1, 2));
        }

        private static Stream<Arguments> outOfRange() {
            return Stream.of(
                    Arguments.of(DataType.INT8, 128),
                    Arguments.of(DataType.INT8, -129),
                    Arguments.of(DataType.INT16, 40_000),
                    Arguments.of(DataType.UINT8, -1),
                    Arguments.of(DataType.UINT8, 256),
                    Arguments.of(DataType.UINT16, 65_536),
                    Arguments.of(DataType.UINT32, -1),
                    Arguments.of(DataType.UINT64, -1));
        }

        @ParameterizedTest
        @MethodSource("outOfRange")
        void isCheckedAgainstTheRangeOfTheTensor(DataType type, int value) {
            assertRefused(ErrorCode.TENSOR_TYPE, () -> given(taking(type, "n"), Int32.class, new Int32(value)))
                    .hasMessageContaining("the value " + value + " does not fit " + type);
            assertRefused(
                            ErrorCode.TENSOR_TYPE,
                            () -> given(taking(type, "n", 1), Ints.class, new Ints(new int[] {value})))
                    .hasMessageContaining(Integer.toString(value));
        }

        @Test
        void keepsLongsWhole() {
            assertThat(given(taking(DataType.UINT64, "n"), Int64.class, new Int64(Long.MAX_VALUE))
                            .longAt(0))
                    .isEqualTo(Long.MAX_VALUE);
            assertThat(given(taking(DataType.INT64, "n"), Int64.class, new Int64(Long.MIN_VALUE))
                            .longAt(0))
                    .isEqualTo(Long.MIN_VALUE);
        }

        @Test
        void mayHaveTexts() {
            assertThat(given(taking(DataType.BYTES, "n", "m"), Texts.class, new Texts(new String[] {"a", "ä"})))
                    .isEqualTo(Tensor.of(new String[] {"a", "ä"}, 1, 2));
        }

        private record OfBoth(int userId, long userAge) {}

        @Test
        void mayNameComponentsAsJavaDoesOrAsTheModelDoes() {
            List<TensorSpec> snakes = List.of(
                    TensorSpec.of("user_id", DataType.INT32, "n"), TensorSpec.of("user-age", DataType.INT64, "n"));
            FakePredictor model = new FakePredictor(snakes, List.of());
            model.as(OfBoth.class, Nothing.class).predict(new OfBoth(1, 2));
            assertThat(model.last().names()).containsExactly("user_id", "user-age");
        }

        private record ByCase(long A, long a) {}

        @Test
        void prefersTheTensorOfExactlyItsName() {
            FakePredictor model = new FakePredictor(
                    List.of(TensorSpec.of("a", DataType.INT64, "n"), TensorSpec.of("A", DataType.INT64, "n")),
                    List.of());
            model.as(ByCase.class, Nothing.class).predict(new ByCase(1, 2));
            assertThat(model.last().get("A").longAt(0)).isEqualTo(1);
            assertThat(model.last().get("a").longAt(0)).isEqualTo(2);
        }

        private record Ambiguous(long userId) {}

        @Test
        void isRefusedIfAComponentCouldStandForTwoTensors() {
            FakePredictor model = new FakePredictor(
                    List.of(
                            TensorSpec.of("user_id", DataType.INT64, "n"),
                            TensorSpec.of("user-id", DataType.INT64, "n")),
                    List.of());
            assertRefused(ErrorCode.MAPPING, () -> model.as(Ambiguous.class, Nothing.class))
                    .hasMessageContaining("Ambiguous.userId");
        }

        private record Twice(long userId, long user_id) {}

        @Test
        void isRefusedIfTwoComponentsStandForOneTensor() {
            FakePredictor model = new FakePredictor(List.of(TensorSpec.of("user_id", DataType.INT64, "n")), List.of());
            assertRefused(ErrorCode.MAPPING, () -> model.as(Twice.class, Nothing.class))
                    .hasMessageContaining("Twice.user_id")
                    .hasMessageContaining("user_id INT64[n]");
        }

        @Test
        void needsAComponentForEachInput() {
            assertRefused(ErrorCode.MAPPING, () -> taking(DataType.FP32, "n").as(Nothing.class, Nothing.class))
                    .hasMessageContaining("the model takes v FP32[n] and Nothing has no such component");
        }

        private record More(float v, float w) {}

        @Test
        void hasNoComponentWithoutATensor() {
            assertRefused(ErrorCode.MAPPING, () -> taking(DataType.FP32, "n").as(More.class, Nothing.class))
                    .hasMessageContaining("the component More.w has no tensor")
                    .hasMessageContaining("v FP32[n]");
        }

        @Test
        void hasAsManyDimensionsAsTheTensor() {
            assertRefused(ErrorCode.MAPPING, () -> taking(DataType.FP32, "n").as(Singles.class, Nothing.class))
                    .hasMessageContaining("needs 0 dimensions and the component has 1")
                    .hasMessageContaining("Singles.v of type float[]");
            assertRefused(ErrorCode.MAPPING, () -> taking(DataType.FP32, 3).as(Single.class, Nothing.class))
                    .hasMessageContaining("needs 1 dimensions and the component has 0");
        }

        @Test
        void mustFitTheFixedDimensionsOfTheTensor() {
            Predictor<Singles, Nothing> model = taking(DataType.FP32, "n", 3).as(Singles.class, Nothing.class);
            assertRefused(ErrorCode.TENSOR_DIM, () -> model.predict(new Singles(new float[2])))
                    .hasMessageContaining("dimension 1 of the tensor 'v' is 2 in [1, 2], expected 3");
        }

        private static Stream<Arguments> ragged() {
            return Stream.of(
                    Arguments.of((Object) new float[][] {{1, 2}, {3}}),
                    Arguments.of((Object) new float[][] {{1, 2}, null}),
                    Arguments.of((Object) new float[][] {null, {1, 2}}));
        }

        @ParameterizedTest
        @MethodSource("ragged")
        void hasRectangularArrays(float[][] value) {
            Predictor<Matrix, Nothing> model =
                    taking(DataType.FP32, "n", "a", "b").as(Matrix.class, Nothing.class);
            assertRefused(ErrorCode.TENSOR_SHAPE, () -> model.predict(new Matrix(value)))
                    .hasMessageContaining("'v' are not of one length");
        }

        @Test
        @SuppressWarnings("NullAway")
        void hasNoNulls() {
            Predictor<Text, Nothing> text = taking(DataType.BYTES, "n").as(Text.class, Nothing.class);
            assertRefused(ErrorCode.BAD_INPUT, () -> text.predict(new Text(null)))
                    .hasMessageContaining("'v' is null, in a Text");
            Predictor<Texts, Nothing> texts = taking(DataType.BYTES, "n", "m").as(Texts.class, Nothing.class);
            assertRefused(ErrorCode.BAD_INPUT, () -> texts.predict(new Texts(new String[] {"a", null})))
                    .hasMessageContaining("'v'")
                    .hasMessageContaining("null");
            assertThatThrownBy(() -> text.predict(null)).isInstanceOf(NullPointerException.class);
        }

        private record Rude(float v) {
            @Override
            public float v() {
                throw new IllegalStateException("not today");
            }
        }

        @Test
        void isNamedIfItsOwnCodeFails() {
            assertRefused(ErrorCode.MAPPING, () -> given(taking(DataType.FP32, "n"), Rude.class, new Rude(1)))
                    .hasMessageContaining("the record Rude")
                    .hasMessageContaining("not today")
                    .hasCauseInstanceOf(IllegalStateException.class);
        }
    }

    @Nested
    @DisplayName("a record that is returned")
    class Returned {
        private static boolean canBeReturned(DataType type, Record one) {
            int width = one instanceof Int8 ? 8 : one instanceof Int16 ? 16 : one instanceof Int32 ? 32 : 64;
            if (one instanceof Flag) {
                return type == DataType.BOOL;
            } else if (one instanceof Single) {
                return type.isFloating() && type != DataType.FP64;
            } else if (one instanceof Double64) {
                return type.isFloating() || (type.isInteger() && type.byteSize() < 8);
            } else if (one instanceof Text) {
                return type == DataType.BYTES;
            } else if (one instanceof Letter || one instanceof Boxed || !type.isInteger()) {
                return false;
            }
            boolean unsigned = type.name().startsWith("U");
            return type == DataType.UINT64 ? width == 64 : type.byteSize() * 8 + (unsigned ? 1 : 0) <= width;
        }

        @ParameterizedTest
        @MethodSource("io.maas.internal.mapping.RecordPredictorTest#everyPair")
        void hasComponentsThatLoseNothing(Record one, DataType type) {
            FakePredictor model = giving(of(type, 1), "batch");
            if (canBeReturned(type, one)) {
                assertThat((Object) returned(model, one.getClass())).isEqualTo(one);
            } else {
                assertRefused(ErrorCode.MAPPING, () -> returned(model, one.getClass()))
                        .hasMessageContaining("v " + type + "[batch]");
            }
        }

        @Test
        void hasArraysOfTheDimensionsAfterTheRow() {
            assertThat(returned(giving(Tensor.of(new float[] {1, 2}, 1, 2), "batch", "n"), Singles.class)
                            .v())
                    .containsExactly(1, 2);
            assertThat(returned(giving(Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 1, 3, 2), "n", 3, 2), Matrix.class)
                            .v())
                    .isDeepEqualTo(new float[][] {{1, 2}, {3, 4}, {5, 6}});
            assertThat(returned(giving(Tensor.of(new String[] {"a", "b"}, 1, 2), "n", 2), Texts.class)
                            .v())
                    .containsExactly("a", "b");
            assertThat(returned(giving(Tensor.of(new float[0], 1, 2, 0), "n", 2, "m"), Matrix.class)
                            .v())
                    .isDeepEqualTo(new float[2][0]);
        }

        @Test
        void hasTheWholeTensorWhereTheFirstDimensionIsFixed() {
            assertThat(returned(giving(Tensor.of(new float[] {1, 2}), 2), Singles.class)
                            .v())
                    .containsExactly(1, 2);
            assertThat(returned(giving(Tensor.scalar(3L)), Int64.class).v()).isEqualTo(3);
        }

        @Test
        void refusesUnsignedLongsThatAreTooLarge() {
            Tensor large = Tensor.of(DataType.UINT64, new long[] {-1});
            assertRefused(ErrorCode.TENSOR_TYPE, () -> returned(giving(large, "n"), Int64.class))
                    .hasMessageContaining("18446744073709551615");
        }

        private record Some(float a) {}

        @Test
        void mayLeaveOutputsOut() {
            FakePredictor model = new FakePredictor(
                            List.of(),
                            List.of(TensorSpec.of("a", DataType.FP32, "n"), TensorSpec.of("b", DataType.FP32, "n")))
                    .returning(Tensors.of("a", Tensor.of(new float[] {1}), "b", Tensor.of(new float[] {2})));
            assertThat(returned(model, Some.class)).isEqualTo(new Some(1));
        }

        private static Stream<Arguments> otherShapes() {
            return Stream.of(Arguments.of(Shape.of(2, 1)), Arguments.of(Shape.of(0, 2)), Arguments.of(Shape.of(2)));
        }

        @ParameterizedTest
        @MethodSource("otherShapes")
        void isOneRow(Shape shape) {
            Tensor answer = Tensor.of(new float[(int) shape.elements()], shape.toArray());
            assertRefused(ErrorCode.MAPPING, () -> returned(giving(answer, "batch", "n"), Singles.class))
                    .hasMessageContaining("'v' is FP32" + shape)
                    .hasMessageContaining("one row of v FP32[batch, n]");
        }

        private record Picky(float v) {
            Picky {
                if (v < 0) {
                    throw new IllegalArgumentException("negative, " + v);
                }
            }
        }

        @Test
        void isNamedIfItsConstructorFails() {
            assertThat(returned(giving(Tensor.of(new float[] {1}), "n"), Picky.class)
                            .v())
                    .isEqualTo(1);
            assertRefused(ErrorCode.MAPPING, () -> returned(giving(Tensor.of(new float[] {-1}), "n"), Picky.class))
                    .hasMessageContaining("the record Picky")
                    .hasMessageContaining("negative, -1.0")
                    .hasCauseInstanceOf(IllegalArgumentException.class);
        }

        private record Bounded(float v) {
            Bounded {
                Tensor.of(new float[] {v}).reshape(2);
            }
        }

        @Test
        void mayRefuseInThePlatformsOwnWords() {
            assertRefused(ErrorCode.TENSOR_SIZE, () -> returned(giving(Tensor.of(new float[1]), "n"), Bounded.class));
        }

        private record Variable(float... v) {}

        @Test
        void mayHaveAVariableNumberOfElements() {
            assertThat(returned(giving(Tensor.of(new float[] {1, 2}, 1, 2), "n", "m"), Variable.class)
                            .v())
                    .containsExactly(1, 2);
            assertThat(given(taking(DataType.FP32, "n", "m"), Variable.class, new Variable(1, 2)))
                    .isEqualTo(Tensor.of(new float[] {1, 2}, 1, 2));
        }
    }

    @Nested
    @DisplayName("a record that others cannot reach")
    class Access {
        private record Hidden(float v) {}

        @Test
        void isReachedWithItsOwnersLookup() {
            Predictor<Hidden, Nothing> model =
                    taking(DataType.FP32, "n").as(Hidden.class, Nothing.class, MethodHandles.lookup());
            model.predict(new Hidden(1));
        }

        @Test
        void isReachedWithoutALookupWhereItsPackageIsOpen() {
            FakePredictor model = giving(Tensor.of(new float[] {1}), "n");
            assertThat(model.as(Nothing.class, Hidden.class).predict(new Nothing()))
                    .isEqualTo(new Hidden(1));
        }

        @Test
        void isNotReachedWithALookupThatHasNoRight() {
            FakePredictor model = giving(Tensor.of(new float[] {1}), "n");
            assertRefused(ErrorCode.MAPPING, () -> model.as(Nothing.class, Hidden.class, Stranger.lookup()))
                    .hasMessageContaining("cannot be accessed")
                    .hasMessageContaining("MethodHandles.lookup()");
        }
    }

    @Nested
    @DisplayName("a call")
    class Calls {
        private final FakePredictor model = new FakePredictor(
                        List.of(TensorSpec.of("v", DataType.FP32, "n")),
                        List.of(TensorSpec.of("v", DataType.FP32, "n")))
                .returning(Tensors.of("v", Tensor.of(new float[] {2})));
        private final Predictor<Single, Single> records = model.as(Single.class, Single.class);

        @Test
        void comesWithItsReceipt() {
            Prediction<Single> prediction =
                    records.call(new Single(1), CallOptions.defaults().id("mine"));
            assertThat(prediction.value()).isEqualTo(new Single(2));
            assertThat(prediction.receipt().id()).isEqualTo(Optional.of("mine"));
        }

        @Test
        void completesLaterIfItIsAsynchronous() {
            CompletableFuture<Prediction<Single>> call = records.callAsync(new Single(1), CallOptions.defaults());
            assertThat(call).isNotDone();
            model.calls.get(0).complete(model.prediction(CallOptions.defaults()));
            assertThat(call.join().value()).isEqualTo(new Single(2));
        }

        @Test
        void isCancelledWhereItRuns() {
            CompletableFuture<Prediction<Single>> call = records.callAsync(new Single(1), CallOptions.defaults());
            assertThat(call.cancel(true)).isTrue();
            assertThat(model.calls.get(0)).isCancelled();
            assertThatThrownBy(call::join).isInstanceOf(CancellationException.class);
        }

        @Test
        void failsWithTheModelsOwnErrorAndNotWithOneAroundIt() {
            CompletableFuture<Prediction<Single>> call = records.callAsync(new Single(1), CallOptions.defaults());
            CompletableFuture<Throwable> seen = new CompletableFuture<>();
            CompletableFuture<?> noted = call.whenComplete((value, error) -> seen.complete(error));
            IllegalStateException failure = new IllegalStateException("it failed");
            model.calls.get(0).completeExceptionally(failure);
            assertThat(seen).isCompletedWithValue(failure);
            assertThat(noted).isCompletedExceptionally();
            assertThatThrownBy(call::get).isInstanceOf(ExecutionException.class).hasCause(failure);
        }

        @Test
        void failsLaterIfTheAnswerDoesNotFit() {
            CompletableFuture<Prediction<Single>> call = records.callAsync(new Single(1), CallOptions.defaults());
            model.returning(Tensors.of("v", Tensor.of(new float[2])));
            model.calls.get(0).complete(model.prediction(CallOptions.defaults()));
            fails(call, ErrorCode.MAPPING);
        }

        @Test
        @SuppressWarnings("NullAway")
        void failsInItsFutureIfTheRecordDoesNotFit() {
            Predictor<Text, Nothing> texts = taking(DataType.BYTES, "n").as(Text.class, Nothing.class);
            fails(texts.callAsync(new Text(null), CallOptions.defaults()), ErrorCode.BAD_INPUT);
        }

        private static void fails(CompletableFuture<?> call, ErrorCode code) {
            assertThat(call)
                    .failsWithin(java.time.Duration.ZERO)
                    .withThrowableOfType(ExecutionException.class)
                    .havingCause()
                    .isInstanceOfSatisfying(
                            MaasException.class, e -> assertThat(e.code()).isEqualTo(code));
        }

        @Test
        void sharesTheLifeOfTheModel() {
            assertThat(records.signature()).isEqualTo(model.signature());
            assertThat(records.as(Single.class, Nothing.class).predict(new Single(1)))
                    .isEqualTo(new Nothing());
            assertThat(records.as(Single.class, Single.class, MethodHandles.lookup()))
                    .isNotNull();
            records.close();
            assertThat(model.isClosed()).isTrue();
        }
    }

    @Nested
    @DisplayName("a platform")
    class OnAPlatform {
        @TempDir
        Path folder;

        private record X(float x) {}

        private record Y(float y) {}

        @Test
        void takesAndReturnsRecords() {
            Platforms platforms = new Platforms(folder);
            try (Maas maas = platforms.open()) {
                maas.repository()
                        .publish(
                                maas.repository().register(ScriptedBackend.model("digits", "scale 3")),
                                PublishOptions.toProduction());
                Predictor<X, Y> digits = maas.predictor("digits").as(X.class, Y.class, MethodHandles.lookup());
                assertThat(digits.predict(new X(2))).isEqualTo(new Y(6));
                Prediction<Y> called =
                        digits.callAsync(new X(3), CallOptions.defaults()).join();
                assertThat(called.value()).isEqualTo(new Y(9));
                assertThat(called.receipt().version()).isEqualTo("1");
            }
        }

        @Test
        void endsACallThatIsCancelled() throws Exception {
            Platforms platforms = new Platforms(folder);
            try (Maas maas = platforms.open()) {
                maas.repository()
                        .publish(
                                maas.repository().register(ScriptedBackend.model("digits", "scale 3")),
                                PublishOptions.toProduction());
                Predictor<X, Y> digits = maas.predictor("digits").as(X.class, Y.class);
                // nobody opens the gate: the platform closes only because the call ends
                ScriptedBackend.Gate gate = platforms.backend.holdUp(1);
                CompletableFuture<Prediction<Y>> call = digits.callAsync(new X(3), CallOptions.defaults());
                gate.awaitEntered();
                call.cancel(false);
                assertThat(call).isCancelled();
            }
            assertThat(platforms.backend.misused()).isFalse();
        }
    }
}
