package io.maas.internal.serving;

import io.maas.model.Dim;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * The sizes of the free dimensions of two examples, which differ so that what comes out shows what it follows. Each name has
 * one size in an example, and each dimension without a name the next one.
 */
record SampleLengths(List<Long> first, List<Long> second) {
    /** Primes, no two of which grow alike from the first to the second: nothing looks like another by adding or dividing. */
    private static final SampleLengths DISTINCT =
            new SampleLengths(List.of(11L, 13L, 17L, 19L, 23L, 29L, 31L), List.of(37L, 43L, 53L, 61L, 71L, 83L, 97L));
    /** For engines that want lengths to be equal that have no name in common. */
    private static final SampleLengths EQUAL = new SampleLengths(List.of(11L), List.of(37L));
    /** For engines that take no long ones. */
    private static final SampleLengths SHORT = new SampleLengths(List.of(2L), List.of(3L));

    /** In the order of what they tell. */
    static final List<SampleLengths> ALL = List.of(DISTINCT, EQUAL, SHORT);

    /** Returns the sizes of the first example, to be asked for in the order of its dimensions. */
    ToLongFunction<Dim.Named> ofFirst() {
        return sizes(first);
    }

    /** Returns the sizes of the second example, to be asked for in the order of its dimensions. */
    ToLongFunction<Dim.Named> ofSecond() {
        return sizes(second);
    }

    private static ToLongFunction<Dim.Named> sizes(List<Long> from) {
        Iterator<Long> next =
                from.size() == 1 ? Stream.generate(() -> from.get(0)).iterator() : from.iterator();
        Map<Dim, Long> byName = new HashMap<>();
        return dim -> dim.equals(Dim.ANY) ? next(next, from) : byName.computeIfAbsent(dim, name -> next(next, from));
    }

    private static long next(Iterator<Long> sizes, List<Long> from) {
        if (!sizes.hasNext()) {
            throw new ArithmeticException("an example would have more free dimensions than the " + from.size()
                    + " sizes that can be told apart");
        }
        return sizes.next();
    }
}
