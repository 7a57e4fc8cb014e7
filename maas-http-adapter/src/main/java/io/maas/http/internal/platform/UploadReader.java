package io.maas.http.internal.platform;

import io.maas.http.internal.exchange.Exchange;
import io.maas.http.internal.exchange.HttpProblem;
import io.maas.http.internal.exchange.PartReader;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Receives a file in each of the ways in which clients send one, without ever holding it in memory: as the body, as a part of a
 * multipart body, or as the values of a form, which is what Python's {@code requests} makes of an open file: one value for each line.
 */
final class UploadReader {
    static final int LONGEST_NAME = 64;
    static final int LONGEST_VALUE = 64 << 10;
    static final int BUFFER = 64 << 10;

    private final PartReader parts;

    UploadReader(PartReader parts) {
        this.parts = parts;
    }

    /**
     * Receives what a request brings. Whoever calls closes it.
     *
     * @throws HttpProblem 400 if it is malformed
     */
    Upload receive(Exchange exchange, InputStream body) throws IOException {
        Upload upload = Upload.begin();
        try {
            exchange.query().pairs().forEach(pair -> upload.say(pair.name(), pair.value()));
            receive(upload, exchange.headers().first("Content-Type").orElse(""), body);
            return upload;
        } catch (IOException | RuntimeException e) {
            upload.close();
            throw e;
        }
    }

    private void receive(Upload upload, String contentType, InputStream body) throws IOException {
        if (contentType.startsWith("multipart/form-data")) {
            try (Parts into = new Parts(upload)) {
                parts.read(body, contentType, into);
            }
            return;
        }
        BufferedInputStream in = new BufferedInputStream(body, BUFFER);
        switch (kind(in)) {
            case NOTHING -> {}
            case FORM -> new UploadForm(in, upload).read();
            case JSON -> json(upload, in);
            case FILE -> {
                try (OutputStream out = upload.append("")) {
                    in.transferTo(out);
                }
            }
        }
    }

    private enum Kind {
        NOTHING,
        JSON,
        FORM,
        FILE
    }

    /** What the first bytes say. No model file begins with a word and an equals sign, or with a brace. */
    private static Kind kind(BufferedInputStream in) throws IOException {
        in.mark(BUFFER);
        byte[] first = in.readNBytes(LONGEST_NAME + 1);
        in.reset();
        if (first.length == 0) {
            return Kind.NOTHING;
        }
        if (first[0] == '{') {
            return Kind.JSON;
        }
        int at = 0;
        while (at < first.length && isNamePart(first[at])) {
            at++;
        }
        return at > 0 && at < first.length && first[at] == '=' ? Kind.FORM : Kind.FILE;
    }

    private static boolean isNamePart(byte b) {
        return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || b == '_' || b == '-';
    }

    /** Only what is said of a file that is there already. */
    private static void json(Upload upload, InputStream in) throws IOException {
        byte[] document = in.readNBytes(LONGEST_VALUE + 1);
        if (document.length > LONGEST_VALUE) {
            throw malformed("its JSON has more than " + LONGEST_VALUE + " bytes");
        }
        Fields fields = Fields.read(ByteBuffer.wrap(document));
        for (String name : Upload.FIELDS) {
            fields.text(name).ifPresent(value -> upload.say(name, value));
        }
    }

    static HttpProblem malformed(String why) {
        return new HttpProblem(
                400,
                "bad-upload",
                "Cannot read the upload: " + why
                        + "; send the file as the body (curl --data-binary @file), or as the part model");
    }

    static boolean isFile(String field) {
        return field.equals("model") || field.equals("model_file") || field.equals("file");
    }

    private static final class Parts implements PartReader.Parts, AutoCloseable {
        private final Upload upload;
        private final UploadFields said;
        private @Nullable OutputStream file;
        private @Nullable ByteArrayOutputStream value;
        private String name = "";

        Parts(Upload upload) {
            this.upload = upload;
            this.said = new UploadFields(upload);
        }

        @Override
        public void begin(String part, Optional<String> fileName) throws IOException {
            name = part;
            if (fileName.isPresent() || isFile(part)) {
                if (fileName.isPresent() && upload.hasFile()) {
                    throw Upload.secondFile(part);
                }
                file = upload.append(part);
            } else {
                said.begin();
                value = new ByteArrayOutputStream();
            }
        }

        @Override
        public void content(ByteBuffer some) throws IOException {
            byte[] bytes = new byte[some.remaining()];
            some.get(bytes);
            if (file != null) {
                file.write(bytes);
            } else if (value != null) {
                if (value.size() + bytes.length > LONGEST_VALUE) {
                    throw malformed("the part " + name + " has more than " + LONGEST_VALUE + " bytes and is no file");
                }
                value.write(bytes);
            }
        }

        @Override
        public void end() throws IOException {
            close();
            if (value != null) {
                said.end(name, value);
                value = null;
            }
        }

        @Override
        public void close() throws IOException {
            if (file != null) {
                file.close();
                file = null;
            }
        }
    }
}
