package io.maas.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.maas.Maas;
import io.maas.MaasBuilder;
import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.model.Manifest;
import io.maas.model.ModelName;
import io.maas.repository.ChangeOptions;
import io.maas.repository.Commit;
import io.maas.repository.ModelRepository;
import io.maas.repository.ModelVersion;
import io.maas.repository.PublishOptions;
import io.maas.repository.RegisterOptions;
import io.maas.spi.ObjectStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What the tests of a registry share: a platform on the store under test, with a clock and an engine that obey. */
abstract class RepositoryFixture {
    static final ModelName DIGITS = ModelName.of("digits");
    static final ModelName IRIS = ModelName.of("iris");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    final ScriptedBackend backend = new ScriptedBackend();
    final SettableClock clock = new SettableClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final List<Maas> opened = new ArrayList<>();
    private long seed;
    // set before each test
    @SuppressWarnings("NullAway.Init")
    ObjectStore store;

    @SuppressWarnings("NullAway.Init")
    Maas maas;

    @SuppressWarnings("NullAway.Init")
    ModelRepository repository;

    /** Opens a store that is empty and can be written. Called once before each test, which closes it. */
    protected abstract ObjectStore open();

    @BeforeEach
    void openPlatform() {
        store = open();
        maas = platform();
        repository = maas.repository();
    }

    @AfterEach
    void closePlatforms() {
        opened.forEach(Maas::close);
        store.close();
        assertThat(backend.openModels()).isZero();
        assertThat(backend.misused()).isFalse();
    }

    /** Another host on the same store. */
    Maas platform() {
        return keep(builder(store));
    }

    MaasBuilder builder(ObjectStore on) {
        seed++;
        return Maas.builder()
                .store(new SharedStore(on))
                .backend(backend)
                .actor("ada")
                .clock(clock)
                .random(new SplittableRandom(seed))
                .pollInterval(Duration.ZERO)
                .cache(folder.resolve("cache-" + seed));
    }

    Maas keep(MaasBuilder builder) {
        Maas platform = builder.open();
        opened.add(platform);
        return platform;
    }

    ModelVersion register(String name, int scale) {
        return repository.register(ScriptedBackend.model(name, "scale " + scale));
    }

    ModelVersion register(Manifest manifest, int scale) {
        return repository.register(ScriptedBackend.model(manifest, "scale " + scale), RegisterOptions.defaults());
    }

    Commit publish(ModelVersion version) {
        return repository.publish(version, PublishOptions.toProduction());
    }

    String production(String name) {
        return repository.resolve(name).version();
    }

    static ChangeOptions by(String actor) {
        return ChangeOptions.defaults().actor(actor);
    }

    /** Checks that a call is refused with this code, in a message of the usual form, and commits nothing. */
    AbstractThrowableAssert<?, ? extends Throwable> refused(ErrorCode code, ThrowingCallable call) {
        long head = repository.refresh();
        MaasException error = catchThrowableOfType(MaasException.class, call);
        assertThat(error).as("an error").isNotNull();
        assertThat(error.code()).as(error.getMessage()).isEqualTo(code);
        assertThat(repository.refresh()).as("the head after a refusal").isEqualTo(head);
        return assertThat(error).hasMessageMatching("(?s)Cannot .+: .+; .+");
    }
}
