package io.maas.store.s3;

import io.maas.error.AmbiguousWriteException;
import io.maas.error.DeniedException;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;

/**
 * Says what a failed request means for the caller. What a server writes in its own words is kept in the cause alone; of
 * credentials nothing is said but what is wrong with them.
 */
final class Failures {
    private static final Pattern EXPECTED_REGION = Pattern.compile("expecting '([a-z0-9-]{1,40})'");
    private static final String REPEAT = "repeat the call with the same bytes";

    private final String where;
    private final String bucket;
    private final Clock clock;

    Failures(StoreAddress address, Clock clock) {
        this.bucket = address.bucket();
        this.where = address.options().endpoint().map(Object::toString).orElse("Amazon S3");
        this.clock = clock;
    }

    /** Tells whether a request failed before any of it left this host. */
    static boolean nothingWasSent(Throwable failure) {
        return causes(failure)
                .anyMatch(e -> e instanceof ConnectException
                        || e instanceof UnknownHostException
                        || e instanceof NoRouteToHostException
                        || e instanceof SSLHandshakeException
                        || e instanceof SSLPeerUnverifiedException
                        || (e instanceof SocketTimeoutException
                                && String.valueOf(e.getMessage())
                                        .toLowerCase(Locale.ROOT)
                                        .contains("connect timed out")));
    }

    /** A request failed of which nothing can be seen, such as one that reads. */
    MaasException failed(String doing, RuntimeException e) {
        return definite(doing, e)
                .orElseGet(() -> unavailable(doing, why(e), "repeat the call, or look at the server", e));
    }

    /**
     * A write failed that takes effect as a whole.
     *
     * @param mayHaveArrived whether the server may have got the request
     */
    MaasException notWritten(String doing, RuntimeException e, boolean mayHaveArrived) {
        boolean answered = e instanceof AwsServiceException;
        if (!mayHaveArrived || (!answered && nothingWasSent(e))) {
            return failed(doing, e);
        }
        Optional<MaasException> definite = answered ? definite(doing, e) : Optional.empty();
        if (isInterrupt(e)) {
            Thread.currentThread().interrupt();
        }
        return definite.orElseGet(() -> new AmbiguousWriteException(
                ErrorCode.STORE_UNAVAILABLE, doing, why(e) + ", and the write may still take effect", REPEAT, e));
    }

    /** The thread was interrupted before anything took effect. Its flag is set. */
    static UnavailableException interrupted(String doing, Exception e) {
        Thread.currentThread().interrupt();
        return unavailable(doing, "the thread was interrupted, " + e, "repeat the call if it is still wanted", e);
    }

    /** Throws if the thread is interrupted already: then nothing is sent. */
    static void requireNotInterrupted(String doing) {
        if (Thread.currentThread().isInterrupted()) {
            throw new UnavailableException(
                    ErrorCode.STORE_UNAVAILABLE,
                    doing,
                    "the thread was interrupted",
                    "repeat the call if it is still wanted");
        }
    }

    /** The server's answer is not one that an S3 server may give. */
    UnavailableException unfit(String doing, String why) {
        return new UnavailableException(
                ErrorCode.STORE_UNFIT,
                doing,
                why + ", " + where,
                "look at what lies between this host and the server, or use another server");
    }

    private Optional<MaasException> definite(String doing, RuntimeException e) {
        if (e instanceof AwsServiceException answered) {
            return definite(doing, answered, Answer.of(answered));
        }
        if (isInterrupt(e)) {
            return Optional.of(interrupted(doing, e));
        }
        if (nothingWasSent(e)) {
            return Optional.of(unavailable(
                    doing,
                    "no connection can be made to " + where + ", " + root(e),
                    "see whether the server runs and the endpoint in the store's address is right",
                    e));
        }
        if (String.valueOf(e.getMessage()).contains("Unable to load credentials")) {
            return Optional.of(denied(
                    doing,
                    "no credentials were found",
                    "give them in a way that the AWS SDK looks for, such as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY,"
                            + " a profile or a role",
                    e));
        }
        return Optional.empty();
    }

    private Optional<MaasException> definite(String doing, AwsServiceException e, Answer answer) {
        return Optional.ofNullable(
                switch (answer.kind()) {
                    case NO_BUCKET ->
                        unavailable(
                                doing,
                                "there is no bucket '" + bucket + "' at " + where + ", " + answer.text(),
                                "create the bucket, or correct the store's address",
                                e);
                    case DENIED ->
                        denied(
                                doing,
                                "the credentials of this process do not allow it on the bucket '" + bucket + "', "
                                        + answer.text(),
                                "allow s3:ListBucket, s3:ListBucketMultipartUploads, s3:GetObject, s3:PutObject,"
                                        + " s3:DeleteObject and s3:AbortMultipartUpload, or to read only the first and"
                                        + " third of these",
                                e);
                    case WRONG_KEY ->
                        denied(
                                doing,
                                "the server does not know the credentials of this process, or the secret is wrong, "
                                        + answer.text(),
                                "correct the access key, secret and token that the AWS SDK finds on this host",
                                e);
                    case EXPIRED ->
                        denied(
                                doing,
                                "the credentials of this process have expired, " + answer.text(),
                                "get fresh ones, or use a way of the AWS SDK that renews them, such as a role",
                                e);
                    case SKEWED ->
                        denied(
                                doing,
                                "the clock of this host is " + skew(e) + ", " + answer.text(),
                                "set the clock of this host",
                                e);
                    case ELSEWHERE -> elsewhere(doing, e, answer);
                    case UNFIT ->
                        new UnavailableException(
                                ErrorCode.STORE_UNFIT,
                                doing,
                                where + " cannot do it, " + answer.text(),
                                "use a server that has conditional writes, and multipart uploads for large objects",
                                e);
                    case FULL ->
                        new UnavailableException(
                                ErrorCode.STORE_FULL,
                                doing,
                                "the bucket '" + bucket + "' has no room left, " + answer.text(),
                                "make room, or raise the quota, and repeat the call",
                                e);
                    case REFUSED, TAKEN, NO_OBJECT, RANGE ->
                        unavailable(
                                doing,
                                "the server answered " + answer.text(),
                                "look at the server; if it is an older one, add ?preset=compatible to the store's address",
                                e);
                    case UNCERTAIN -> null;
                });
    }

    private MaasException elsewhere(String doing, AwsServiceException e, Answer answer) {
        Matcher expected = EXPECTED_REGION.matcher(String.valueOf(e.getMessage()));
        String region = Answer.header(e, "x-amz-bucket-region")
                .filter(name -> name.matches("[a-z0-9-]{1,40}"))
                .orElseGet(() -> expected.find() ? expected.group(1) : "");
        return new InvalidInputException(
                ErrorCode.BAD_SETTING,
                doing,
                "the bucket '" + bucket + "' is " + (region.isEmpty() ? "in another region" : "in region " + region)
                        + ", " + answer.text(),
                "add ?region=" + (region.isEmpty() ? "…" : region) + " to the store's address",
                e);
    }

    private String skew(AwsServiceException e) {
        try {
            Optional<Instant> server = Answer.header(e, "Date")
                    .map(date -> Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date)));
            if (server.isPresent()) {
                Duration ahead = Duration.between(server.get(), clock.instant());
                return ahead.abs().toSeconds() + " seconds " + (ahead.isNegative() ? "behind" : "ahead of")
                        + " the server's";
            }
        } catch (DateTimeException unreadable) {
            e.addSuppressed(unreadable);
        }
        return "too far from the server's";
    }

    private String why(RuntimeException e) {
        return e instanceof AwsServiceException answered
                ? where + " answered " + Answer.of(answered).text()
                : "the request to " + where + " broke off, " + root(e);
    }

    static boolean isInterrupt(Throwable failure) {
        return causes(failure).anyMatch(e -> e instanceof AbortedException || e instanceof InterruptedException);
    }

    private static Throwable root(Throwable failure) {
        return causes(failure).reduce((outer, inner) -> inner).orElse(failure);
    }

    private static Stream<Throwable> causes(Throwable failure) {
        return Stream.iterate(failure, e -> e != null, Throwable::getCause).limit(20);
    }

    private static UnavailableException unavailable(String doing, String why, String remedy, Exception e) {
        return new UnavailableException(ErrorCode.STORE_UNAVAILABLE, doing, why, remedy, e);
    }

    private static DeniedException denied(String doing, String why, String remedy, Exception e) {
        return new DeniedException(ErrorCode.STORE_DENIED, doing, why, remedy, e);
    }
}
