package io.maas.http.internal.platform;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Counts what is said beside a file, of which only a few names mean anything: a form has as many as its client likes. */
final class UploadFields {
    /** As many as a multipart body may have parts. */
    private static final int MOST = 64;

    private static final int LONGEST_TOGETHER = 256 << 10;

    private final Upload upload;
    private int fields;
    private int bytes;

    UploadFields(Upload upload) {
        this.upload = upload;
    }

    void begin() {
        if (++fields > MOST) {
            throw UploadReader.malformed("it has more than " + MOST + " fields that are no file");
        }
    }

    void end(String field, ByteArrayOutputStream value) {
        bytes += value.size();
        if (bytes > LONGEST_TOGETHER) {
            throw UploadReader.malformed("its fields that are no file have more than " + LONGEST_TOGETHER + " bytes");
        }
        upload.say(field, value.toString(StandardCharsets.UTF_8));
    }
}
