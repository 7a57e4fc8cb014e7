package io.maas.internal.serving;

import static io.maas.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.maas.error.ErrorCode;
import io.maas.spi.Backend;
import io.maas.spi.BackendProvider;
import io.maas.spi.LoadedModel;
import io.maas.spi.ModelFiles;
import io.maas.spi.Placement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackendsTest {
    private final List<String> events = new ArrayList<>();

    private BackendProvider provider(String name, String... formats) {
        return new BackendProvider() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Set<String> formats() {
                return Set.of(formats);
            }

            @Override
            public Backend open() {
                events.add("open " + name);
                return new Backend() {
                    @Override
                    public String engine() {
                        return name + " for " + String.join(",", formats);
                    }

                    @Override
                    public LoadedModel load(ModelFiles files, Placement placement) {
                        throw new AssertionError("nobody should load a model");
                    }

                    @Override
                    public void close() {
                        events.add("close " + name);
                    }
                };
            }
        };
    }

    @Test
    void aBackendIsOpenedWhenItIsNeededAndOnce() {
        try (Backends backends = new Backends(List.of(provider("a", "onnx", "onnx-int8"), provider("b", "tf")))) {
            assertThat(events).isEmpty();
            Backend backend = backends.forFormat("onnx");
            assertThat(backends.forFormat("onnx-int8")).isSameAs(backend);
            assertThat(backends.forFormat("onnx")).isSameAs(backend);
            assertThat(events).containsExactly("open a");
        }
        assertThat(events).containsExactly("open a", "close a");
    }

    @Test
    void twoBackendsOfOneNameAreStillTwo() {
        try (Backends backends = new Backends(List.of(provider("djl", "onnx"), provider("djl", "torchscript")))) {
            assertThat(backends.forFormat("onnx").engine()).isEqualTo("djl for onnx");
            assertThat(backends.forFormat("torchscript").engine()).isEqualTo("djl for torchscript");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"onnx", "torchscript"})
    void aKnownFormatWithoutABackendNamesTheDependencyToAdd(String format) {
        try (Backends backends = new Backends(List.of())) {
            assertRefused(ErrorCode.NO_BACKEND, () -> backends.forFormat(format))
                    .hasMessageContaining("'" + format + "'")
                    .hasMessageContaining("io.maas:maas-backend-djl");
        }
    }

    @Test
    void anUnknownFormatIsRefusedWithThoseThatAreLoaded() {
        try (Backends backends = new Backends(List.of(provider("b", "tf"), provider("a", "onnx")))) {
            assertRefused(ErrorCode.NO_BACKEND, () -> backends.forFormat("abacus"))
                    .hasMessageContaining("'abacus'")
                    .hasMessageContaining("[onnx, tf]")
                    .hasMessageContaining("add a backend that does");
        }
    }

    @Test
    void severalBackendsForOneFormatAreRefused() {
        try (Backends backends = new Backends(List.of(provider("a", "onnx"), provider("b", "onnx")))) {
            assertRefused(ErrorCode.NO_BACKEND, () -> backends.forFormat("onnx"))
                    .hasMessageContaining("[a, b]")
                    .hasMessageContaining("Maas.builder().backend");
        }
        assertThat(events).isEmpty();
    }

    @Test
    void nothingIsOpenedOnceClosed() {
        Backends backends = new Backends(List.of(provider("a", "onnx")));
        backends.close();
        backends.close();
        assertRefused(ErrorCode.CLOSED, () -> backends.forFormat("onnx"));
        assertThat(events).isEmpty();
    }
}
