package io.maas.http.internal.jetty;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** Who counts as the client of a request. */
public enum ClientAddress {
    /** Whoever is at the other end of the connection. */
    CONNECTED {
        @Override
        String of(Request request) {
            return address(request.getConnectionMetaData().getRemoteSocketAddress());
        }
    },
    /** Whom the proxy at the other end names: clients say of themselves what they like, and what a proxy adds comes last. */
    FORWARDED {
        @Override
        String of(Request request) {
            List<String> forwarded = request.getHeaders().getCSV("X-Forwarded-For", false);
            return forwarded.isEmpty() ? CONNECTED.of(request) : forwarded.get(forwarded.size() - 1);
        }
    };

    abstract String of(Request request);

    static String address(@Nullable SocketAddress remote) {
        if (remote instanceof InetSocketAddress inet) {
            return inet.getAddress() == null
                    ? inet.getHostString()
                    : inet.getAddress().getHostAddress();
        }
        return "-"; // once the connection is closed
    }
}
