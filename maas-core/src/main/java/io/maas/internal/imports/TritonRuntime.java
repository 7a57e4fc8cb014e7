package io.maas.internal.imports;

import io.maas.model.Manifest.Batching;
import io.maas.model.Manifest.RuntimeSpec;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * How Triton would run a model.
 *
 * @param isBatched whether the declared dimensions leave out a batch in front
 * @param spec the rest
 */
record TritonRuntime(boolean isBatched, RuntimeSpec spec) {
    static TritonRuntime read(Doc config) {
        Doc size = config.field("max_batch_size");
        int max = size.wholeFrom(0).orElse(0);
        if (size.isPresent() && size.wholeFrom(0).isEmpty()) {
            throw size.at().refused("no batch has " + size.value() + " rows");
        }
        if (max > 0) {
            size.carried("runtime.batching.max, and a dimension 'batch' in front of every tensor");
        } else {
            size.carried("the dimensions are taken as they are, without a batch in front");
        }
        Set<String> devices = new LinkedHashSet<>();
        OptionalInt instances = instances(config.field("instance_group"), devices);
        Optional<Batching> batching = max > 0
                ? Optional.of(new Batching(
                        OptionalInt.of(max), delay(config.field("dynamic_batching")), OptionalDouble.empty(), Map.of()))
                : Optional.empty();
        OptionalInt threads = threads(config.field("parameters"));
        return new TritonRuntime(
                max > 0,
                new RuntimeSpec(
                        List.copyOf(devices),
                        OptionalInt.empty(),
                        threads,
                        batching,
                        instances,
                        OptionalInt.empty(),
                        Optional.empty()));
    }

    private static int delay(Doc batching) {
        Doc delay = batching.field("max_queue_delay_microseconds");
        OptionalLong micros = delay.whole();
        if (micros.isEmpty() || micros.getAsLong() < 0) {
            return 0;
        }
        long millis = Math.min(Integer.MAX_VALUE, micros.getAsLong() / 1000 + (micros.getAsLong() % 1000 > 0 ? 1 : 0));
        if (millis * 1000 == micros.getAsLong()) {
            delay.carried("runtime.batching.maxDelayMs, " + millis);
        } else {
            delay.adapted("runtime.batching.maxDelayMs, rounded up to " + millis);
        }
        return (int) millis;
    }

    private static OptionalInt instances(Doc groups, Set<String> devices) {
        long copies = 0;
        for (Doc group : groups.items()) {
            Doc count = group.field("count");
            Doc kind = group.field("kind");
            copies += count.wholeFrom(1).orElse(1);
            count.carried("counted in runtime.instances");
            switch (kind.text().orElse("KIND_AUTO")) {
                case "KIND_CPU" -> {
                    devices.add("cpu");
                    kind.carried("runtime.devices, 'cpu'");
                }
                case "KIND_GPU" -> {
                    devices.add("gpu");
                    kind.adapted("runtime.devices, 'gpu' preferred and 'cpu' where there is none");
                }
                case "KIND_AUTO" -> kind.carried("the host chooses the device");
                default -> kind.dropped("what devices a model chooses by itself is not known");
            }
        }
        if (devices.contains("gpu")) {
            devices.remove("cpu");
            devices.add("cpu");
        }
        return copies > 0 ? OptionalInt.of((int) Math.min(copies, Integer.MAX_VALUE)) : OptionalInt.empty();
    }

    private static OptionalInt threads(Doc parameters) {
        for (Doc parameter : parameters.items()) {
            Doc value = parameter.fields("value", "string_value");
            if (parameter.text("key").orElse("").equalsIgnoreCase("intra_op_thread_count")) {
                OptionalInt threads = value.wholeFrom(1);
                if (threads.isPresent()) {
                    parameter.carried("runtime.threads");
                    return threads;
                }
            }
        }
        return OptionalInt.empty();
    }
}
