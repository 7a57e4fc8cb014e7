package io.maas.http.internal.jetty;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/2 in clear text. A request that asks for the upgrade and has a body is answered over HTTP/1.1, as RFC 7540 allows: its body
 * follows, where the other protocol would begin. Jetty knows that of bodies of known length only, and Java's own client asks with
 * every first request.
 */
final class ClearTextHttp2 extends HTTP2CServerConnectionFactory {
    ClearTextHttp2(HttpConfiguration configuration) {
        super(configuration);
    }

    @Override
    public @Nullable Connection upgradeConnection(
            Connector connector, EndPoint endPoint, MetaData.Request request, HttpFields.Mutable response) {
        return request.getHttpFields().contains(HttpHeader.TRANSFER_ENCODING)
                ? null
                : super.upgradeConnection(connector, endPoint, request, response);
    }
}
