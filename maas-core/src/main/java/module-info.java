import org.jspecify.annotations.NullMarked;

/**
 * The platform: its API, its SPI and what ties them together.
 *
 * <p>Start at {@link io.maas.Maas}. Backends and stores are found as services.
 */
@NullMarked
module io.maas {
    requires static org.jspecify;
    requires HdrHistogram;
    requires com.fasterxml.jackson.databind;
    requires com.github.benmanes.caffeine;
    requires org.slf4j;
    requires org.snakeyaml.engine.v2;

    exports io.maas;
    exports io.maas.error;
    exports io.maas.model;
    exports io.maas.monitor;
    exports io.maas.predict;
    exports io.maas.repository;
    exports io.maas.spi;
    exports io.maas.tensor;

    uses io.maas.spi.BackendProvider;
    uses io.maas.spi.StoreProvider;
    uses io.maas.spi.TransformProvider;

    provides io.maas.spi.StoreProvider with
            io.maas.internal.store.MemoryStoreProvider;
    provides io.maas.spi.TransformProvider with
            io.maas.internal.transform.L2NormalizeProvider,
            io.maas.internal.transform.MeanPoolProvider,
            io.maas.internal.transform.SoftmaxProvider,
            io.maas.internal.transform.TopKProvider;
}
