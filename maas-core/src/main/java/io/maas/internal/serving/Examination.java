package io.maas.internal.serving;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.internal.schedule.Call;
import io.maas.model.Manifest;
import io.maas.model.Signature;
import io.maas.repository.ModelDetails.BatchInvariance;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a model has to show before it serves: its self-tests, and how it treats rows that are run together. */
final class Examination {
    private static final Logger LOG = LoggerFactory.getLogger(Examination.class);
    private static final double RTOL = 1e-4;
    private static final double ATOL_OF_SCALE = 1e-5;
    /** Above what quantising does: all-MiniLM-L6-v2, quantised, differs by 0.11 to 0.22 over four pairs of texts. */
    private static final double NEARLY = 0.3;

    private static final int ROWS = 2;
    /** What a model can do shows in its fastest answer: others may be late because of what else the host does. */
    private static final int TIMED_RUNS = 5;

    private static final int LARGEST_WARM_UP = 64;
    private static final int WARM_UP_RUNS = 3;
    /** A new version should not be long in coming, nor take much from those that serve. */
    private static final long WARM_UP_NANOS = 200_000_000;

    private Examination() {}

    /**
     * Runs the model once so that the first caller does not pay for lazy initialisation, on a self-test's inputs if there
     * are any, and then checks the self-tests.
     *
     * @throws InvalidInputException {@link ErrorCode#MODEL_SELF_TEST} if an answer is not the promised one
     */
    static void warmUpAndTest(Manifest manifest, Servable model) {
        if (manifest.selfTests().isEmpty()) {
            warmUp(manifest, model);
        }
        for (int i = 0; i < manifest.selfTests().size(); i++) {
            test(manifest, model, i);
        }
    }

    /**
     * Checks the self-tests of a model that is warm, and how long they take.
     *
     * @return what was done, for people
     * @throws InvalidInputException {@link ErrorCode#MODEL_SELF_TEST} if an answer is not the promised one, or too late
     */
    static String tryOut(Manifest manifest, Servable model) {
        List<Manifest.SelfTest> tests = manifest.selfTests();
        for (int i = 0; i < tests.size(); i++) {
            double fastest = Double.POSITIVE_INFINITY;
            for (int run = 0; run < (tests.get(i).maxLatencyMs().isPresent() ? TIMED_RUNS : 1); run++) {
                long start = System.nanoTime();
                test(manifest, model, i);
                fastest = Math.min(fastest, (System.nanoTime() - start) / 1e6);
            }
            requireInTime(manifest, i, fastest);
        }
        return tests.isEmpty() ? "it loads; the package has no self-tests" : tests.size() + " self-tests passed";
    }

    private static void requireInTime(Manifest manifest, int index, double fastestMs) {
        double most = manifest.selfTests().get(index).maxLatencyMs().orElse(Double.POSITIVE_INFINITY);
        if (fastestMs > most) {
            throw new InvalidInputException(
                    ErrorCode.MODEL_SELF_TEST,
                    "use the model of " + manifest.name(),
                    String.format(
                            Locale.ROOT,
                            "self-test %d promises an answer within %.3f ms and the fastest of %d took %.3f ms",
                            index,
                            most,
                            TIMED_RUNS,
                            fastestMs),
                    "run it on a faster host, or correct the promise");
        }
    }

    private static void warmUp(Manifest manifest, Servable model) {
        try {
            model.answer(SampleInputs.row(model.signature(), 0), call());
        } catch (MaasException | ArithmeticException e) {
            // made-up inputs may be out of a model's range, which says nothing about it
            LOG.debug("{} could not be warmed up on made-up inputs", manifest.name(), e);
        }
    }

    private static Call call() {
        return Call.own(System.nanoTime());
    }

    private static void test(Manifest manifest, Servable model, int index) {
        Manifest.SelfTest test = manifest.selfTests().get(index);
        Tensors answer = model.answer(test.inputs(), call());
        test.expected().forEach((name, expected) -> {
            Tensor actual = answer.find(name).orElse(null);
            if (actual == null || !Close.enough(expected, actual, test.atol(), test.rtol())) {
                throw new InvalidInputException(
                        ErrorCode.MODEL_SELF_TEST,
                        "use the model of " + manifest.name(),
                        "self-test " + index + " expects '" + name + "' to be " + expected + " and it is " + actual,
                        "correct the self-test, or use the engine that the model was made for");
            }
        });
    }

    /**
     * Compares f(a) and f(b) with f([a; b]). Texts of different lengths are among the made-up inputs, so padding is
     * compared too where a tokenizer pads.
     */
    static BatchInvariance batchInvariance(Manifest manifest, EngineModel model) {
        Signature signature = model.signature();
        if (!RowByRow.haveRows(signature)) {
            return BatchInvariance.NOT_BATCHED;
        }
        try {
            Tensors both = examples(manifest, signature);
            Tensors together = model.answer(both, call());
            BatchInvariance worst = BatchInvariance.INVARIANT;
            for (int row = 0; row < ROWS; row++) {
                Tensors alone = model.answer(RowByRow.row(both, row), call());
                for (String name : alone.names()) {
                    BatchInvariance one = compare(alone.get(name), together.get(name), row);
                    worst = worst(one, worst);
                }
            }
            return worst == BatchInvariance.INVARIANT ? requestsTogether(model, both) : worst;
        } catch (MaasException | ArithmeticException e) {
            if (e instanceof MaasException failure && isOfTheHost(failure.code())) {
                throw failure; // the answer is kept for good, and says nothing of a moment when the host had no room
            }
            LOG.warn(
                    "Whether {} is batch-invariant could not be measured: its calls are run alone", manifest.name(), e);
            return BatchInvariance.UNKNOWN;
        }
    }

    private static boolean isOfTheHost(ErrorCode code) {
        return switch (code) {
            case OUT_OF_MEMORY, OVERLOADED, CLOSED, CANCELLED, DEADLINE_EXCEEDED -> true;
            default -> false;
        };
    }

    /** The same once more for two callers, whose inputs the platform puts together and pads. */
    private static BatchInvariance requestsTogether(EngineModel model, Tensors both) {
        List<Tensors> pair = List.of(model.prepared(RowByRow.row(both, 0)), model.prepared(RowByRow.row(both, 1)));
        BatchInvariance rows = requestsTogether(model, pair);
        // the rows of a self-test may be of one length, and then they show nothing of padding
        return model.queue().hasUnfilled(pair)
                ? worst(rows, model.fromSamples(samples -> requestsTogether(model, samples)))
                : rows;
    }

    private static BatchInvariance requestsTogether(EngineModel model, List<Tensors> requests) {
        List<Tensors> alone = new ArrayList<>();
        for (Tensors request : requests) {
            alone.add(model.queue().call(request, call()));
        }
        BatchInvariance worst = BatchInvariance.INVARIANT;
        List<Tensors> together = model.queue().together(requests);
        if (together.isEmpty()) {
            // these cannot be put together: where others can that need filling up, what that changes is not known
            return model.queue().fillsUp() ? BatchInvariance.UNKNOWN : BatchInvariance.INVARIANT;
        }
        for (int i = 0; i < together.size(); i++) {
            for (String name : alone.get(i).names()) {
                BatchInvariance one =
                        compare(alone.get(i).get(name), together.get(i).get(name));
                worst = worst(one, worst);
            }
        }
        return worst;
    }

    private static BatchInvariance worst(BatchInvariance one, BatchInvariance other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /**
     * Runs batches of growing size, so that no caller pays for what an engine puts off, and the best size is known. Not of a model whose
     * inputs may have any length: what batches of made-up lengths cost says nothing of those that will come.
     */
    static void warmUpBatches(EngineModel model) {
        if (model.hasMadeUpLengths()) {
            return;
        }
        long start = System.nanoTime();
        try {
            Tensors sample = model.prepared(SampleInputs.row(model.signature(), 0));
            for (int size = 1; size <= LARGEST_WARM_UP && model.queue().isWorthTrying(sample, size); size *= 2) {
                for (int run = 0; run < WARM_UP_RUNS; run++) {
                    model.queue().together(Collections.nCopies(size, sample));
                }
                if (System.nanoTime() - start > WARM_UP_NANOS) {
                    return;
                }
            }
        } catch (MaasException | ArithmeticException e) {
            LOG.debug("Batches of {} could not be warmed up", model.signature(), e);
        }
    }

    /**
     * Quantising by what is in the batch moves numbers a little; a model that reads its rows as one whole, such as the steps
     * of a sequence, gives others altogether. Outputs that are not by row, or longer when padded, are of the second kind.
     */
    private static BatchInvariance compare(Tensor alone, Tensor together, int row) {
        if (together.shape().dim(0) != ROWS) {
            return BatchInvariance.DEPENDENT;
        }
        return compare(alone, together.rows(row, row + 1));
    }

    private static BatchInvariance compare(Tensor alone, Tensor same) {
        if (!same.shape().equals(alone.shape())) {
            return BatchInvariance.DEPENDENT;
        }
        double scale = Close.scale(alone);
        if (Close.enough(alone, same, ATOL_OF_SCALE * scale, RTOL)) {
            return BatchInvariance.INVARIANT;
        }
        return Close.distance(alone, same) <= NEARLY ? BatchInvariance.VARIANT : BatchInvariance.DEPENDENT;
    }

    /** Two rows: of a self-test, which are real ones, or made up. */
    private static Tensors examples(Manifest manifest, Signature signature) {
        for (Manifest.SelfTest test : manifest.selfTests()) {
            if (test.inputs().size() > 0
                    && test.inputs().get(0).shape().rank() > 0
                    && test.inputs().get(0).shape().dim(0) >= ROWS) {
                Tensors.Builder first = Tensors.builder();
                test.inputs().forEach((name, tensor) -> first.add(name, tensor.rows(0, ROWS)));
                return first.build();
            }
        }
        return RowByRow.concat(List.of(SampleInputs.row(signature, 0), SampleInputs.row(signature, 1)));
    }
}
