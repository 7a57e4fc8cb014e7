package io.maas.http.openapi;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * A request and its answer.
 *
 * @param method as it was sent
 * @param sent the request's headers
 * @param body what was sent; empty if it was too much to be kept
 * @param headers of the answer
 * @param answer its body, as it came; empty if it goes on
 */
public record Call(
        String method,
        URI uri,
        HttpHeaders sent,
        Optional<byte[]> body,
        int status,
        HttpHeaders headers,
        Optional<byte[]> answer) {

    boolean succeeded() {
        return status >= 200 && status < 300;
    }

    boolean isHead() {
        return method.equals("HEAD");
    }

    /** The media type of the answer, without parameters. */
    Optional<String> type() {
        return headers.firstValue("Content-Type").map(Call::withoutParameters);
    }

    static String withoutParameters(String type) {
        int end = type.indexOf(';');
        return (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }

    /** The answer's body, unpacked. */
    byte[] content() {
        byte[] raw = answer.orElseThrow();
        if (raw.length == 0 || headers.firstValue("Content-Encoding").isEmpty()) {
            return raw;
        }
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(raw))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return method + " " + uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery())
                + " answered " + status;
    }
}
