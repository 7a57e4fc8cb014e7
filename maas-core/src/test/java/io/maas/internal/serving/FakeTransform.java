package io.maas.internal.serving;

import io.maas.model.Manifest.TransformStep;
import io.maas.model.Signature;
import io.maas.model.TensorSpec;
import io.maas.spi.ModelFiles;
import io.maas.spi.Transform;
import io.maas.spi.TransformProvider;
import io.maas.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/** Transforms that a test describes, and that remember what was done with them. */
final class FakeTransform implements TransformProvider {
    final List<String> events = new ArrayList<>();
    private final String name;
    private final int version;
    private final Signature signature;
    private final UnaryOperator<Tensors> work;

    FakeTransform(String name, int version, Signature signature, UnaryOperator<Tensors> work) {
        this.name = name;
        this.version = version;
        this.signature = signature;
        this.work = work;
    }

    /** One that only says what it reads and makes. */
    static FakeTransform of(String name, List<TensorSpec> reads, List<TensorSpec> makes) {
        return new FakeTransform(name, 1, new Signature(reads, makes), inputs -> inputs);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int version() {
        return version;
    }

    @Override
    public Transform create(TransformStep step, ModelFiles files) {
        events.add("create " + step.version() + " " + step.with());
        return new Transform() {
            @Override
            public Signature signature(Map<String, TensorSpec> available) {
                events.add("sees " + new TreeSet<>(available.keySet()));
                if (step.with().containsKey("fail")) {
                    throw new IllegalStateException("it is told to fail");
                }
                return signature;
            }

            @Override
            public Tensors apply(Tensors inputs) {
                events.add("reads " + inputs.names());
                return work.apply(inputs);
            }

            @Override
            public void close() {
                events.add("close");
                if (step.with().containsKey("failClose")) {
                    throw new IllegalStateException("it is told to fail when closed");
                }
            }
        };
    }
}
