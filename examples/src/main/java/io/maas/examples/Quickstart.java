package io.maas.examples;

import io.maas.Maas;
import io.maas.model.ModelName;
import io.maas.predict.CallOptions;
import io.maas.predict.Predictor;
import io.maas.repository.AliasMove;
import io.maas.repository.ModelRepository;
import io.maas.repository.ModelVersion;
import io.maas.repository.PackageSource;
import io.maas.repository.PublishOptions;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/**
 * The main job, on real models: register, publish, call, publish a better version under load, roll back. Run it twice on
 * one folder to see that everything was kept.
 */
public final class Quickstart {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int THREADS = 8;

    private final Maas maas;
    private final ModelRepository repository;
    private final Path folder;
    private final PrintStream out;

    private Quickstart(Maas maas, Path folder, PrintStream out) {
        this.maas = maas;
        this.repository = maas.repository();
        this.folder = folder;
        this.out = out;
    }

    /**
     * Runs it.
     *
     * @param args the folder to keep everything in; {@code quickstart-store} if there is none
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        Path folder = Path.of(args.length > 0 ? args[0] : "quickstart-store");
        run(folder, new PrintStream(System.out, true, StandardCharsets.UTF_8));
    }

    static void run(Path folder, PrintStream out) throws IOException, InterruptedException {
        try (Maas maas = Maas.builder()
                .store(folder.resolve("models"))
                .cache(folder.resolve("cache"))
                .actor("quickstart")
                .open()) {
            new Quickstart(maas, folder, out).run();
        }
    }

    private void run() throws IOException, InterruptedException {
        greet();
        embedSentences();
        swapDigits();
        showHistory();
    }

    private void greet() {
        out.println("MaaS for the JVM, quickstart");
        List<ModelName> kept = repository.models();
        if (kept.isEmpty()) {
            out.printf("   A new store in %s; run this again to see that it lasts.%n", folder);
        } else {
            out.printf("   The store in %s was here before, with %d commits:%n", folder, repository.head() + 1);
            for (ModelName name : kept) {
                String production = repository.aliases(name).containsKey("production")
                        ? repository.resolve(name.value()).version()
                        : "none";
                out.printf(
                        "   %-22s versions %s, production %s%n",
                        name,
                        repository.versions(name).stream()
                                .map(ModelVersion::version)
                                .toList(),
                        production);
            }
        }
    }

    private ModelVersion register(PackageSource source) {
        ModelVersion version = repository.register(source);
        out.printf(
                Locale.ROOT,
                "   %-22s %s, %,d bytes%n",
                version,
                version.digest().abbreviated(),
                version.size());
        return version;
    }

    // ---- sentences

    private void embedSentences() throws IOException {
        out.printf("%n1. Sentences%n");
        repository.publish(register(MiniLm.source()), PublishOptions.toProduction());
        Predictor<Tensors, Tensors> embed = maas.predictor(MiniLm.NAME);
        String[] sentences = {
            "A man is eating food.", "Someone is having a meal.", "The stock market fell sharply today."
        };
        Tensor vectors = embed.predict(Tensors.of("text", Tensor.of(sentences))).get("embedding");
        out.printf("   %-22s %s%n", "takes and gives", embed.signature());
        for (int other = 1; other < sentences.length; other++) {
            out.printf(
                    Locale.ROOT,
                    "   %-22s %5.2f  \"%s\" and \"%s\"%n",
                    "similarity",
                    dot(vectors, 0, other),
                    sentences[0],
                    sentences[other]);
        }
    }

    /** The cosine of two rows, which are unit vectors. */
    private static double dot(Tensor vectors, int a, int b) {
        double sum = 0;
        for (int i = 0; i < vectors.shape().dim(1); i++) {
            sum += vectors.floatAt(a, i) * vectors.floatAt(b, i);
        }
        return sum;
    }

    // ---- digits

    private void swapDigits() throws IOException, InterruptedException {
        out.printf("%n2. Handwritten digits%n");
        ModelVersion weak = register(Digits.source("v1", folder.resolve("packages")));
        ModelVersion strong = register(Digits.source("v2", folder.resolve("packages")));
        Digits holdout = Digits.holdout();

        maas.awaitServing(repository.publish(weak, PublishOptions.toProduction().reason("the first that works")));
        Predictor<Tensors, Tensors> digits = maas.predictor(Digits.NAME);
        measure(digits, holdout);

        out.printf("   %-22s %d threads keep calling%n", "publishing " + strong, THREADS);
        Load load = new Load(digits, holdout);
        load.start(THREADS);
        try {
            load.awaitCalls(2_000, new Progress(out, "calling version 1"));
            maas.awaitServing(
                    repository.publish(strong, PublishOptions.toProduction().reason("better on the held-out images")));
            load.awaitCalls(2_000, new Progress(out, "calling version 2"));
        } finally {
            load.stop();
        }
        out.printf(Locale.ROOT, "   %-22s %,d made, %d failed%n", "calls", load.calls(), load.failed());
        load.byVersion()
                .forEach((version, count) ->
                        out.printf(Locale.ROOT, "   %-22s %,d%n", "  answered by " + version, count));
        measure(digits, holdout);

        maas.awaitServing(repository.rollback(Digits.NAME));
        out.printf("   %-22s to %s%n", "rolled back", repository.resolve(Digits.NAME));
        measure(digits, holdout);
        if (load.failed() > 0) {
            throw new IllegalStateException(load.failed() + " calls failed", load.firstFailure());
        }
    }

    private void measure(Predictor<Tensors, Tensors> digits, Digits holdout) {
        String version =
                digits.call(holdout.image(0), CallOptions.defaults()).receipt().version();
        double accuracy = holdout.accuracy(digits, new Progress(out, "measuring"));
        out.printf(
                Locale.ROOT,
                "   %-22s %5.1f %% of %d held-out images right%n",
                "digits:" + version,
                100 * accuracy,
                holdout.size());
    }

    private void showHistory() {
        out.printf("%n3. History of digits@production%n");
        for (AliasMove move : repository.history(ModelName.of(Digits.NAME))) {
            out.printf(
                    "   commit %-4d %s  %-10s %-9s %s -> %s%s%n",
                    move.commit().number(),
                    TIME.format(move.commit().time()),
                    move.commit().actor(),
                    move.kind().name().toLowerCase(Locale.ROOT),
                    move.from().orElse("-"),
                    move.to().orElse("-"),
                    move.commit().reason().map(reason -> "  (" + reason + ")").orElse(""));
        }
    }
}
