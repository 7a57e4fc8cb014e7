package io.maas.internal.serving;

import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The lease and swap state in every interleaving of a few threads. What a model checker tells apart from a stress test: it also
 * finds the one in a million.
 */
@Tag("lincheck")
class LeaseStateLincheckTest {
    private static ModelCheckingOptions few() {
        return new ModelCheckingOptions()
                .iterations(20)
                .invocationsPerIteration(1_000)
                .threads(3)
                .actorsPerThread(2)
                .actorsBefore(0)
                .actorsAfter(1);
    }

    /** Something that is used by some and let go of by its maker. */
    public static class OneModel {
        private final AtomicInteger closed = new AtomicInteger();
        private final AtomicInteger letGo = new AtomicInteger();
        private final Leased<String> model = new Leased<>("model", closed::incrementAndGet);

        /** Whether it is refused after its maker let go depends on who else uses it, so that is not told. */
        @Operation
        public String use() {
            if (!model.lease()) {
                return letGo.get() > 0 ? "fine" : "refused while its maker holds it";
            }
            boolean open = closed.get() == 0;
            model.release();
            return open ? "fine" : "used after it was closed";
        }

        @Operation
        public String makerLetsGo() {
            if (letGo.getAndIncrement() == 0) {
                model.letGo();
            }
            return closed.get() > 1 ? "closed twice" : "let go";
        }
    }

    @Test
    void aModelIsNeverUsedAfterItWasClosedNorClosedTwice() {
        few().check(OneModel.class);
    }

    /** A route: callers lease what answers, and somebody replaces it. */
    public static class OneRoute {
        /** A version, which knows whether it is closed. */
        private static final class Version {
            final AtomicInteger closed = new AtomicInteger();
            final Leased<Version> model = new Leased<>(this, closed::incrementAndGet);
        }

        private final Current<Version> current = new Current<>();

        public OneRoute() {
            current.set(new Version());
        }

        @Operation
        public String call() {
            Version version = current.lease(answering -> answering, answering -> answering.model.lease());
            if (version == null) {
                return "closed";
            }
            boolean used = version.closed.get() == 0;
            version.model.release();
            return used ? "answered" : "answered by what was closed";
        }

        /** One at a time, as a route does. */
        @Operation(nonParallelGroup = "changes")
        public String swap() {
            Version next = new Version();
            Version former = current.get();
            if (!current.set(next)) {
                next.model.letGo();
                return "closed";
            }
            if (former != null) {
                former.model.letGo();
            }
            return "swapped";
        }

        @Operation(nonParallelGroup = "changes")
        public String close() {
            Version last = current.close();
            if (last != null) {
                last.model.letGo();
            }
            return "closed";
        }
    }

    @Test
    void noCallIsRefusedOrAnsweredByWhatIsClosedWhileSomethingAnswers() {
        few().check(OneRoute.class);
    }
}
