package io.maas.http.internal.jetty;

import io.maas.http.limits.HttpLimits;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http2.HTTP2Cipher;
import org.eclipse.jetty.http2.server.AbstractHTTP2ServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.WindowRateControl;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** Which protocols a server speaks, and how strictly it listens. */
final class Protocols {
    private static final int INPUT_BYTES = 16 << 10;
    private static final int STREAMS = 128;
    private static final int STREAM_WINDOW = 1 << 20;
    /** Frames without a use, such as what is under way of a body that was refused: a whole window of those is no attack. */
    private static final int ODD_FRAMES_A_SECOND = 1 << 10;

    private static final int SESSION_WINDOW = 4 << 20;

    private Protocols() {}

    static ConnectionFactory[] of(Security security, HttpLimits limits) {
        HttpConfiguration http = configuration(limits);
        HttpConnectionFactory http1 = new HttpConnectionFactory(http);
        http1.setInputBufferSize(INPUT_BYTES);
        if (security instanceof Security.Tls tls) {
            ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
            alpn.setDefaultProtocol(HttpVersion.HTTP_1_1.asString());
            return new ConnectionFactory[] {
                new SslConnectionFactory(keys(tls), alpn.getProtocol()),
                alpn,
                tuned(new HTTP2ServerConnectionFactory(http), limits),
                http1
            };
        }
        return new ConnectionFactory[] {http1, tuned(new ClearTextHttp2(http), limits)};
    }

    private static HttpConfiguration configuration(HttpLimits limits) {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendXPoweredBy(false);
        http.setRequestHeaderSize(limits.headerBytes());
        http.setIdleTimeout(limits.idle().toMillis());
        // as strict as Jetty can be: whatever two parsers could read differently is refused
        http.setHttpCompliance(HttpCompliance.STRICT);
        http.setUriCompliance(UriCompliance.DEFAULT);
        return http;
    }

    private static AbstractHTTP2ServerConnectionFactory tuned(
            AbstractHTTP2ServerConnectionFactory http2, HttpLimits limits) {
        http2.setMaxConcurrentStreams(STREAMS);
        http2.setRateControlFactory(new WindowRateControl.Factory(ODD_FRAMES_A_SECOND));
        http2.setStreamIdleTimeout(limits.idle().toMillis());
        http2.setInitialStreamRecvWindow(STREAM_WINDOW);
        http2.setInitialSessionRecvWindow(SESSION_WINDOW);
        return http2;
    }

    private static SslContextFactory.Server keys(Security.Tls tls) {
        SslContextFactory.Server ssl = new SslContextFactory.Server();
        ssl.setKeyStorePath(tls.keyStore().toUri().toString());
        ssl.setKeyStorePassword(tls.password());
        ssl.setIncludeProtocols("TLSv1.3", "TLSv1.2");
        ssl.setCipherComparator(HTTP2Cipher.COMPARATOR);
        ssl.setUseCipherSuitesOrder(true);
        return ssl;
    }
}
