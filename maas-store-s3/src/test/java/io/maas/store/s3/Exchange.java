package io.maas.store.s3;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URLDecoder;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One HTTP/1.1 request on a connection, and its answer. Reads the body when told to, so that a test can break it off. */
final class Exchange {
    private final Socket socket;
    private final InputStream in;
    final String method;
    final String rawPath;
    final String rawQuery;
    final Map<String, String> headers = new TreeMap<>();
    final Map<String, String> query = new TreeMap<>();

    private Exchange(Socket socket, InputStream in, String requestLine) throws IOException {
        this.socket = socket;
        this.in = in;
        String[] words = requestLine.split(" ", -1);
        if (words.length != 3 || !words[2].equals("HTTP/1.1")) {
            throw new IOException("no request line: " + requestLine);
        }
        method = words[0];
        int mark = words[1].indexOf('?');
        rawPath = mark < 0 ? words[1] : words[1].substring(0, mark);
        rawQuery = mark < 0 ? "" : words[1].substring(mark + 1);
    }

    static BufferedInputStream input(Socket socket) throws IOException {
        return new BufferedInputStream(socket.getInputStream(), 64 * 1024);
    }

    /** Reads the next request up to its body; none if the client closed the connection. */
    static Optional<Exchange> next(Socket socket, BufferedInputStream in) throws IOException {
        String requestLine = line(in);
        if (requestLine.isEmpty()) {
            return Optional.empty();
        }
        Exchange exchange = new Exchange(socket, in, requestLine);
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            exchange.headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).trim());
        }
        if (!exchange.rawQuery.isEmpty()) {
            for (String parameter : exchange.rawQuery.split("&", -1)) {
                int equals = parameter.indexOf('=');
                String name = equals < 0 ? parameter : parameter.substring(0, equals);
                exchange.query.put(
                        URLDecoder.decode(name, UTF_8),
                        equals < 0 ? "" : URLDecoder.decode(parameter.substring(equals + 1), UTF_8));
            }
        }
        return Optional.of(exchange);
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                return "";
            }
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(ISO_8859_1);
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    String path() {
        return URLDecoder.decode(rawPath.replace("+", "%2B"), UTF_8);
    }

    long contentLength() {
        return header("content-length").map(Long::parseLong).orElse(0L);
    }

    /** Reads the body as it is on the wire. */
    byte[] readBody() throws IOException {
        goOn();
        byte[] body = in.readNBytes(Math.toIntExact(contentLength()));
        if (body.length < contentLength()) {
            throw new EOFException("the body breaks off");
        }
        return body;
    }

    void readHalfOfBody() throws IOException {
        goOn();
        in.readNBytes(Math.toIntExact(contentLength() / 2));
    }

    private void goOn() throws IOException {
        if (header("expect").isPresent()) {
            OutputStream out = socket.getOutputStream();
            out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(ISO_8859_1));
            out.flush();
        }
    }

    /** Ends the connection so that the other side sees a reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /**
     * Answers.
     *
     * @param sent how many bytes of the body are sent; fewer than it has leave the client waiting
     */
    void answer(int status, Map<String, String> answerHeaders, byte[] body, int sent, Instant now) throws IOException {
        Map<String, String> all = new LinkedHashMap<>(answerHeaders);
        all.putIfAbsent("Content-Length", Integer.toString(body.length));
        all.put("Date", DateTimeFormatter.RFC_1123_DATE_TIME.format(now.atOffset(ZoneOffset.UTC)));
        all.put("x-amz-request-id", "TEST");
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Status\r\n");
        all.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 64 * 1024);
        out.write(head.append("\r\n").toString().getBytes(ISO_8859_1));
        if (!method.equals("HEAD")) {
            out.write(body, 0, sent);
        }
        out.flush();
    }
}
