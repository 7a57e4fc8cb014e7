package io.maas.http.internal.platform;

import io.maas.model.Names;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Decodes a form byte by byte, and joins the values of a file. */
final class UploadForm {
    private final InputStream in;
    private final Upload upload;
    private final UploadFields said;
    private int delimiter;

    UploadForm(InputStream in, Upload upload) {
        this.in = in;
        this.upload = upload;
        this.said = new UploadFields(upload);
    }

    void read() throws IOException {
        try (LazyFile file = new LazyFile(upload)) {
            delimiter = '&';
            while (delimiter == '&') {
                ByteArrayOutputStream name = new ByteArrayOutputStream();
                copy(name, UploadReader.LONGEST_NAME);
                String field = name.toString(StandardCharsets.UTF_8);
                if (delimiter != '=') {
                    throw UploadReader.malformed("the field " + Names.shown(field) + " of its form has no value");
                }
                if (UploadReader.isFile(field)) {
                    copy(file.open(field), Long.MAX_VALUE);
                } else {
                    said.begin();
                    ByteArrayOutputStream value = new ByteArrayOutputStream();
                    copy(value, UploadReader.LONGEST_VALUE);
                    said.end(field, value);
                }
            }
        }
    }

    /** Decodes up to the next delimiter: an equals sign in a name, an ampersand in a value. */
    private void copy(OutputStream out, long most) throws IOException {
        boolean inName = delimiter == '&';
        long count = 0;
        for (int c = in.read(); ; c = in.read()) {
            if (c < 0 || c == '&' || (inName && c == '=')) {
                delimiter = c;
                return;
            }
            if (++count > most) {
                throw UploadReader.malformed("a field of its form is longer than " + most + " bytes and is no file");
            }
            out.write(c == '+' ? ' ' : c == '%' ? hex() << 4 | hex() : c);
        }
    }

    private int hex() throws IOException {
        int digit = Character.digit(in.read(), 16);
        if (digit < 0) {
            throw UploadReader.malformed("a percent sign in its form encodes nothing");
        }
        return digit;
    }

    /** Is made when the first of the file comes. */
    private static final class LazyFile implements AutoCloseable {
        private final Upload upload;
        private @Nullable OutputStream out;

        LazyFile(Upload upload) {
            this.upload = upload;
        }

        OutputStream open(String field) throws IOException {
            upload.requireOneFile(field);
            if (out == null) {
                out = new BufferedOutputStream(upload.append(field), UploadReader.BUFFER);
            }
            return out;
        }

        @Override
        public void close() throws IOException {
            if (out != null) {
                out.close();
            }
        }
    }
}
