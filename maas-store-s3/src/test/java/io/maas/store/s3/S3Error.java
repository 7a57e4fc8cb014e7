package io.maas.store.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;

/**
 * What a fake server refuses a request with.
 *
 * @param status the HTTP status
 * @param code the code in the document
 * @param headers more headers
 */
record S3Error(int status, String code, Map<String, String> headers) {
    static final S3Error SLOW_DOWN = new S3Error(503, "SlowDown");
    static final S3Error INTERNAL = new S3Error(500, "InternalError");
    static final S3Error CONFLICT = new S3Error(409, "ConditionalRequestConflict");

    S3Error(int status, String code) {
        this(status, code, Map.of());
    }

    byte[] document() {
        String region = code.equals("AuthorizationHeaderMalformed")
                ? "The authorization header is malformed; the region is wrong; expecting '" + SignatureV4.REGION + "'"
                : "as a test said";
        return ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + code + "</Code><Message>" + region
                        + "</Message><RequestId>TEST</RequestId></Error>")
                .getBytes(UTF_8);
    }

    /** Thrown where a request is carried out. */
    static final class Refusal extends Exception {
        private static final long serialVersionUID = 1;

        final transient S3Error error;

        Refusal(S3Error error) {
            super(error.toString());
            this.error = error;
        }

        Refusal(int status, String code) {
            this(new S3Error(status, code));
        }
    }
}
