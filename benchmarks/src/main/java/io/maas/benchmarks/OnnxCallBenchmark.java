package io.maas.benchmarks;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.maas.Maas;
import io.maas.backend.djl.OnnxBackendProvider;
import io.maas.model.TensorSpec;
import io.maas.predict.CallOptions;
import io.maas.predict.Predictor;
import io.maas.repository.PackageSource;
import io.maas.repository.PublishOptions;
import io.maas.spi.LoadedModel;
import io.maas.spi.Placement;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import io.maas.testkit.PlainCall;
import io.maas.testkit.onnx.OnnxModels;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One call of batch 1 through the backend, against ONNX Runtime with new buffers for each call (as most programs use it)
 * and with buffers pinned once and for all (the least there can be). Only ratios within one run mean anything.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class OnnxCallBenchmark {
    private static final int LENGTH = 16;

    /** The model. */
    @Param({"mlp", "minilm"})
    public String model = "";

    private final Map<String, OnnxTensor> pinnedInputs = new LinkedHashMap<>();
    private final Map<String, OnnxTensor> pinnedOutputs = new LinkedHashMap<>();
    private LoadedModel loaded = absent();
    private final List<Buffer> buffers = new ArrayList<>();
    private Tensors inputs = Tensors.empty();
    private PlainCall call = new PlainCall(Tensors.empty());
    private OrtEnvironment environment = absent();
    private OrtSession session = absent();
    private Path folder = Path.of("");
    private Path file = Path.of("");
    private Maas maas = absent();
    private Predictor<Tensors, Tensors> predictor = absent();

    /** For JMH. */
    public OnnxCallBenchmark() {}

    /** Stands for a field until {@link #open}. */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T absent() {
        return null;
    }

    /** Loads the model twice, by the backend and by hand, with the same options. */
    @Setup
    public void open() throws IOException, OrtException {
        folder = Files.createTempDirectory("benchmark");
        file = Files.write(folder.resolve("model.onnx"), content());
        loaded = new OnnxBackendProvider().open().load(new OneFile(file), Placement.cpu());
        environment = OrtEnvironment.getEnvironment();
        try (SessionOptions options = new SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            session = environment.createSession(file.toString(), options);
        }
        Tensors.Builder given = Tensors.builder();
        for (TensorSpec spec : loaded.signature().inputs()) {
            Tensor tensor = input(spec);
            given.add(spec.name(), tensor);
            boolean floats = tensor.type() == DataType.FP32;
            buffers.add(floats ? FloatBuffer.wrap(tensor.toFloats()) : LongBuffer.wrap(tensor.toLongs()));
            ByteBuffer memory = direct((int) tensor.byteSize());
            tensor.copyTo(memory);
            pinnedInputs.put(spec.name(), shared(Tensor.wrap(tensor.type(), memory.flip(), dims(tensor))));
        }
        inputs = given.build();
        call = new PlainCall(inputs);
        loaded.infer(call);
        openPlatform();
        call.outputs().forEach((name, tensor) -> {
            ByteBuffer memory = direct((int) tensor.byteSize());
            try {
                pinnedOutputs.put(name, shared(Tensor.wrap(tensor.type(), memory, dims(tensor))));
            } catch (OrtException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private void openPlatform() {
        maas = Maas.builder()
                .store(URI.create("memory:benchmark"))
                .cache(folder.resolve("cache"))
                .pollInterval(Duration.ZERO)
                .open();
        maas.repository()
                .publish(maas.repository().register(PackageSource.onnx("model", file)), PublishOptions.toProduction());
        predictor = maas.predictor("model");
    }

    private byte[] content() throws IOException {
        if (model.equals("mlp")) {
            return OnnxModels.mlp(100, 64);
        }
        String resource = "/all-minilm-l6-v2.onnx";
        try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream(resource), resource)) {
            return in.readAllBytes();
        }
    }

    private static Tensor input(TensorSpec spec) {
        if (spec.type() == DataType.FP32) {
            float[] values = new float[100];
            Arrays.fill(values, 0.5f);
            return Tensor.wrap(values, 1, 100);
        }
        long[] values = new long[LENGTH];
        Arrays.fill(values, spec.name().equals("input_ids") ? 2000 : 1);
        return Tensor.wrap(values, 1, LENGTH);
    }

    private static long[] dims(Tensor tensor) {
        return tensor.shape().toArray();
    }

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    private OnnxTensor shared(Tensor tensor) throws OrtException {
        return tensor.type() == DataType.FP32
                ? OnnxTensor.createTensor(environment, (FloatBuffer) tensor.asBuffer(), dims(tensor))
                : OnnxTensor.createTensor(environment, (LongBuffer) tensor.asBuffer(), dims(tensor));
    }

    /** Closes what {@link #open} opened. */
    @TearDown
    public void close() throws IOException, OrtException {
        pinnedInputs.values().forEach(OnnxTensor::close);
        pinnedOutputs.values().forEach(OnnxTensor::close);
        session.close();
        loaded.close();
        maas.close();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** ONNX Runtime with new buffers, read as its own examples do. */
    @Benchmark
    public Object rawFreshBuffers() throws OrtException {
        Map<String, OnnxTensor> feeds = new LinkedHashMap<>();
        try {
            for (int i = 0; i < inputs.size(); i++) {
                Tensor tensor = inputs.get(i);
                OnnxTensor fresh = tensor.type() == DataType.FP32
                        ? OnnxTensor.createTensor(environment, (FloatBuffer) buffers.get(i), dims(tensor))
                        : OnnxTensor.createTensor(environment, (LongBuffer) buffers.get(i), dims(tensor));
                feeds.put(inputs.name(i), fresh);
            }
            try (OrtSession.Result result = session.run(feeds)) {
                return result.get(0).getValue();
            }
        } finally {
            feeds.values().forEach(OnnxTensor::close);
        }
    }

    /** ONNX Runtime with the same buffers every time, neither filled nor read. */
    @Benchmark
    public Object rawPinned() throws OrtException {
        try (OrtSession.Result result = session.run(pinnedInputs, Set.of(), pinnedOutputs)) {
            return result;
        }
    }

    /** The backend, from tensors on the heap to tensors on the heap. */
    @Benchmark
    public Object backendInfer() {
        loaded.infer(call);
        return call.outputs();
    }

    /** The whole path of a prediction: lease, checks, scheduler, engine. */
    @Benchmark
    public Object predict() {
        return predictor.predict(inputs);
    }

    /** The same with a receipt. */
    @Benchmark
    public Object callWithReceipt() {
        return predictor.call(inputs, CallOptions.defaults());
    }
}
