package io.maas.examples;

import io.maas.Maas;
import io.maas.Packages;
import io.maas.Registries;
import io.maas.model.ModelName;
import io.maas.predict.CallOptions;
import io.maas.predict.Prediction;
import io.maas.predict.Predictor;
import io.maas.repository.CopyOptions;
import io.maas.repository.ImportReport;
import io.maas.repository.ModelRepository;
import io.maas.repository.ModelVersion;
import io.maas.repository.PackageSource;
import io.maas.repository.PromoteOptions;
import io.maas.repository.PublishOptions;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

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
}
