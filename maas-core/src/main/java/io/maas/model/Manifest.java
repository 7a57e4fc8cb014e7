package io.maas.model;

import io.maas.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What a package says about itself: the content of its {@code maas.json}. The files are the truth; this describes them.
 *
 * @param name the model's name
 * @param version the label it asks for; if empty, the registry assigns 1, 2, 3 …
 * @param format {@code onnx}, {@code torchscript} …; chooses the backend
 * @param inputs what the engine's inputs are declared to be; may be left empty where the engine can tell
 * @param outputs what the engine's outputs are declared to be; may be left empty where the engine can tell
 * @param files every file but {@code maas.json} and {@code model.sig}
 * @param runtime how it wants to be run
 * @param comparability whether its outputs may be mixed with those of other versions
 * @param before steps from the caller's inputs to the engine's
 * @param after steps from the engine's outputs to the caller's
 * @param selfTests calls with known answers
 * @param reference what drift is measured against, as it stands in the file
 * @param metrics what was measured about it
 * @param license under which licence it is offered
 * @param card the path of its model card
 * @param provenance where it comes from
 * @param dependsOn other bundles it needs
 * @param requires what it needs of the platform
 * @param owner who answers for it
 * @param runbook where to look when it misbehaves
 * @param extensions anything else, kept as it is
 */
public record Manifest(
        ModelName name,
        Optional<String> version,
        String format,
        List<TensorSpec> inputs,
        List<TensorSpec> outputs,
        List<FileEntry> files,
        RuntimeSpec runtime,
        Comparability comparability,
        List<TransformStep> before,
        List<TransformStep> after,
        List<SelfTest> selfTests,
        Map<String, Object> reference,
        List<Metric> metrics,
        Optional<License> license,
        Optional<String> card,
        Provenance provenance,
        List<Dependency> dependsOn,
        Requirements requires,
        Optional<String> owner,
        Optional<String> runbook,
        Map<String, Object> extensions) {
    /** The version of the format that this platform writes. */
    public static final String SCHEMA = "maas/1";

    /** Copies the collections. */
    public Manifest {
        version.ifPresent(Names::version);
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        files = List.copyOf(files);
        before = List.copyOf(before);
        after = List.copyOf(after);
        selfTests = List.copyOf(selfTests);
        reference = Map.copyOf(reference);
        metrics = List.copyOf(metrics);
        dependsOn = List.copyOf(dependsOn);
        extensions = Map.copyOf(extensions);
    }

    /** What a file is for. */
    public enum Role {
        /** What the engine loads. */
        WEIGHTS,
        /** What a transform or the engine reads beside the weights. */
        CONFIG,
        /** The names of classes, one a line. */
        LABELS,
        /** Example data. */
        SAMPLE,
        /** For people. */
        DOC
    }

    /** Whether outputs mean the same as those of other versions of the model, so that either may answer a call. */
    public enum Comparability {
        /** They do. */
        COMPARABLE,
        /** They do not, as with embeddings of a space of their own: an alias cannot be shared with another version. */
        INCOMPARABLE
    }

    /**
     * A file of the package.
     *
     * @param path its path in the package, with slashes
     * @param role what it is for
     * @param size its size in bytes
     * @param digest the digest of its content
     */
    public record FileEntry(String path, Role role, long size, Digest digest) {}

    /**
     * How a model wants to be run. What is left out is for the host to choose.
     *
     * @param devices devices it can run on, the preferred first
     * @param memoryMb memory it needs, in MiB
     * @param threads threads for one call
     * @param batching how calls may be run together
     * @param instances the most runs at the same time; the host allows no more than its cores can do
     * @param minInstances how many of these to allow in any case, even if more gets done with fewer; 1 where it is left out
     * @param cache how answers are kept, if they are
     */
    public record RuntimeSpec(
            List<String> devices,
            OptionalInt memoryMb,
            OptionalInt threads,
            Optional<Batching> batching,
            OptionalInt instances,
            OptionalInt minInstances,
            Optional<Caching> cache) {
        /** Copies the list. */
        public RuntimeSpec {
            devices = List.copyOf(devices);
        }

        /** Everything left to the host. */
        public static RuntimeSpec unspecified() {
            return new RuntimeSpec(
                    List.of(),
                    OptionalInt.empty(),
                    OptionalInt.empty(),
                    Optional.empty(),
                    OptionalInt.empty(),
                    OptionalInt.empty(),
                    Optional.empty());
        }

        /** Returns this for these devices. */
        public RuntimeSpec devices(List<String> names) {
            return new RuntimeSpec(names, memoryMb, threads, batching, instances, minInstances, cache);
        }

        /** Returns this for a model that needs so much memory, in MiB. */
        public RuntimeSpec memoryMb(int most) {
            return new RuntimeSpec(devices, OptionalInt.of(most), threads, batching, instances, minInstances, cache);
        }

        /** Returns this for so many threads a call. */
        public RuntimeSpec threads(int count) {
            return new RuntimeSpec(devices, memoryMb, OptionalInt.of(count), batching, instances, minInstances, cache);
        }

        /** Returns this for calls that are run together in this way. */
        public RuntimeSpec batching(Batching how) {
            return new RuntimeSpec(devices, memoryMb, threads, Optional.of(how), instances, minInstances, cache);
        }

        /** Returns this for at most so many runs at the same time. */
        public RuntimeSpec instances(int most) {
            return new RuntimeSpec(devices, memoryMb, threads, batching, OptionalInt.of(most), minInstances, cache);
        }

        /**
         * Returns this for so many runs at the same time, in any case and at most. The host finds out how many in between get the most
         * done.
         */
        public RuntimeSpec instances(int least, int most) {
            return new RuntimeSpec(
                    devices, memoryMb, threads, batching, OptionalInt.of(most), OptionalInt.of(least), cache);
        }

        /** Returns this for answers that are kept in this way. */
        public RuntimeSpec cache(Caching how) {
            return new RuntimeSpec(devices, memoryMb, threads, batching, instances, minInstances, Optional.of(how));
        }
    }

    /**
     * How answers are kept, for inputs that come again. Only for models that always give the same answer to the same inputs.
     *
     * @param maxMb the most memory that answers may take, in MiB, 1 or more; those that were asked for longest ago go first
     * @param seconds how long an answer is kept; if empty, until there is no room
     */
    public record Caching(int maxMb, OptionalInt seconds) {}

    /**
     * How calls may be run together.
     *
     * @param max the most rows in one run
     * @param maxDelayMs how long a call may wait for others, in milliseconds; 0 is never
     * @param rtol how far results may differ from those of a call alone, relatively; empty means within rounding
     * @param pad by the name of an input of the engine, the value that fills up shorter rows where they are run beside longer
     *     ones. Inputs of the engine that a transform makes need none. Rows of other inputs are run together only where they are
     *     equally long
     */
    public record Batching(OptionalInt max, int maxDelayMs, OptionalDouble rtol, Map<String, Double> pad) {
        /** Copies the map. */
        public Batching {
            pad = Map.copyOf(pad);
        }

        /** Whatever is good, with no waiting. */
        public static Batching unspecified() {
            return new Batching(OptionalInt.empty(), 0, OptionalDouble.empty(), Map.of());
        }

        /** Returns this with at most so many rows in one run. */
        public Batching max(int rows) {
            return new Batching(OptionalInt.of(rows), maxDelayMs, rtol, pad);
        }

        /** Returns this for calls that wait so long for others. */
        public Batching maxDelayMs(int millis) {
            return new Batching(max, millis, rtol, pad);
        }

        /** Returns this for results that may differ by so much, relatively. */
        public Batching rtol(double tolerance) {
            return new Batching(max, maxDelayMs, OptionalDouble.of(tolerance), pad);
        }

        /** Returns this with what fills up shorter rows. */
        public Batching pad(Map<String, Double> values) {
            return new Batching(max, maxDelayMs, rtol, values);
        }
    }

    /**
     * A step before or after the engine.
     *
     * @param name the transform's name
     * @param version the transform's version
     * @param with its settings, as JSON values
     */
    public record TransformStep(String name, int version, Map<String, Object> with) {
        /** Copies the map. */
        public TransformStep {
            with = Map.copyOf(with);
        }
    }

    /**
     * A call with a known answer.
     *
     * @param inputs what to call with, as a caller would
     * @param expected what to expect of the outputs named here
     * @param atol absolute tolerance
     * @param rtol relative tolerance
     * @param maxLatencyMs the longest it may take, in milliseconds
     */
    public record SelfTest(Tensors inputs, Tensors expected, double atol, double rtol, OptionalDouble maxLatencyMs) {}

    /**
     * A figure measured about the model.
     *
     * @param name what was measured
     * @param value the figure
     * @param dataset on what
     * @param split on which part of it
     */
    public record Metric(String name, double value, Optional<String> dataset, Optional<String> split) {}

    /**
     * A licence.
     *
     * @param spdx its SPDX expression
     * @param file the path of its text in the package
     */
    public record License(String spdx, Optional<String> file) {}

    /**
     * Where a model comes from.
     *
     * @param baseModels what it was made from
     * @param datasets what it was trained on
     * @param git the commit of the code that trained it
     * @param trainer what trained it
     * @param builtAt when, as written
     */
    public record Provenance(
            List<String> baseModels,
            List<String> datasets,
            Optional<String> git,
            Optional<String> trainer,
            Optional<String> builtAt) {
        /** Copies the lists. */
        public Provenance {
            baseModels = List.copyOf(baseModels);
            datasets = List.copyOf(datasets);
        }

        /** Nothing is known. */
        public static Provenance unknown() {
            return new Provenance(List.of(), List.of(), Optional.empty(), Optional.empty(), Optional.empty());
        }
    }

    /**
     * Another bundle that a model needs.
     *
     * @param model its name
     * @param digest its identity
     */
    public record Dependency(ModelName model, Digest digest) {}

    /**
     * What a package needs of the platform.
     *
     * @param maas the lowest version of the platform
     * @param engine the engine, such as {@code onnxruntime}, or with its lowest version, {@code onnxruntime>=1.17}
     * @param opset the operator set of the model
     * @param functions transforms that must be there
     */
    public record Requirements(
            Optional<String> maas, Optional<String> engine, OptionalInt opset, List<String> functions) {
        /** Copies the list. */
        public Requirements {
            functions = List.copyOf(functions);
        }

        /** Nothing in particular. */
        public static Requirements none() {
            return new Requirements(Optional.empty(), Optional.empty(), OptionalInt.empty(), List.of());
        }
    }

    /** Returns the file at {@code path}, if the package has it. */
    public Optional<FileEntry> file(String path) {
        return files.stream().filter(file -> file.path().equals(path)).findFirst();
    }

    /** Returns a builder with nothing but what every package has. */
    public static Builder builder(String name, String format) {
        return new Builder(ModelName.of(name), format);
    }

    /** Returns a builder that starts from this. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Collects a manifest. Not thread-safe. */
    public static final class Builder {
        private final ModelName name;
        private final String format;
        private Optional<String> version = Optional.empty();
        private final List<TensorSpec> inputs = new ArrayList<>();
        private final List<TensorSpec> outputs = new ArrayList<>();
        private List<FileEntry> files = List.of();
        private RuntimeSpec runtime = RuntimeSpec.unspecified();
        private Comparability comparability = Comparability.COMPARABLE;
        private final List<TransformStep> before = new ArrayList<>();
        private final List<TransformStep> after = new ArrayList<>();
        private final List<SelfTest> selfTests = new ArrayList<>();
        private Map<String, Object> reference = Map.of();
        private final List<Metric> metrics = new ArrayList<>();
        private Optional<License> license = Optional.empty();
        private Optional<String> card = Optional.empty();
        private Provenance provenance = Provenance.unknown();
        private final List<Dependency> dependsOn = new ArrayList<>();
        private Requirements requires = Requirements.none();
        private Optional<String> owner = Optional.empty();
        private Optional<String> runbook = Optional.empty();
        private Map<String, Object> extensions = Map.of();

        private Builder(ModelName name, String format) {
            this.name = name;
            this.format = Objects.requireNonNull(format, "format");
        }

        private Builder(Manifest from) {
            this(from.name, from.format);
            version = from.version;
            inputs.addAll(from.inputs);
            outputs.addAll(from.outputs);
            files = from.files;
            runtime = from.runtime;
            comparability = from.comparability;
            before.addAll(from.before);
            after.addAll(from.after);
            selfTests.addAll(from.selfTests);
            reference = from.reference;
            metrics.addAll(from.metrics);
            license = from.license;
            card = from.card;
            provenance = from.provenance;
            dependsOn.addAll(from.dependsOn);
            requires = from.requires;
            owner = from.owner;
            runbook = from.runbook;
            extensions = from.extensions;
        }

        /** Asks for a version label; by default the registry assigns one. */
        public Builder version(String label) {
            version = Optional.of(Names.version(label));
            return this;
        }

        /** Declares an input of the engine. */
        public Builder input(TensorSpec spec) {
            inputs.add(spec);
            return this;
        }

        /** Declares an output of the engine. */
        public Builder output(TensorSpec spec) {
            outputs.add(spec);
            return this;
        }

        /** Sets the list of files; whoever writes a package computes it. */
        public Builder files(List<FileEntry> list) {
            files = List.copyOf(list);
            return this;
        }

        /** Says how the model wants to be run. */
        public Builder runtime(RuntimeSpec spec) {
            runtime = spec;
            return this;
        }

        /** Says that outputs must not be mixed with those of other versions. */
        public Builder incomparable() {
            comparability = Comparability.INCOMPARABLE;
            return this;
        }

        /** Adds a step before the engine, at version 1. */
        public Builder before(String transform, Map<String, Object> with) {
            before.add(new TransformStep(transform, 1, with));
            return this;
        }

        /** Adds a step after the engine, at version 1. */
        public Builder after(String transform, Map<String, Object> with) {
            after.add(new TransformStep(transform, 1, with));
            return this;
        }

        /** Adds a call with a known answer. */
        public Builder selfTest(SelfTest test) {
            selfTests.add(test);
            return this;
        }

        /** Adds a figure. */
        public Builder metric(Metric metric) {
            metrics.add(metric);
            return this;
        }

        /** Sets what drift is measured against. */
        public Builder reference(Map<String, Object> data) {
            reference = data;
            return this;
        }

        /** Sets the licence by its SPDX expression. */
        public Builder license(String spdx) {
            license = Optional.of(new License(spdx, Optional.empty()));
            return this;
        }

        /** Sets the licence. */
        public Builder license(License value) {
            license = Optional.of(value);
            return this;
        }

        /** Sets the path of the model card. */
        public Builder card(String path) {
            card = Optional.of(path);
            return this;
        }

        /** Says where the model comes from. */
        public Builder provenance(Provenance value) {
            provenance = value;
            return this;
        }

        /** Adds a bundle that the model needs. */
        public Builder dependsOn(Dependency dependency) {
            dependsOn.add(dependency);
            return this;
        }

        /** Says what the model needs of the platform. */
        public Builder requires(Requirements value) {
            requires = value;
            return this;
        }

        /** Says who answers for the model. */
        public Builder owner(String value) {
            owner = Optional.of(value);
            return this;
        }

        /** Says where to look when the model misbehaves. */
        public Builder runbook(String value) {
            runbook = Optional.of(value);
            return this;
        }

        /** Sets what the platform keeps without reading it. */
        public Builder extensions(Map<String, Object> values) {
            extensions = values;
            return this;
        }

        /** Returns the manifest. */
        public Manifest build() {
            return new Manifest(
                    name,
                    version,
                    format,
                    inputs,
                    outputs,
                    files,
                    runtime,
                    comparability,
                    before,
                    after,
                    selfTests,
                    reference,
                    metrics,
                    license,
                    card,
                    provenance,
                    dependsOn,
                    requires,
                    owner,
                    runbook,
                    extensions);
        }
    }
}
