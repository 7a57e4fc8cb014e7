package io.maas;

import static io.maas.testkit.ScriptedBackend.x;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.predict.CallOptions;
import io.maas.predict.Predictor;
import io.maas.repository.PublishOptions;
import io.maas.tensor.Tensors;
import io.maas.testkit.EngineFailure;
import io.maas.testkit.ScriptedBackend;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** After some errors a graphics processor is of no use to the process any more, whichever model asks. */
@Timeout(60)
class LostDeviceTest {
    @TempDir
    Path folder;

    private Platforms platforms;
    private Maas maas;

    @BeforeEach
    void open() {
        platforms = new Platforms(folder);
        platforms.backend.devices("gpu:0", "cpu");
        maas = platforms.open();
    }

    @AfterEach
    void close() {
        maas.close();
        assertThat(platforms.backend.openModels()).isZero();
    }

    private Predictor<Tensors, Tensors> serve(String name, String script) {
        maas.repository()
                .publish(
                        maas.repository().register(ScriptedBackend.model(name, script)), PublishOptions.toProduction());
        return maas.predictor(name);
    }

    private static ErrorCode code(Throwable error) {
        return ((MaasException) (error instanceof ExecutionException ? error.getCause() : error)).code();
    }

    @Test
    void nothingIsTriedOnItAnyMoreAndThePlatformSaysSo() {
        Predictor<Tensors, Tensors> fragile = serve("fragile", "scale 3");
        Predictor<Tensors, Tensors> other = serve("other", "scale 2");
        fragile.predict(x(1));
        assertThat(maas.lostDevices()).isEmpty();

        platforms.backend.failNextRuns(1, EngineFailure.DEVICE_LOST);
        int before = platforms.backend.runs("scale 3");
        assertThat(code(catchThrowable(() -> fragile.predict(x(1))))).isEqualTo(ErrorCode.DEVICE_LOST);
        assertThat(code(catchThrowable(() -> fragile.predict(x(1))))).isEqualTo(ErrorCode.DEVICE_LOST);
        assertThat(code(catchThrowable(() -> other.predict(x(1))))).isEqualTo(ErrorCode.DEVICE_LOST);
        assertThat(code(catchThrowable(other.callAsync(x(1), CallOptions.defaults())::get)))
                .isEqualTo(ErrorCode.DEVICE_LOST);
        assertThat(platforms.backend.runs("scale 3") - before)
                .as("runs that were tried")
                .isLessThanOrEqualTo(1);
        assertThat(maas.lostDevices()).containsExactly("gpu:0");
    }
}
