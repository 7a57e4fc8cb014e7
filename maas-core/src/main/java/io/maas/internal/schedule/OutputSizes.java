package io.maas.internal.schedule;

import io.maas.model.Dim;
import io.maas.model.Signature;
import io.maas.model.TensorSpec;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Where the free dimensions of a model's outputs come from: of a padded run, each request must get its own length back. Names
 * tell, where an output has the name of a dimension of an input. Exporters often give none; then two runs of different lengths
 * tell: what has the size of one input both times, and of no other, follows it. Immutable.
 */
public final class OutputSizes {
    private static final int NOT = -1;
    private static final int UNKNOWN = -2;
    /** A part of a length, such as a quarter rounded up, may be the same for lengths that are nearer. */
    private static final long FAR_APART = 8;

    /** An input's dimension. */
    private record Source(int input, int dim) {}

    private final Signature engine;
    /** By output and dimension; {@link #NOT} where a dimension has one size, {@link #UNKNOWN} where it is not known. */
    private final int[][] from;

    private final List<Source> sources;

    private OutputSizes(Signature engine, List<Source> sources, int[][] from) {
        this.engine = engine;
        this.sources = sources;
        this.from = from;
    }

    /** What names tell. */
    public static OutputSizes named(Signature engine) {
        List<Source> sources = sources(engine);
        int[][] from = new int[engine.outputs().size()][];
        for (int o = 0; o < from.length; o++) {
            TensorSpec spec = engine.outputs().get(o);
            from[o] = new int[spec.rank()];
            for (int d = 0; d < spec.rank(); d++) {
                from[o][d] = d == 0 ? NOT : byName(engine, spec.dims().get(d), sources);
            }
        }
        return new OutputSizes(engine, sources, from);
    }

    private static List<Source> sources(Signature engine) {
        return IntStream.range(0, engine.inputs().size())
                .boxed()
                .flatMap(i -> IntStream.range(1, engine.inputs().get(i).rank())
                        .filter(d -> engine.inputs().get(i).dims().get(d) instanceof Dim.Named)
                        .mapToObj(d -> new Source(i, d)))
                .toList();
    }

    private static int byName(Signature engine, Dim dim, List<Source> sources) {
        if (dim instanceof Dim.Fixed) {
            return NOT;
        }
        for (int s = 0; s < sources.size() && !dim.equals(Dim.ANY); s++) {
            if (dim(engine, sources.get(s)).equals(dim)) {
                return s;
            }
        }
        return UNKNOWN;
    }

    /** Tells whether every dimension is accounted for. */
    public boolean areKnown() {
        return Arrays.stream(from).flatMapToInt(Arrays::stream).noneMatch(source -> source == UNKNOWN);
    }

    /**
     * Adds what two runs show. A dimension that had one size in both has it always, if all lengths differed by far; one that
     * had the size of a dimension of an input in both follows that, if there is only one such. Anything else stays unknown.
     */
    public OutputSizes observed(Tensors in1, Tensors out1, Tensors in2, Tensors out2) {
        int[][] learned = new int[from.length][];
        for (int o = 0; o < from.length; o++) {
            String name = engine.outputs().get(o).name();
            learned[o] = from[o].clone();
            for (int d = 1; d < learned[o].length; d++) {
                if (learned[o][d] == UNKNOWN) {
                    learned[o][d] = source(in1, out1.get(name), in2, out2.get(name), d);
                }
            }
        }
        return new OutputSizes(engine, sources, learned);
    }

    private int source(Tensors in1, Tensor out1, Tensors in2, Tensor out2, int dim) {
        long first = out1.shape().dim(dim);
        long second = out2.shape().dim(dim);
        if (first == second) {
            return sources.stream().allMatch(source -> isFarApart(size(in1, source), size(in2, source)))
                    ? NOT
                    : UNKNOWN;
        }
        List<Integer> like = IntStream.range(0, sources.size())
                .filter(s -> size(in1, sources.get(s)) == first && size(in2, sources.get(s)) == second)
                .boxed()
                .toList();
        boolean isOne = !like.isEmpty() && like.stream().allMatch(s -> s.equals(like.get(0)) || areOne(s, like.get(0)));
        return isOne ? like.get(0) : UNKNOWN;
    }

    private static boolean isFarApart(long one, long other) {
        return Math.abs(one - other) >= FAR_APART;
    }

    private long size(Tensors inputs, Source source) {
        return inputs.get(engine.inputs().get(source.input()).name()).shape().dim(source.dim());
    }

    /** Equal names have equal sizes in every call, so that it does not matter which of them is followed. */
    private boolean areOne(int a, int b) {
        Dim name = dim(engine, sources.get(a));
        return !name.equals(Dim.ANY) && name.equals(dim(engine, sources.get(b)));
    }

    private static Dim dim(Signature engine, Source source) {
        return engine.inputs().get(source.input()).dims().get(source.dim());
    }

    /** As indices into {@code free}, which are the same dimensions in the same order. */
    int[][] follow(Signature signature, List<BatchRule.FreeDim> free) {
        int[][] follows = new int[from.length][];
        for (int o = 0; o < from.length; o++) {
            follows[o] = Arrays.stream(from[o]).map(s -> s < 0 ? NOT : s).toArray();
        }
        return follows;
    }
}
