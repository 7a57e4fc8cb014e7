package io.maas.examples;

import io.maas.Attestations;
import io.maas.Maas;
import io.maas.Packages;
import io.maas.Registries;
import io.maas.model.ModelName;
import io.maas.model.TrustKey;
import io.maas.monitor.DeviceStats;
import io.maas.monitor.ModelStats;
import io.maas.monitor.Outcome;
import io.maas.predict.CallOptions;
import io.maas.predict.Prediction;
import io.maas.predict.Predictor;
import io.maas.predict.Priority;
import io.maas.repository.AuditFormat;
import io.maas.repository.AuditLog;
import io.maas.repository.AuditQuery;
import io.maas.repository.CollectOptions;
import io.maas.repository.CopyOptions;
import io.maas.repository.ImportReport;
import io.maas.repository.Maintenance;
import io.maas.repository.ModelRepository;
import io.maas.repository.ModelVersion;
import io.maas.repository.PackageSource;
import io.maas.repository.PromoteOptions;
import io.maas.repository.PublishOptions;
import io.maas.repository.RetireOptions;
import io.maas.repository.SweepOptions;
import io.maas.repository.Traffic;
import io.maas.repository.TrafficOptions;
import io.maas.spi.Signer;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The example of the README as a program; a test compares the two and runs this in a folder with a package "digits". */
final class ReadmeExample {
    private ReadmeExample() {}

    record Image(float[] image) {}

    record Digit(long outputLabel, float[] outputProbability) {}

    public static void main(String[] args) {
        float[] pixels = new float[64];
        // tag::readme
        try (Maas maas = Maas.builder().store(Path.of("models")).actor("ci").open()) {
            ModelRepository repository = maas.repository();
            ModelVersion first = repository.register(PackageSource.directory(Path.of("digits-v1")));
            ModelVersion second = repository.register(PackageSource.directory(Path.of("digits-v2")));
            repository.publish(first, PublishOptions.toProduction());

            Predictor<Tensors, Tensors> digits = maas.predictor("digits"); // follows production
            Tensors answer = digits.predict(Tensors.of("image", Tensor.of(pixels, 1, 64)));
            System.out.println(answer.get("output_label").longAt(0));

            // one atomic commit; running calls end on version 1, new ones go to version 2, none fails
            maas.awaitServing(
                    repository.publish(second, PublishOptions.toProduction().reason("better on 7s")));

            Predictor<Image, Digit> typed = digits.as(Image.class, Digit.class); // records for tensors
            Prediction<Digit> digit = typed.call(new Image(pixels), CallOptions.deadline(Duration.ofSeconds(1)));
            System.out.println(digit.value().outputLabel() + ", says version "
                    + digit.receipt().version());

            repository.rollback("digits");
        }
        // end::readme
    }

    static ModelVersion imported(Maas maas) {
        // tag::import
        ImportReport report = Packages.importFrom(Path.of("triton/risk"));
        report.items(ImportReport.Outcome.DROPPED).forEach(System.out::println); // what did not come along, and why
        ModelVersion imported = maas.repository().register(report.source()); // or Packages.writeZip(...)
        // end::import
        return imported;
    }

    static void moved(Maas maas, Maas production, ModelVersion version) {
        // tag::move
        ModelRepository repository = maas.repository();
        PromoteOptions live = PromoteOptions.defaults().thenPublish(PublishOptions.toProduction());
        repository.promote(version, production.repository(), live); // through the gate and the policy over there
        repository.exportModel(ModelName.of("digits"), Path.of("digits.model")); // one file, with its history
        Registries.backup(URI.create("s3://bucket/models"), Path.of("models.zip"), CopyOptions.defaults());
        // end::move
    }

    static void audited(Maas maas, Signer signer, List<TrustKey> trusted, OutputStream out) throws IOException {
        // tag::audit
        AuditLog audit = maas.repository().audit();
        AuditQuery byAda =
                AuditQuery.everything().ofModel(ModelName.of("digits")).by("ada");
        audit.export(byAda, AuditFormat.JSON_LINES, out);
        audit.verify().firstBadCommit().ifPresent(System.err::println); // reads every commit by itself
        String attestation =
                Attestations.attest(audit.head(), signer); // keep it where nobody can write who writes the store
        audit.verify(attestation, trusted, Instant.now()); // later: neither cut nor rewritten since
        System.out.println(audit.complianceReport(ModelName.of("digits")).toMarkdown());
        // end::audit
    }

    static void served(Predictor<Tensors, Tensors> texts, Tensors text) {
        // tag::serve
        Prediction<Tensors> answer = texts.call(
                text,
                CallOptions.deadline(Duration.ofMillis(50)) // refused at once if it cannot be met
                        .priority(Priority.HIGH)
                        .key("user-17")); // where versions share an alias: the same one each time
        System.out.println(
                answer.receipt().queued() + " waiting, " + answer.receipt().together() + " run together");
        float first = texts.predict(text, outputs -> outputs.get("vector").floatAt(0, 0)); // read in place, not copied
        // end::serve
        System.out.println(first);
    }

    static void watched(Maas maas) {
        // tag::watch
        for (ModelStats stats : maas.monitor().models()) {
            System.out.println(stats.model() + ":" + stats.version() + " had " + stats.calls() + " calls");
            System.out.println(stats.count(Outcome.EXPIRED) + " were too late, p99 "
                    + stats.total().p99());
        }
        for (DeviceStats device : maas.monitor().devices()) {
            System.out.println("a call would wait for " + device.predictedWait()); // what an autoscaler looks at
        }
        boolean healthy = maas.ready("digits", "texts").isReady();
        // end::watch
        System.out.println(healthy);
    }

    static void shared(Maas maas) {
        // tag::traffic
        Traffic canary = Traffic.none().share("3", 95).share("4", 5).shadow("5", 0.1); // of 10 % of calls a copy
        maas.repository().setTraffic(ModelName.of("digits"), canary, TrafficOptions.ofProduction());
        // end::traffic
    }

    static void maintained(Maas maas) {
        // tag::small
        Maintenance maintenance = maas.repository().maintenance(); // call it when it suits, once a night for example
        maintenance.retire(RetireOptions.defaults()); // versions beyond the policy's keepUnpublished(n)
        maintenance.collect(
                CollectOptions.defaults().dryRun()); // what would go; without dryRun(): files no version needs
        maintenance.sweep(SweepOptions.defaults()); // what killed processes left behind
        // end::small
    }
}
