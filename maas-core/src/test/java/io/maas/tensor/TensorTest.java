package io.maas.tensor;

import static io.maas.Refusals.assertRefused;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.error.ErrorCode;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;

class TensorTest {
    /** Two elements, 0 and 1, of any type. */
    private static Tensor zeroAndOne(DataType type) {
        if (type == DataType.BYTES) {
            return Tensor.of(new String[] {"0", "1"});
        }
        return type.isFloating() ? Tensor.of(type, new double[] {0, 1}) : Tensor.of(type, new long[] {0, 1});
    }

    @Nested
    @DisplayName("a copy or a loan")
    class CopyOrLoan {
        private static Stream<Arguments> arrays() {
            return Stream.of(
                    array(DataType.FP32, new float[] {1, 2}, Tensor::of, Tensor::wrap),
                    array(DataType.FP64, new double[] {1, 2}, Tensor::of, Tensor::wrap),
                    array(DataType.INT64, new long[] {1, 2}, Tensor::of, Tensor::wrap),
                    array(DataType.INT32, new int[] {1, 2}, Tensor::of, Tensor::wrap),
                    array(DataType.INT16, new short[] {1, 2}, Tensor::of, Tensor::wrap),
                    array(DataType.INT8, new byte[] {1, 2}, Tensor::of, Tensor::wrap));
        }

        private interface Factory<A> {
            Tensor make(A array, long... dims);
        }

        private static <A> Arguments array(DataType type, A array, Factory<A> of, Factory<A> wrap) {
            Function<A, Tensor> copy = of::make;
            Function<A, Tensor> loan = wrap::make;
            return Arguments.of(type, array, copy, loan);
        }

        @ParameterizedTest
        @MethodSource("arrays")
        void aCopyDoesNotSeeLaterChangesAndALoanDoes(
                DataType type, Object array, Function<Object, Tensor> of, Function<Object, Tensor> wrap) {
            Tensor copy = of.apply(array);
            Tensor loan = wrap.apply(array);
            assertThat(copy.type()).isEqualTo(type);
            assertThat(copy.shape()).isEqualTo(Shape.of(2));
            assertThat(copy).isEqualTo(loan);
            java.lang.reflect.Array.setByte(array, 0, (byte) 7);
            assertThat(copy).isNotEqualTo(loan).isNotEqualTo(of.apply(array));
            assertThat(loan).isEqualTo(of.apply(array));
        }

        @Test
        void booleansAndByteStringsAreAlwaysCopied() {
            boolean[] booleans = {true, false};
            byte[][] bytes = {{1}, {2, 3}};
            Tensor bools = Tensor.of(booleans);
            Tensor strings = Tensor.of(bytes);
            booleans[0] = false;
            bytes[0][0] = 9;
            strings.toByteArrays()[1][0] = 9;
            assertThat(bools.toBooleans()).containsExactly(true, false);
            assertThat(strings.toByteArrays()).isDeepEqualTo(new byte[][] {{1}, {2, 3}});
        }

        @ParameterizedTest
        @EnumSource(value = DataType.class, names = "BYTES", mode = Mode.EXCLUDE)
        void directMemoryStaysWhereItIs(DataType type) {
            ByteBuffer memory = ByteBuffer.allocateDirect(2 * type.byteSize()).order(ByteOrder.nativeOrder());
            zeroAndOne(type).copyTo(memory);
            memory.flip();
            Tensor loan = Tensor.wrap(type, memory, 2, 1);
            Tensor copy = Tensor.of(type, memory, 2, 1);
            assertThat(loan).isEqualTo(copy).isEqualTo(zeroAndOne(type).reshape(2, 1));
            assertThat(loan.asBuffer().isDirect()).isTrue();
            assertThat(copy.asBuffer().isDirect()).isFalse();
            assertThat(loan.asBuffer().isReadOnly()).isTrue();
            assertThat(memory.remaining()).isEqualTo(2 * type.byteSize());
            memory.put(0, (byte) 1);
            assertThat(loan).isNotEqualTo(copy);
            assertThat(copy).isEqualTo(zeroAndOne(type).reshape(2, 1));
        }

        @Test
        void whatABufferHoldsIsTakenInNativeOrderWhateverItsOwn() {
            ByteBuffer memory = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
            memory.putInt(258).putInt(-1).flip();
            for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
                assertThat(Tensor.wrap(DataType.INT32, memory.order(order)).toInts())
                        .containsExactly(258, -1);
            }
            assertThat(Tensor.wrap(DataType.INT32, memory.position(4)).toInts()).containsExactly(-1);
        }

        @Test
        void aBufferMustHoldWholeElements() {
            ByteBuffer memory = ByteBuffer.allocate(7);
            assertRefused(ErrorCode.TENSOR_SIZE, () -> Tensor.wrap(DataType.FP32, memory))
                    .hasMessageContaining("FP32 elements have 4 bytes each")
                    .hasMessageContaining("7");
            assertRefused(ErrorCode.TENSOR_TYPE, () -> Tensor.wrap(DataType.BYTES, memory));
        }

        @Test
        void theDataMustFillTheShape() {
            assertRefused(ErrorCode.TENSOR_SIZE, () -> Tensor.of(new float[5], 2, 3))
                    .hasMessageContaining("[2, 3] has 6 elements and the data has 5");
            assertRefused(ErrorCode.TENSOR_SIZE, () -> Tensor.of(new String[] {"a"}, 2));
            assertThat(Tensor.of(new float[0], 0, 3).elements()).isZero();
        }
    }

    @Nested
    @DisplayName("a tensor of numbers in another type")
    class Ranges {
        private static Stream<Arguments> ranges() {
            return Stream.of(
                    Arguments.of(DataType.BOOL, 0L, 1L),
                    Arguments.of(DataType.INT8, -128L, 127L),
                    Arguments.of(DataType.UINT8, 0L, 255L),
                    Arguments.of(DataType.INT16, -32768L, 32767L),
                    Arguments.of(DataType.UINT16, 0L, 65535L),
                    Arguments.of(DataType.INT32, -2147483648L, 2147483647L),
                    Arguments.of(DataType.UINT32, 0L, 4294967295L));
        }

        @ParameterizedTest
        @MethodSource("ranges")
        void everyValueOfTheRangeFitsAndNoOther(DataType type, long least, long most) {
            Tensor ends = Tensor.of(type, new long[] {least, most});
            if (type == DataType.BOOL) {
                assertThat(ends.toBooleans()).containsExactly(false, true);
            } else {
                assertThat(ends.toLongs()).containsExactly(least, most);
            }
            for (long outside : new long[] {least - 1, most + 1, Long.MIN_VALUE, Long.MAX_VALUE}) {
                assertRefused(ErrorCode.TENSOR_TYPE, () -> Tensor.of(type, new long[] {least, outside}))
                        .hasMessageContaining("the value " + outside + " does not fit " + type);
            }
        }

        @Test
        void longsOfBothKindsTakeEveryBit() {
            long[] values = {Long.MIN_VALUE, -1, 0, Long.MAX_VALUE};
            assertThat(Tensor.of(DataType.INT64, values).toLongs()).containsExactly(values);
            assertThat(Tensor.of(DataType.UINT64, values).longAt(1)).isEqualTo(-1);
        }

        @ParameterizedTest
        @EnumSource(
                value = DataType.class,
                names = {"FP16", "BF16", "FP32", "FP64", "BYTES"})
        void integersDoNotMakeOtherTypes(DataType type) {
            assertRefused(ErrorCode.TENSOR_TYPE, () -> Tensor.of(type, new long[] {1}));
        }

        @ParameterizedTest
        @EnumSource(
                value = DataType.class,
                names = {"FP16", "BF16", "FP32", "FP64"},
                mode = Mode.EXCLUDE)
        void floatingNumbersDoNotMakeOtherTypes(DataType type) {
            assertRefused(ErrorCode.TENSOR_TYPE, () -> Tensor.of(type, new double[] {1}))
                    .hasMessageContaining(type.name());
        }

        @ParameterizedTest
        @EnumSource(
                value = DataType.class,
                names = {"FP16", "BF16"})
        void aDoubleIsRoundedOnceAndNotFirstToASingle(DataType type) {
            // just above the middle of two neighbours; as a single it would be the middle, and go to the even one
            double step = type == DataType.FP16 ? 0x1p-10 : 0x1p-7;
            double value = 1 + step / 2 + 0x1p-40;
            assertThat(Tensor.of(type, new double[] {value}).toDoubles()).containsExactly(1 + step);
        }

        @Test
        void singlesAreRoundedAndDoublesKept() {
            assertThat(Tensor.of(DataType.FP32, new double[] {0.1}).toFloats()).containsExactly(0.1f);
            assertThat(Tensor.of(DataType.FP64, new double[] {0.1}).toDoubles()).containsExactly(0.1);
        }
    }

    @Nested
    @DisplayName("nested arrays")
    class NestedArraysOfJava {
        private static Stream<Arguments> nested() {
            return Stream.of(
                    Arguments.of(new float[][] {{1, 2}, {3, 4}, {5, 6}}, DataType.FP32, Shape.of(3, 2)),
                    Arguments.of(new double[][][] {{{1}, {2}}}, DataType.FP64, Shape.of(1, 2, 1)),
                    Arguments.of(new long[] {1, 2, 3}, DataType.INT64, Shape.of(3)),
                    Arguments.of(new int[][] {{1}, {2}}, DataType.INT32, Shape.of(2, 1)),
                    Arguments.of(new short[][] {{1}}, DataType.INT16, Shape.of(1, 1)),
                    Arguments.of(new byte[][] {{1, 2}}, DataType.INT8, Shape.of(1, 2)),
                    Arguments.of(new boolean[][] {{true}, {false}}, DataType.BOOL, Shape.of(2, 1)),
                    Arguments.of(new String[][] {{"a", "b"}}, DataType.BYTES, Shape.of(1, 2)),
                    Arguments.of(new float[0], DataType.FP32, Shape.of(0)),
                    Arguments.of(new float[2][0], DataType.FP32, Shape.of(2, 0)),
                    Arguments.of(new float[0][5], DataType.FP32, Shape.of(0, 0)));
        }

        @ParameterizedTest
        @MethodSource("nested")
        void rectangularOnesBecomeTensors(Object arrays, DataType type, Shape shape) {
            Tensor tensor = Tensor.ofNested(arrays);
            assertThat(tensor.type()).isEqualTo(type);
            assertThat(tensor.shape()).isEqualTo(shape);
        }

        @Test
        void elementsLieRowByRowAndAreCopied() {
            float[][][] arrays = {{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}};
            Tensor tensor = Tensor.ofNested(arrays);
            arrays[0][0][0] = 99;
            assertThat(tensor.toFloats()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
            float[] flat = {1, 2};
            Tensor copy = Tensor.ofNested(flat);
            flat[0] = 99;
            assertThat(copy.toFloats()).containsExactly(1, 2);
        }

        private static Stream<Arguments> refused() {
            return Stream.of(
                    Arguments.of(
                            new float[][] {{1, 2}, {3}}, "dimension 1 is not of one length, 2 at first and 1 later"),
                    Arguments.of(new float[][] {{}, {3}}, "0 at first and 1 later"),
                    Arguments.of(new float[][] {{1}, null}, "1 at first and null later"),
                    Arguments.of(new float[][] {null, {1}}, "null later"),
                    Arguments.of(new int[][][] {{{1}, {2}}, {{3}}}, "dimension 1"),
                    Arguments.of(new char[] {'a'}, "char"),
                    Arguments.of(new Integer[] {1}, "java.lang.Integer"),
                    Arguments.of(new Object[] {new float[] {1}}, "java.lang.Object"),
                    Arguments.of(new String[][] {{"a", null}}, "null"),
                    Arguments.of("text", "it is not an array, java.lang.String"));
        }

        @ParameterizedTest
        @MethodSource("refused")
        void anythingElseIsRefused(Object arrays, String why) {
            assertRefused(ErrorCode.TENSOR_SHAPE, () -> Tensor.ofNested(arrays)).hasMessageContaining(why);
        }
    }

    @Nested
    @DisplayName("a read")
    class Reads {
        private static final Set<DataType> FLOATS = EnumSet.of(DataType.FP32, DataType.FP16, DataType.BF16);
        private static final Set<DataType> INTS =
                EnumSet.of(DataType.INT8, DataType.UINT8, DataType.INT16, DataType.UINT16, DataType.INT32);
        private static final Set<DataType> LONGS = with(INTS, DataType.UINT32, DataType.INT64, DataType.UINT64);
        private static final Set<DataType> DOUBLES =
                with(INTS, DataType.UINT32, DataType.FP16, DataType.BF16, DataType.FP32, DataType.FP64);

        private static final Map<String, Set<DataType>> ALLOWED = Map.of(
                "floats", FLOATS,
                "doubles", DOUBLES,
                "longs", LONGS,
                "ints", INTS,
                "booleans", EnumSet.of(DataType.BOOL),
                "strings", EnumSet.of(DataType.BYTES),
                "byte arrays", EnumSet.of(DataType.BYTES),
                "a float", FLOATS,
                "a long", LONGS,
                "a string", EnumSet.of(DataType.BYTES));

        private static final Map<String, Function<Tensor, Object>> READS = Map.of(
                "floats", Tensor::toFloats,
                "doubles", Tensor::toDoubles,
                "longs", Tensor::toLongs,
                "ints", Tensor::toInts,
                "booleans", Tensor::toBooleans,
                "strings", Tensor::toStrings,
                "byte arrays", Tensor::toByteArrays,
                "a float", tensor -> tensor.floatAt(1),
                "a long", tensor -> tensor.longAt(1),
                "a string", tensor -> tensor.stringAt(1));

        private static final Map<String, Object> EXPECTED = Map.of(
                "floats", new float[] {0, 1},
                "doubles", new double[] {0, 1},
                "longs", new long[] {0, 1},
                "ints", new int[] {0, 1},
                "booleans", new boolean[] {false, true},
                "strings", new String[] {"0", "1"},
                "byte arrays", new byte[][] {{'0'}, {'1'}},
                "a float", 1f,
                "a long", 1L,
                "a string", "1");

        private static Set<DataType> with(Set<DataType> some, DataType... more) {
            EnumSet<DataType> all = EnumSet.copyOf(some);
            all.addAll(Arrays.asList(more));
            return all;
        }

        private static Stream<Arguments> everyPair() {
            return READS.keySet().stream()
                    .sorted()
                    .flatMap(read -> Stream.of(DataType.values()).map(type -> Arguments.of(read, type)));
        }

        @ParameterizedTest
        @MethodSource("everyPair")
        void convertsOnlyWhereNothingIsLost(String read, DataType type) {
            Tensor tensor = zeroAndOne(type);
            Function<Tensor, Object> how = READS.get(read);
            if (ALLOWED.get(read).contains(type)) {
                assertThat(Arrays.deepEquals(new Object[] {how.apply(tensor)}, new Object[] {EXPECTED.get(read)}))
                        .isTrue();
            } else {
                assertRefused(ErrorCode.TENSOR_TYPE, () -> how.apply(tensor))
                        .hasMessageContaining("its elements are " + type + ", shape [2]");
            }
        }

        @Test
        void unsignedNumbersAreNotTakenForNegativeOnes() {
            assertThat(Tensor.of(DataType.UINT8, new long[] {255}).toInts()).containsExactly(255);
            assertThat(Tensor.of(DataType.UINT16, new long[] {65535}).toInts()).containsExactly(65535);
            assertThat(Tensor.of(DataType.UINT32, new long[] {4294967295L}).toDoubles())
                    .containsExactly(4294967295.0);
            assertThat(Tensor.of(DataType.INT8, new long[] {-1}).toInts()).containsExactly(-1);
        }

        @Test
        void anUnsignedLongMustBeBelowTwoToThe63() {
            assertThat(Tensor.of(DataType.UINT64, new long[] {Long.MAX_VALUE}).toLongs())
                    .containsExactly(Long.MAX_VALUE);
            assertRefused(
                            ErrorCode.TENSOR_TYPE,
                            () -> Tensor.of(DataType.UINT64, new long[] {-1}).toLongs())
                    .hasMessageContaining("18446744073709551615 exceeds 2^63-1");
        }

        @Test
        void textsAreUtf8() {
            Tensor tensor = Tensor.of(new String[] {"käse", "日本", ""});
            assertThat(tensor.toStrings()).containsExactly("käse", "日本", "");
            assertThat(tensor.toByteArrays()[0]).isEqualTo("käse".getBytes(UTF_8));
            assertThat(tensor.byteSize()).isEqualTo(5 + 6);
        }

        @Test
        void anElementIsFoundByOnePositionForEachDimension() {
            Tensor tensor = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
            assertThat(tensor.floatAt(0, 0)).isEqualTo(1);
            assertThat(tensor.floatAt(1, 0)).isEqualTo(4);
            assertThat(tensor.floatAt(1, 2)).isEqualTo(6);
            assertThat(Tensor.scalar(7L).longAt()).isEqualTo(7);
            assertThat(Tensor.scalar(7f).floatAt()).isEqualTo(7);
            assertThat(Tensor.of(new String[] {"a", "b"}, 1, 2).stringAt(0, 1)).isEqualTo("b");
            assertRefused(ErrorCode.TENSOR_RANK, () -> tensor.floatAt(1)).hasMessageContaining("[2, 3]");
            assertRefused(ErrorCode.TENSOR_DIM, () -> tensor.floatAt(0, 3)).hasMessageContaining("[0, 3]");
            assertRefused(ErrorCode.TENSOR_DIM, () -> tensor.floatAt(-1, 0));
        }

        @Test
        void eachTypeHasABufferOfItsWidth() {
            assertThat(zeroAndOne(DataType.FP32).asBuffer()).isInstanceOf(FloatBuffer.class);
            assertThat(zeroAndOne(DataType.FP64).asBuffer()).isInstanceOf(DoubleBuffer.class);
            assertThat(zeroAndOne(DataType.UINT64).asBuffer()).isInstanceOf(LongBuffer.class);
            assertThat(zeroAndOne(DataType.UINT32).asBuffer()).isInstanceOf(IntBuffer.class);
            assertThat(zeroAndOne(DataType.BF16).asBuffer()).isInstanceOf(ShortBuffer.class);
            assertThat(zeroAndOne(DataType.BOOL).asBuffer()).isInstanceOf(ByteBuffer.class);
            assertThat(((ByteBuffer) zeroAndOne(DataType.BOOL).asBuffer()).order())
                    .isEqualTo(ByteOrder.nativeOrder());
            assertRefused(
                    ErrorCode.TENSOR_TYPE, () -> zeroAndOne(DataType.BYTES).asBuffer());
        }

        @ParameterizedTest
        @EnumSource(value = DataType.class, names = "BYTES", mode = Mode.EXCLUDE)
        void elementsAreAppendedInNativeOrder(DataType type) {
            Tensor tensor = zeroAndOne(type);
            ByteBuffer target = ByteBuffer.allocate(1 + 2 * type.byteSize());
            target.position(1);
            tensor.copyTo(target);
            assertThat(target.hasRemaining()).isFalse();
            assertThat(target.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
            assertThat(Tensor.of(type, target.position(1))).isEqualTo(tensor);
            assertThatThrownBy(() -> tensor.copyTo(target.position(2))).isInstanceOf(BufferOverflowException.class);
            assertThat(tensor.byteSize()).isEqualTo(2L * type.byteSize());
        }

        @ParameterizedTest
        @EnumSource(value = DataType.class, names = "BYTES", mode = Mode.EXCLUDE)
        void elementsAreAppendedAsThoseOfALargerTensor(DataType type) {
            Tensor tensor = Tensor.concat(
                            List.of(zeroAndOne(type), zeroAndOne(type).rows(1, 2)))
                    .reshape(3, 1);
            ByteBuffer target = ByteBuffer.allocate(1 + 8 * type.byteSize());
            target.position(1);
            tensor.copyTo(target, Shape.of(4, 2), 1);
            assertThat(target.hasRemaining()).isFalse();
            Tensor larger = Tensor.of(type, target.position(1), 4, 2);
            Tensor one = zeroAndOne(type).rows(1, 2);
            Tensor zero = zeroAndOne(type).rows(0, 1);
            assertThat(larger)
                    .isEqualTo(Tensor.concat(List.of(zero, one, one, one, one, one, one, one))
                            .reshape(4, 2));
            assertThat(larger.part(0, tensor.shape())).isEqualTo(tensor);
            assertThat(larger.part(2, Shape.of(2, 1)))
                    .isEqualTo(larger.rows(2, 4).part(0, Shape.of(2, 1)));
            assertRefused(ErrorCode.TENSOR_SHAPE, () -> tensor.copyTo(target, Shape.of(2, 2), 0));
            assertRefused(ErrorCode.TENSOR_SHAPE, () -> tensor.copyTo(target, Shape.of(3), 0));
            assertRefused(ErrorCode.TENSOR_SHAPE, () -> larger.part(0, Shape.of(1, 3)));
            assertRefused(ErrorCode.TENSOR_DIM, () -> larger.part(3, Shape.of(2, 1)));
        }

        @ParameterizedTest
        @EnumSource(DataType.class)
        void aCopySharesNothing(DataType type) {
            Tensor tensor = zeroAndOne(type);
            assertThat(tensor.copy()).isEqualTo(tensor).isNotSameAs(tensor);
            assertThat(tensor.rows(0, 1).reshape().copy())
                    .isEqualTo(tensor.rows(0, 1).reshape());
            assertThat(tensor.part(1, Shape.of(1))).isEqualTo(tensor.rows(1, 2));
        }

        @Test
        void byteStringsAreNotAppended() {
            ByteBuffer target = ByteBuffer.allocate(16);
            assertRefused(
                    ErrorCode.TENSOR_TYPE, () -> zeroAndOne(DataType.BYTES).copyTo(target));
        }
    }

    @Nested
    @DisplayName("rows and shapes")
    class RowsAndShapes {
        @ParameterizedTest
        @EnumSource(DataType.class)
        void rowsThatAreTakenApartJoinToTheSame(DataType type) {
            Tensor all = zeroAndOne(type);
            Tensor matrix = Tensor.concat(List.of(all, all, all)).reshape(3, 2);
            assertThat(matrix.rows(1, 3).shape()).isEqualTo(Shape.of(2, 2));
            assertThat(matrix.rows(1, 2)).isEqualTo(all.reshape(1, 2));
            assertThat(Tensor.concat(List.of(matrix.rows(0, 1), matrix.rows(1, 3))))
                    .isEqualTo(matrix);
            assertThat(matrix.rows(1, 1).elements()).isZero();
            assertThat(Tensor.concat(List.of(matrix.rows(1, 1), matrix))).isEqualTo(matrix);
        }

        @Test
        void rowsShareTheElements() {
            float[] data = {1, 2, 3, 4};
            Tensor second = Tensor.wrap(data, 2, 2).rows(1, 2);
            data[3] = 9;
            assertThat(second.toFloats()).containsExactly(3, 9);
            assertThat(Tensor.concat(List.of(second)).toFloats()).containsExactly(3, 9);
        }

        @Test
        void rowsThatAreNotThereAreRefused() {
            Tensor tensor = Tensor.of(new float[4], 2, 2);
            assertRefused(ErrorCode.TENSOR_DIM, () -> tensor.rows(0, 3)).hasMessageContaining("rows 0 to 3");
            assertRefused(ErrorCode.TENSOR_DIM, () -> tensor.rows(-1, 1));
            assertRefused(ErrorCode.TENSOR_DIM, () -> tensor.rows(2, 1));
            assertRefused(ErrorCode.TENSOR_DIM, () -> Tensor.scalar(1f).rows(0, 1));
            assertThat(Tensor.of(new float[0], 0, 4).rows(0, 0).shape()).isEqualTo(Shape.of(0, 4));
        }

        @Test
        void tensorsThatDifferInMoreThanTheirRowsAreNotJoined() {
            Tensor matrix = Tensor.of(new float[4], 2, 2);
            for (Tensor other : List.of(
                    Tensor.of(new double[4], 2, 2),
                    Tensor.of(new float[6], 2, 3),
                    Tensor.of(new float[4]),
                    Tensor.scalar(1f))) {
                assertRefused(ErrorCode.TENSOR_SHAPE, () -> Tensor.concat(List.of(matrix, other)))
                        .hasMessageContaining(other.type() + "" + other.shape());
            }
            assertRefused(ErrorCode.TENSOR_SHAPE, () -> Tensor.concat(List.of(Tensor.scalar(1f))));
        }

        @Test
        void aReshapedTensorHasTheSameElements() {
            float[] data = {1, 2, 3, 4};
            Tensor tensor = Tensor.wrap(data).reshape(2, 2);
            data[0] = 9;
            assertThat(tensor.toFloats()).containsExactly(9, 2, 3, 4);
            assertThat(Tensor.of(new long[] {5}).reshape()).isEqualTo(Tensor.scalar(5L));
            assertThat(Tensor.of(new String[] {"a", "b"}).reshape(2, 1).toStrings())
                    .containsExactly("a", "b");
            assertRefused(ErrorCode.TENSOR_SIZE, () -> tensor.reshape(3)).hasMessageContaining("[3] has 3 elements");
        }
    }

    @Nested
    @DisplayName("equality and text")
    class EqualityAndText {
        @ParameterizedTest
        @EnumSource(DataType.class)
        void typeShapeAndElementsDecide(DataType type) {
            Tensor tensor = zeroAndOne(type);
            assertThat(tensor)
                    .isEqualTo(zeroAndOne(type))
                    .hasSameHashCodeAs(zeroAndOne(type))
                    .isNotEqualTo(tensor.reshape(2, 1))
                    .isNotEqualTo(tensor.rows(0, 1))
                    .isNotEqualTo(Tensor.concat(List.of(tensor.rows(1, 2), tensor.rows(0, 1))));
            for (DataType other : DataType.values()) {
                assertThat(tensor.equals(zeroAndOne(other))).isEqualTo(type == other);
            }
            assertThat(tensor.equals((Object) "tensor")).isFalse();
        }

        @ParameterizedTest
        @EnumSource(
                value = DataType.class,
                names = {"FP16", "BF16", "FP32", "FP64"})
        void whatIsNoNumberEqualsItself(DataType type) {
            Tensor nan = Tensor.of(type, new double[] {Double.NaN});
            assertThat(nan)
                    .isEqualTo(Tensor.of(type, new double[] {Double.NaN}))
                    .hasSameHashCodeAs(Tensor.of(type, new double[] {Double.NaN}));
        }

        @Test
        void memoryOfAnyKindIsComparedByItsElements() {
            ByteBuffer memory = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder());
            memory.putFloat(1).putFloat(2).flip();
            assertThat(Tensor.wrap(DataType.FP32, memory))
                    .isEqualTo(Tensor.wrap(new float[] {1, 2}))
                    .hasSameHashCodeAs(Tensor.wrap(new float[] {1, 2}));
        }

        private static Stream<Arguments> shown() {
            return Stream.of(
                    Arguments.of(Tensor.of(new float[] {1, 2.5f}, 1, 2), "FP32[1, 2] {1.0, 2.5}"),
                    Arguments.of(Tensor.of(new double[] {0.1}), "FP64[1] {0.1}"),
                    Arguments.of(Tensor.of(DataType.FP16, new double[] {0.5}), "FP16[1] {0.5}"),
                    Arguments.of(Tensor.of(DataType.UINT64, new long[] {-1}), "UINT64[1] {18446744073709551615}"),
                    Arguments.of(Tensor.of(DataType.UINT8, new long[] {255}), "UINT8[1] {255}"),
                    Arguments.of(Tensor.of(new boolean[] {true}), "BOOL[1] {1}"),
                    Arguments.of(Tensor.of(new String[] {"a", "b"}), "BYTES[2] {\"a\", \"b\"}"),
                    Arguments.of(Tensor.scalar(3L), "INT64[] {3}"),
                    Arguments.of(Tensor.of(new int[0]), "INT32[0] {}"),
                    Arguments.of(Tensor.of(new int[8]), "INT32[8] {0, 0, 0, 0, 0, 0, 0, 0}"),
                    Arguments.of(Tensor.of(new int[9]), "INT32[9] {0, 0, 0, 0, 0, 0, 0, 0, …}"));
        }

        @ParameterizedTest
        @MethodSource("shown")
        void theFirstElementsAreShown(Tensor tensor, String text) {
            assertThat(tensor).hasToString(text);
        }
    }

    @ParameterizedTest
    @EnumSource(DataType.class)
    void aTypeIsFloatingOrIntegerOrNeither(DataType type) {
        boolean neither = type == DataType.BOOL || type == DataType.BYTES;
        assertThat(type.isFloating() || type.isInteger()).isEqualTo(!neither);
        assertThat(type.isFloating() && type.isInteger()).isFalse();
    }
}
