package io.maas.store.s3;

import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/**
 * An error that a server answered with.
 *
 * @param kind what it means
 * @param text what it says, in a few characters
 */
record Answer(Kind kind, String text) {
    /** What errors mean for whoever made the request. */
    enum Kind {
        /** The object is there already. */
        TAKEN,
        NO_BUCKET,
        NO_OBJECT,
        RANGE,
        DENIED,
        WRONG_KEY,
        EXPIRED,
        SKEWED,
        ELSEWHERE,
        UNFIT,
        FULL,
        /** Nothing was done, and there is no saying why. */
        REFUSED,
        /** The same request may succeed later, or may have been carried out. */
        UNCERTAIN
    }

    private static final Map<String, Kind> BY_CODE = Map.ofEntries(
            Map.entry("PreconditionFailed", Kind.TAKEN),
            Map.entry("NoSuchBucket", Kind.NO_BUCKET),
            Map.entry("NoSuchKey", Kind.NO_OBJECT),
            Map.entry("InvalidRange", Kind.RANGE),
            Map.entry("AccessDenied", Kind.DENIED),
            Map.entry("InvalidAccessKeyId", Kind.WRONG_KEY),
            Map.entry("SignatureDoesNotMatch", Kind.WRONG_KEY),
            Map.entry("InvalidToken", Kind.WRONG_KEY),
            Map.entry("ExpiredToken", Kind.EXPIRED),
            Map.entry("TokenRefreshRequired", Kind.EXPIRED),
            Map.entry("RequestTimeTooSkewed", Kind.SKEWED),
            Map.entry("RequestExpired", Kind.SKEWED),
            Map.entry("PermanentRedirect", Kind.ELSEWHERE),
            Map.entry("TemporaryRedirect", Kind.ELSEWHERE),
            Map.entry("AuthorizationHeaderMalformed", Kind.ELSEWHERE),
            Map.entry("IllegalLocationConstraintException", Kind.ELSEWHERE),
            Map.entry("NotImplemented", Kind.UNFIT),
            Map.entry("MethodNotAllowed", Kind.UNFIT),
            Map.entry("QuotaExceeded", Kind.FULL),
            Map.entry("XMinioStorageFull", Kind.FULL),
            Map.entry("RequestTimeout", Kind.UNCERTAIN),
            Map.entry("SlowDown", Kind.UNCERTAIN));

    static Answer of(AwsServiceException e) {
        AwsErrorDetails details = e.awsErrorDetails();
        String code = details == null || details.errorCode() == null ? "" : details.errorCode();
        Kind kind = BY_CODE.get(code);
        String shown = code.matches("[A-Za-z0-9.]{1,60}") ? " " + code : "";
        return new Answer(kind == null ? byStatus(e.statusCode()) : kind, e.statusCode() + shown);
    }

    /** Older clients and servers lose the code. A missing object must be named as such, or it may be the bucket. */
    private static Kind byStatus(int status) {
        return switch (status) {
            case 412 -> Kind.TAKEN;
            case 401, 403 -> Kind.DENIED;
            case 301, 302, 307, 308 -> Kind.ELSEWHERE;
            case 405, 501 -> Kind.UNFIT;
            case 416 -> Kind.RANGE;
            case 507 -> Kind.FULL;
            case 408, 409, 425, 429 -> Kind.UNCERTAIN;
            default -> status >= 400 && status < 500 ? Kind.REFUSED : Kind.UNCERTAIN;
        };
    }

    /** Returns a header of an error's answer. */
    static Optional<String> header(AwsServiceException e, String name) {
        AwsErrorDetails details = e.awsErrorDetails();
        return details == null || details.sdkHttpResponse() == null
                ? Optional.empty()
                : details.sdkHttpResponse().firstMatchingHeader(name);
    }
}
