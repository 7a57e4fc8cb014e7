package io.maas.internal.schedule;

import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.model.Dim;
import io.maas.model.Signature;
import io.maas.model.TensorSpec;
import io.maas.tensor.DataType;
import io.maas.tensor.Shape;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * How requests of a model become one run, and its outputs theirs again. Requests lie one after the other along the first
 * dimension. Other dimensions must be equal, or are padded where it is known what with. Immutable.
 */
public final class BatchRule {
    /** Padding a request to more than this much of its own size costs more than running it with others saves. */
    private static final double MOST_PADDING = 1.25;

    private static final long[] NONE = {};
    private static final int AS_IT_IS = -1;

    private final Signature engine;
    private final boolean together;
    private final List<FreeDim> free;
    /** For each output and dimension: the free dimension of the inputs that it follows, or that it does not. */
    private final int[][] follows;

    /**
     * A dimension that may differ from request to request.
     *
     * @param input the number of the input
     * @param dim the number of the dimension
     * @param fill what fills shorter ones up, if anything may
     */
    record FreeDim(int input, int dim, OptionalDouble fill) {}

    private BatchRule(Signature engine, boolean together, List<FreeDim> free, int[][] follows) {
        this.engine = engine;
        this.together = together;
        this.free = free;
        this.follows = follows;
    }

    /** Requests are never put together. */
    public static BatchRule alone(Signature engine) {
        return new BatchRule(engine, false, List.of(), new int[0][]);
    }

    /**
     * Requests are put together by rows.
     *
     * @param engine what the engine takes and gives; every input and output has rows in front
     * @param fill by the name of an input, what fills its shorter rows up; inputs without are put together only where their
     *     sizes are equal
     * @param sizes where the sizes of outputs come from
     */
    public static BatchRule rows(Signature engine, Map<String, Double> fill, OutputSizes sizes) {
        List<FreeDim> free = new ArrayList<>();
        for (int i = 0; i < engine.inputs().size(); i++) {
            TensorSpec spec = engine.inputs().get(i);
            Double value = fill.get(spec.name());
            OptionalDouble padding = value == null || !sizes.areKnown() || spec.type() == DataType.BYTES
                    ? OptionalDouble.empty()
                    : OptionalDouble.of(value);
            for (int d = 1; d < spec.rank(); d++) {
                if (spec.dims().get(d) instanceof Dim.Named) {
                    free.add(new FreeDim(i, d, padding));
                }
            }
        }
        return new BatchRule(engine, true, List.copyOf(free), sizes.follow(engine, free));
    }

    /** Tells whether requests may share a run at all. */
    public boolean isTogether() {
        return together;
    }

    Signature engine() {
        return engine;
    }

    /** Makes work of a request, which fits the signature. */
    Work work(Tensors request, Call call) {
        List<TensorSpec> specs = engine.inputs();
        Tensor[] inputs = new Tensor[specs.size()];
        long positions = 1;
        for (int i = 0; i < inputs.length; i++) {
            TensorSpec spec = specs.get(i);
            boolean inOrder = i < request.size() && request.name(i).equals(spec.name());
            inputs[i] = inOrder ? request.get(i) : request.get(spec.name());
            positions = Math.max(positions, positions(spec, inputs[i]));
        }
        long rows = together ? inputs[0].shape().dim(0) : 1;
        return new Work(call, inputs, rows, positions, lengths(inputs));
    }

    /** The number of positions along the dimensions of a tensor that are free, such as batch times length. */
    public static long positions(TensorSpec spec, Tensor tensor) {
        long positions = 1;
        for (int d = 0; d < spec.rank(); d++) {
            if (spec.dims().get(d) instanceof Dim.Named) {
                positions *= tensor.shape().dim(d); // at most the number of elements, which is checked
            }
        }
        return positions;
    }

    private long[] lengths(Tensor[] inputs) {
        if (free.isEmpty()) {
            return NONE;
        }
        long[] lengths = new long[free.size()];
        for (int i = 0; i < lengths.length; i++) {
            FreeDim dim = free.get(i);
            lengths[i] = inputs[dim.input()].shape().dim(dim.dim());
        }
        return lengths;
    }

    /** Tells whether a request may share a run with the one that leads it. */
    boolean fits(Work leader, Work other) {
        if (!together || !hasEvenRows(leader) || !hasEvenRows(other)) {
            return false;
        }
        for (int i = 0; i < free.size(); i++) {
            long a = leader.lengths[i];
            long b = other.lengths[i];
            boolean near = free.get(i).fill().isPresent() && Math.max(a, b) <= MOST_PADDING * Math.min(a, b);
            if (a != b && !near) {
                return false;
            }
        }
        return true;
    }

    /** Tells whether requests can share a run, however much padding that takes. */
    boolean canJoin(Work one, Work other) {
        if (!together || !hasEvenRows(one) || !hasEvenRows(other)) {
            return false;
        }
        for (int i = 0; i < free.size(); i++) {
            if (one.lengths[i] != other.lengths[i] && free.get(i).fill().isEmpty()) {
                return false;
            }
        }
        return true;
    }

    boolean fillsUp() {
        return together && free.stream().anyMatch(dim -> dim.fill().isPresent());
    }

    boolean hasUnfilled(Work[] works) {
        return IntStream.range(0, free.size())
                .filter(i -> free.get(i).fill().isPresent())
                .anyMatch(i -> Arrays.stream(works).allMatch(work -> work.lengths[i] == works[0].lengths[i]));
    }

    /** Where the first dimension has no name, an engine may take one row of an input for many of another: not in a batch. */
    private static boolean hasEvenRows(Work work) {
        for (Tensor input : work.inputs) {
            if (input.shape().dim(0) != work.rows) {
                return false;
            }
        }
        return true;
    }

    /** The shapes of the inputs of a run of several. */
    Shape[] rooms(Work[] works, int count) {
        long rows = 0;
        long[] longest = works[0].lengths.clone();
        for (int w = 0; w < count; w++) {
            rows += works[w].rows;
            for (int i = 0; i < longest.length; i++) {
                longest[i] = Math.max(longest[i], works[w].lengths[i]);
            }
        }
        Shape[] rooms = new Shape[works[0].inputs.length];
        for (int i = 0; i < rooms.length; i++) {
            rooms[i] = works[0].inputs[i].shape().with(0, rows);
        }
        for (int i = 0; i < longest.length; i++) {
            FreeDim dim = free.get(i);
            rooms[dim.input()] = rooms[dim.input()].with(dim.dim(), longest[i]);
        }
        return rooms;
    }

    /** What fills an input up. */
    double fill(int input) {
        for (FreeDim dim : free) {
            if (dim.input() == input && dim.fill().isPresent()) {
                return dim.fill().getAsDouble();
            }
        }
        return 0;
    }

    /** Checks that outputs have as many rows as the inputs. */
    void requireRows(Tensors outputs, long rows) {
        for (int i = 0; i < outputs.size(); i++) {
            Shape shape = outputs.get(i).shape();
            if (shape.rank() == 0 || shape.dim(0) != rows) {
                throw new UnavailableException(
                        ErrorCode.INFERENCE_FAILED,
                        "take the outputs of a batch apart",
                        "'" + outputs.name(i) + "' has the shape " + shape + " for " + rows + " rows",
                        "set batching.max to 1 in maas.json");
            }
        }
    }

    /** Copies what belongs to one request: its rows, and of padded dimensions its own length. */
    Tensors share(Tensors outputs, long firstRow, Work work) {
        if (outputs.size() == 1) {
            return Tensors.of(outputs.name(0), share(0, outputs.get(0), firstRow, work));
        }
        Tensors.Builder own = Tensors.builder();
        for (int i = 0; i < outputs.size(); i++) {
            own.add(outputs.name(i), share(i, outputs.get(i), firstRow, work));
        }
        return own.build();
    }

    private Tensor share(int output, Tensor whole, long firstRow, Work work) {
        long[] size = whole.shape().toArray();
        size[0] = work.rows;
        for (int d = 1; d < size.length; d++) {
            int source = follows[output][d];
            if (source != AS_IT_IS) {
                size[d] = work.lengths[source];
            }
        }
        return whole.part(firstRow, Shape.of(size));
    }
}
