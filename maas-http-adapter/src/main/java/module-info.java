import org.jspecify.annotations.NullMarked;

/**
 * Serves the platform over HTTP/1.1 and HTTP/2.
 *
 * <p>Start at {@link io.maas.http.MaasHttpServer}.
 */
@NullMarked
module io.maas.http {
    requires static org.jspecify;
    requires transitive io.maas;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires com.nimbusds.jose.jwt;
    requires com.github.benmanes.caffeine;
    requires info.picocli;
    requires io.prometheus.metrics.instrumentation.jvm;
    requires io.prometheus.metrics.model;
    requires io.prometheus.writer.text;
    requires java.management;
    requires jdk.management;
    requires org.eclipse.jetty.alpn.server;
    requires org.eclipse.jetty.http2.server;
    requires org.eclipse.jetty.server;
    requires org.slf4j;

    uses io.maas.spi.BackendProvider;
    uses io.maas.spi.StoreProvider;

    opens io.maas.http.cli to
            info.picocli;

    exports io.maas.http;
    exports io.maas.http.auth;
    exports io.maas.http.limits;
}
