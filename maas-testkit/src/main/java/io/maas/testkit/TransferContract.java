package io.maas.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.Maas;
import io.maas.MaasBuilder;
import io.maas.Registries;
import io.maas.error.ErrorCode;
import io.maas.model.Manifest;
import io.maas.model.Manifest.Role;
import io.maas.repository.AuditQuery;
import io.maas.repository.ChangeOptions;
import io.maas.repository.Commit;
import io.maas.repository.CopyOptions;
import io.maas.repository.CopyReport;
import io.maas.repository.ModelRepository;
import io.maas.repository.ModelVersion;
import io.maas.repository.PackageSource;
import io.maas.repository.PublishOptions;
import io.maas.repository.RegisterOptions;
import io.maas.repository.Traffic;
import io.maas.repository.TrafficOptions;
import io.maas.spi.ObjectStore;
import io.maas.spi.StoreProvider;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whole registries: copied to another store and from another store, into a file and back. */
abstract class TransferContract extends AuditContract {
    static final CopyOptions COPY = CopyOptions.defaults();
    private static final int LARGE = (2 << 20) + 7;

    private final List<ObjectStore> stores = new ArrayList<>();

    @AfterEach
    void closeStores() {
        stores.forEach(ObjectStore::close);
    }

    /** Another store, in memory. */
    ObjectStore memory() {
        ObjectStore memory = ServiceLoader.load(StoreProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.schemes().contains("memory"))
                .findFirst()
                .orElseThrow()
                .open(URI.create("memory:other"), false);
        stores.add(memory);
        return memory;
    }

    /** A platform on another store. */
    ModelRepository on(ObjectStore other) {
        return keep(builder(other)).repository();
    }

    /** A registry in which everything has happened that changes what it consists of. */
    private void makeHistory() {
        ModelVersion one = repository.register(
                ScriptedBackend.model("digits", "scale 1"),
                RegisterOptions.defaults().token("first"));
        publish(one);
        ModelVersion two = register("digits", 2);
        repository.governance().approve(two, by("grace").reason("looked at it"));
        publish(two);
        repository.setTraffic(DIGITS, Traffic.none().shadow("1", 0.5), TrafficOptions.ofProduction());
        repository.rollback("digits");
        ModelVersion three = register("digits", 3);
        repository.publish(three, PublishOptions.to("canary").reason("try it"));
        repository.setTraffic(DIGITS, Traffic.none().share("1", 9).shadow("2", 0.5), TrafficOptions.ofProduction());
        repository.unpublish(DIGITS, "canary", ChangeOptions.defaults());
        repository.delete(three, ChangeOptions.because("it was wrong"));
        repository.deprecate(two, ChangeOptions.because("slow"));
        Manifest manifest = Manifest.builder("iris", ScriptedBackend.FORMAT).build();
        repository.register(PackageSource.builder(manifest)
                .file("model.scripted", Role.WEIGHTS, "scale 5".getBytes(StandardCharsets.UTF_8))
                .file("notes.txt", Role.DOC, new byte[LARGE])
                .build());
        repository.governance().hold(IRIS, ChangeOptions.because("audit week"));
        repository.governance().grant(fullKey(), by("grace").reason("the shop asks"));
    }

    private static void assertSame(ModelRepository copy, ModelRepository original) {
        assertThat(copy.head()).isEqualTo(original.head());
        assertThat(copy.audit().entries(AuditQuery.everything(), 10_000).entries())
                .isEqualTo(original.audit()
                        .entries(AuditQuery.everything(), 10_000)
                        .entries());
        assertThat(copy.models()).isEqualTo(original.models());
        assertThat(copy.accessKeys()).isEqualTo(original.accessKeys());
        original.models().forEach(name -> {
            assertThat(copy.versions(name)).isEqualTo(original.versions(name));
            assertThat(copy.aliases(name)).isEqualTo(original.aliases(name));
            assertThat(copy.history(name)).isEqualTo(original.history(name));
            copy.aliases(name)
                    .keySet()
                    .forEach(alias -> assertThat(copy.traffic(name, alias)).isEqualTo(original.traffic(name, alias)));
            original.versions(name).forEach(version -> {
                assertThat(copy.details(version)).isEqualTo(original.details(version));
                assertThat(copy.evidence(version, "production")).isEqualTo(original.evidence(version, "production"));
            });
        });
    }

    private static void assertServes(MaasBuilder builder) {
        try (Maas platform = builder.open()) {
            Tensors answer = platform.predictor("digits").predict(Tensors.of("x", Tensor.of(new float[] {3}, 1)));
            assertThat(answer.get("y").floatAt(0)).isEqualTo(3);
        }
    }

    @Test
    void aCopyIsTheSameRegistry() {
        makeHistory();
        ObjectStore other = memory();
        CopyReport report = Registries.copy(store, other, COPY);
        assertThat(report.head()).isEqualTo(repository.head());
        assertThat(report.commits()).isEqualTo(repository.head() + 1);
        assertThat(report.bytes()).isGreaterThan(LARGE);

        ModelRepository copy = on(other);
        assertSame(copy, repository);
        assertServes(builder(other));
        Path there = folder.resolve("there.zip");
        Path here = folder.resolve("here.zip");
        ModelVersion iris = repository.resolve("iris:1");
        repository.exportZip(iris, here);
        copy.exportZip(iris, there);
        assertThat(there).hasSameBinaryContentAs(here);
    }

    @Test
    void tokensAreCopiedToo() {
        makeHistory();
        ObjectStore other = memory();
        Registries.copy(store, other, COPY);
        ModelRepository copy = on(other);
        long head = copy.head();
        ModelVersion again = copy.register(
                ScriptedBackend.model("digits", "scale 1"),
                RegisterOptions.defaults().token("first"));
        assertThat(again).isEqualTo(repository.resolve("digits:1"));
        assertThat(copy.head()).isEqualTo(head);
    }

    @Test
    void aRegistryFromAnotherStoreWorksHere() {
        ObjectStore other = memory();
        CopyOptions options = COPY.namespace("guests");
        ModelRepository original = keep(builder(other).namespace("guests")).repository();
        ModelVersion one = original.register(ScriptedBackend.model("digits", "scale 1"));
        original.publish(one, PublishOptions.toProduction());
        Registries.copy(other, store, options);

        assertSame(keep(builder(store).namespace("guests")).repository(), original);
        assertServes(builder(store).namespace("guests"));
        // two registries of one store do not mix
        assertThat(repository.models()).isEmpty();
    }

    @Test
    void copyingAgainBringsTheCopyUpToDate() {
        makeHistory();
        ObjectStore other = memory();
        CopyReport first = Registries.copy(store, other, COPY);
        CopyReport nothing = Registries.copy(store, other, COPY);
        assertThat(nothing).isEqualTo(new CopyReport(repository.head(), 0, 0, 0, first.blobs()));

        register("digits", 7);
        CopyReport more = Registries.copy(store, other, COPY);
        assertThat(more.commits()).isEqualTo(1);
        assertThat(more.skipped()).isEqualTo(first.blobs());
        assertSame(on(other), repository);
    }

    @Test
    void aCopyThatWentAnotherWayIsLeftAlone() {
        makeHistory();
        ObjectStore other = memory();
        Registries.copy(store, other, COPY);
        ModelRepository copy = on(other);
        ModelVersion theirs = copy.register(ScriptedBackend.model("digits", "scale 8"));
        refused(ErrorCode.OTHER_REGISTRY, () -> Registries.copy(store, other, COPY))
                .hasMessageContaining("ends at " + repository.head());

        register("digits", 9);
        refused(ErrorCode.OTHER_REGISTRY, () -> Registries.copy(store, other, COPY))
                .hasMessageContaining("commit " + theirs.commit());
        copy.refresh();
        assertThat(copy.head()).isEqualTo(theirs.commit());
    }

    private static List<String> written(ObjectStore store) {
        return store.list("default/", "", 1000).stream()
                .filter(key -> !key.contains("/hint/"))
                .toList();
    }

    @Test
    void anotherRegistryIsNotOverwritten() {
        makeHistory();
        ObjectStore other = memory();
        ModelRepository theirs = on(other);
        theirs.register(ScriptedBackend.model("digits", "scale 8"));
        // but for the hint, which its platform leaves when it gets around to it
        List<String> before = written(other);
        refused(ErrorCode.OTHER_REGISTRY, () -> Registries.copy(store, other, COPY));
        assertThat(written(other)).isEqualTo(before);
        refused(ErrorCode.STORE_UNAVAILABLE, () -> Registries.copy(memory(), store, COPY))
                .hasMessageContaining("there is no registry");
    }

    @Test
    void aBackupIsOneFileAndComesBack() {
        makeHistory();
        Path file = folder.resolve("backup.zip");
        CopyReport written = Registries.backup(store, file, COPY);
        assertThat(written.head()).isEqualTo(repository.head());
        refused(ErrorCode.TARGET_EXISTS, () -> Registries.backup(store, file, COPY));

        ObjectStore other = memory();
        CopyReport restored = Registries.restore(file, other, COPY);
        assertThat(restored).isEqualTo(written);
        ModelRepository copy = on(other);
        assertSame(copy, repository);
        assertServes(builder(other));

        // the registry that it was made from goes on from there, and is not set back
        assertThat(Registries.restore(file, store, COPY).commits()).isZero();
        Commit later = publish(register("digits", 4));
        refused(ErrorCode.OTHER_REGISTRY, () -> Registries.restore(file, store, COPY));
        assertThat(repository.head()).isEqualTo(later.number());
    }
}
