package io.maas.http.internal.jetty;

import java.util.Map;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpTokens;
import org.eclipse.jetty.http.PreEncodedHttpField;

/** Headers that are sent often, and a check for the others. */
final class ResponseHeaders {
    static final HttpField GZIP = new PreEncodedHttpField(HttpHeader.CONTENT_ENCODING, "gzip");
    static final HttpField VARIES = new PreEncodedHttpField(HttpHeader.VARY, "Accept-Encoding");
    static final HttpField EVENTS = new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "text/event-stream");
    static final HttpField NOT_KEPT = new PreEncodedHttpField(HttpHeader.CACHE_CONTROL, "no-store");

    private static final Map<String, HttpField> TYPES = Map.of(
            "application/json", type("application/json"),
            "application/octet-stream", type("application/octet-stream"),
            "application/problem+json", type("application/problem+json"));

    private ResponseHeaders() {}

    private static HttpField type(String value) {
        return new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, value);
    }

    static HttpField checked(String name, String value) {
        if (HttpHeader.CONTENT_TYPE.is(name)) {
            HttpField often = TYPES.get(value);
            if (often != null) {
                return often;
            }
        }
        for (int i = 0; i < name.length(); i++) {
            HttpTokens.Token token = HttpTokens.getToken(name.charAt(i));
            if (token == null || !token.isRfc2616Token()) {
                throw refused("name", name);
            }
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7f || c > 0xff) {
                throw refused("value", value);
            }
        }
        if (name.isEmpty()) {
            throw refused("name", name);
        }
        return new HttpField(name, value);
    }

    private static IllegalArgumentException refused(String part, String text) {
        String shown = text.chars()
                .limit(64)
                .map(c -> c < ' ' || c > '~' ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return new IllegalArgumentException("Cannot set a header: its " + part
                + " has characters that it may not have, " + shown + "; leave line breaks and control characters out");
    }
}
