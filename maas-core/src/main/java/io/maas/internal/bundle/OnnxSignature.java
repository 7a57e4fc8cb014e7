package io.maas.internal.bundle;

import io.maas.error.InvalidInputException;
import io.maas.model.Dim;
import io.maas.model.TensorSpec;
import io.maas.spi.ObjectStore.Source;
import io.maas.tensor.DataType;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;

/**
 * What an ONNX file says that it takes and gives, without an engine: enough to make a good draft of a manifest, which the
 * engine then confirms or refuses. A side is empty where it has anything but tensors of a known type and rank. Field
 * numbers are those of {@code onnx.proto}. Weights are skipped, not read.
 *
 * @param inputs the inputs, those with a default left out
 * @param outputs the outputs
 */
public record OnnxSignature(Optional<List<TensorSpec>> inputs, Optional<List<TensorSpec>> outputs) {
    private static final int MAX_TEXT = 4096;
    /** Of all names together; every weight of a graph has one. */
    private static final long MAX_NAMES = 16 << 20;

    private static final int MAX_TENSORS = 10_000;

    /** Nothing can be told. */
    static final OnnxSignature UNKNOWN = new OnnxSignature(Optional.empty(), Optional.empty());

    static OnnxSignature read(Source content) throws IOException {
        try (ProtoInput in = new ProtoInput(content.open())) {
            return new Reader(in).read(content.length());
        } catch (ProtoInput.MalformedException | EOFException e) {
            return UNKNOWN; // the engine says so in its own words
        }
    }

    /** What does not stand for a tensor with a shape has no specification. */
    private record Value(String name, Optional<TensorSpec> spec) {}

    @FunctionalInterface
    private interface Field {
        /** Reads the content of a field of bytes, or leaves it to be skipped. */
        void read(int number, long end) throws IOException;
    }

    private static final class Reader {
        private final ProtoInput in;
        private final List<Value> inputs = new ArrayList<>();
        private final List<Value> outputs = new ArrayList<>();
        private final Set<String> defaults = new HashSet<>();
        private long lastNumber;
        private long names;

        Reader(ProtoInput in) {
            this.in = in;
        }

        OnnxSignature read(long length) throws IOException {
            fields(length, (field, end) -> {
                if (field == 7) {
                    fields(end, this::graph);
                }
            });
            inputs.removeIf(value -> defaults.contains(value.name()));
            return new OnnxSignature(specs(inputs), specs(outputs));
        }

        private static Optional<List<TensorSpec>> specs(List<Value> values) {
            boolean known = !values.isEmpty()
                    && values.stream().allMatch(value -> value.spec().isPresent());
            return known
                    ? Optional.of(values.stream()
                            .flatMap(value -> value.spec().stream())
                            .toList())
                    : Optional.empty();
        }

        private void graph(int field, long end) throws IOException {
            if (field == 5) {
                fields(end, (inner, to) -> {
                    if (inner == 8) {
                        defaults.add(text(to));
                    }
                });
            } else if (field == 11 || field == 12) {
                List<Value> side = field == 11 ? inputs : outputs;
                side.add(value(end));
                if (side.size() > MAX_TENSORS) {
                    throw new ProtoInput.MalformedException("there are too many tensors");
                }
            }
        }

        private Value value(long end) throws IOException {
            String[] name = {""};
            List<TensorSpec> spec = new ArrayList<>();
            fields(end, (field, to) -> {
                if (field == 1) {
                    name[0] = text(to);
                } else if (field == 2) {
                    fields(to, (kind, last) -> {
                        if (kind == 1) {
                            tensor(last).ifPresent(spec::add);
                        }
                    });
                }
            });
            return new Value(name[0], spec.stream().findFirst().map(found -> found.named(name[0])));
        }

        private Optional<TensorSpec> tensor(long end) throws IOException {
            List<Dim> dims = new ArrayList<>();
            boolean[] shaped = {false};
            long[] type = {0};
            fields(
                    end,
                    (field, to) -> {
                        if (field == 2) {
                            shaped[0] = true;
                            fields(to, (inner, last) -> dims.add(dim(last)));
                        }
                    },
                    field -> {
                        if (field == 1) {
                            type[0] = lastNumber;
                        }
                    });
            Optional<DataType> known = type(type[0]);
            return shaped[0] && known.isPresent()
                    ? Optional.of(new TensorSpec("", known.get(), dims, List.of(), Optional.empty()))
                    : Optional.empty();
        }

        private Dim dim(long end) throws IOException {
            Dim[] dim = {Dim.ANY};
            fields(
                    end,
                    (field, to) -> {
                        if (field == 2) {
                            dim[0] = named(text(to));
                        }
                    },
                    field -> dim[0] = field == 1 && lastNumber > 0 ? Dim.of(lastNumber) : dim[0]);
            return dim[0];
        }

        private static Dim named(String name) {
            try {
                return Dim.of(name);
            } catch (InvalidInputException e) {
                return Dim.ANY; // as the backend does: an altered name might become equal to another
            }
        }

        private static Optional<DataType> type(long number) {
            return switch ((int) number) {
                case 1 -> Optional.of(DataType.FP32);
                case 2 -> Optional.of(DataType.UINT8);
                case 3 -> Optional.of(DataType.INT8);
                case 4 -> Optional.of(DataType.UINT16);
                case 5 -> Optional.of(DataType.INT16);
                case 6 -> Optional.of(DataType.INT32);
                case 7 -> Optional.of(DataType.INT64);
                case 8 -> Optional.of(DataType.BYTES);
                case 9 -> Optional.of(DataType.BOOL);
                case 10 -> Optional.of(DataType.FP16);
                case 11 -> Optional.of(DataType.FP64);
                case 12 -> Optional.of(DataType.UINT32);
                case 13 -> Optional.of(DataType.UINT64);
                case 16 -> Optional.of(DataType.BF16);
                default -> Optional.empty();
            };
        }

        private String text(long end) throws IOException {
            long size = end - in.position();
            names += size;
            if (size > MAX_TEXT || names > MAX_NAMES) {
                throw new ProtoInput.MalformedException("the names have too many bytes");
            }
            return new String(in.bytes((int) size), StandardCharsets.UTF_8);
        }

        private void fields(long end, Field bytes) throws IOException {
            fields(end, bytes, field -> {});
        }

        /** Goes through a message. Numbers are left in {@link #lastNumber} for whoever wants them. */
        private void fields(long end, Field bytes, IntConsumer number) throws IOException {
            while (in.position() < end) {
                long tag = in.varint();
                int field = (int) (tag >>> 3) & 0x1fffffff;
                switch ((int) tag & 7) {
                    case ProtoInput.VARINT -> {
                        lastNumber = in.varint();
                        number.accept(field);
                    }
                    case ProtoInput.FIXED64 -> in.skip(8, end);
                    case ProtoInput.FIXED32 -> in.skip(4, end);
                    case ProtoInput.BYTES -> {
                        long to = in.enter(end);
                        bytes.read(field, to);
                        in.skip(to - in.position(), to);
                    }
                    default -> throw new ProtoInput.MalformedException("groups are not used by ONNX");
                }
            }
            if (in.position() > end) {
                throw new ProtoInput.MalformedException("a field is longer than its message");
            }
        }
    }
}
