package io.maas.store.s3;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.spi.StoreKeys;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/** How objects are read and listed. All of it may be repeated, and the client does. */
final class Reader {
    /** {@code get} is for small objects; more than this does not belong on the heap. */
    private static final long LARGEST = 512L << 20;

    private static final int WHOLE_READS = 3;
    private static final int PAGE = 1000;
    /** A server that says so often that there is more, and gives nothing, does so for ever. */
    private static final int EMPTY_PAGES = 100;

    private final StoreAddress address;
    private final Client client;
    private final Failures failures;

    Reader(StoreAddress address, Client client) {
        this.address = address;
        this.client = client;
        this.failures = client.failures();
    }

    Optional<byte[]> get(String key) {
        String doing = "get '" + key + "'";
        IOException broken = null;
        for (int i = 0; i < WHOLE_READS; i++) {
            Optional<InputStream> opened = open(doing, key, 0, Body.DO_NOT_RESUME);
            if (opened.isEmpty()) {
                return Optional.empty();
            }
            try (InputStream in = opened.get()) {
                return Optional.of(readWhole(doing, in));
            } catch (IOException e) {
                Failures.requireNotInterrupted(doing);
                broken = e;
            }
        }
        throw new UnavailableException(
                ErrorCode.STORE_UNAVAILABLE,
                doing,
                "it could not be read whole, " + broken,
                "repeat the call, or look at what lies between this host and the server",
                java.util.Objects.requireNonNull(broken));
    }

    private static byte[] readWhole(String doing, InputStream in) throws IOException {
        if (in instanceof Body body && body.left() > LARGEST) {
            throw new UnavailableException(
                    ErrorCode.STORE_UNFIT,
                    doing,
                    "it has " + body.left() + " bytes, more than the " + LARGEST + " that are read into memory",
                    "see who put it there, or open it as a stream");
        }
        return in.readAllBytes(); // grows as bytes come, whatever length was announced
    }

    Optional<InputStream> open(String key, long offset) {
        return open("open '" + key + "'", key, offset, Body.RESUME);
    }

    private Optional<InputStream> open(String doing, String key, long offset, int resumptions) {
        String name = address.nameOf(key);
        Failures.requireNotInterrupted(doing);
        if (offset < 0) {
            throw outside(doing, "the offset is " + offset);
        }
        try {
            ResponseInputStream<GetObjectResponse> first = request(doing, name, offset);
            return Optional.of(new Body(doing, first, offset, resumptions, position -> request(doing, name, position)));
        } catch (S3Exception e) {
            return switch (Answer.of(e).kind()) {
                case NO_OBJECT -> Optional.empty();
                case RANGE -> atEnd(doing, key, offset, e);
                default -> throw failures.failed(doing, e);
            };
        } catch (MaasException e) {
            throw e;
        } catch (RuntimeException e) {
            throw failures.failed(doing, e);
        }
    }

    /** Tells whether an object is there. Unlike HEAD, a GET of its first byte says why it fails. */
    boolean exists(String doing, String key) {
        Failures.requireNotInterrupted(doing);
        GetObjectRequest request = GetObjectRequest.builder()
                .bucket(address.bucket())
                .key(address.nameOf(key))
                .range("bytes=0-0")
                .build();
        try {
            client.s3().getObject(request).abort();
            return true;
        } catch (S3Exception e) {
            return switch (Answer.of(e).kind()) {
                case NO_OBJECT -> false;
                case RANGE -> true;
                default -> throw failures.failed(doing, e);
            };
        } catch (RuntimeException e) {
            throw failures.failed(doing, e);
        }
    }

    private ResponseInputStream<GetObjectResponse> request(String doing, String name, long offset) {
        GetObjectRequest.Builder request =
                GetObjectRequest.builder().bucket(address.bucket()).key(name);
        if (offset > 0) {
            request.range("bytes=" + offset + "-");
        } else if (address.options().preset() == StoreAddress.Preset.AWS) {
            request.checksumMode(ChecksumMode.ENABLED); // the server has those of whole objects alone
        }
        ResponseInputStream<GetObjectResponse> in = client.s3().getObject(request.build());
        String range = String.valueOf(in.response().contentRange());
        if (in.response().contentLength() == null || in.response().contentLength() < 0) {
            in.abort();
            throw failures.unfit(doing, "the server does not say how long the object is");
        }
        if (offset > 0 && !range.startsWith("bytes " + offset + "-")) {
            in.abort();
            throw failures.unfit(doing, "the server was asked for bytes from " + offset + " and sent others");
        }
        return in;
    }

    /** No range starts at the end of an object, where a stream of no bytes does. */
    private Optional<InputStream> atEnd(String doing, String key, long offset, S3Exception refusal) {
        long length;
        try {
            length = client.s3()
                    .headObject(head -> head.bucket(address.bucket()).key(address.nameOf(key)))
                    .contentLength();
        } catch (RuntimeException e) {
            e.addSuppressed(refusal);
            throw failures.failed(doing, e);
        }
        if (offset > length) {
            throw outside(doing, "it has " + length + " bytes and the offset is " + offset);
        }
        return Optional.of(InputStream.nullInputStream());
    }

    private static InvalidInputException outside(String doing, String why) {
        return new InvalidInputException(ErrorCode.BAD_SETTING, doing, why, "use an offset from 0 to its length");
    }

    List<String> list(String prefix, String after, int limit) {
        String doing = "list objects";
        Failures.requireNotInterrupted(doing);
        ListObjectsV2Request.Builder request =
                ListObjectsV2Request.builder().bucket(address.bucket()).prefix(address.root() + prefix);
        if (!after.isEmpty()) {
            request.startAfter(address.root() + after);
        }
        List<String> keys = new ArrayList<>();
        String last = after;
        for (int empty = 0; empty < EMPTY_PAGES; empty++) {
            ListObjectsV2Response page = page(
                    doing, request.maxKeys(Math.min(limit - keys.size(), PAGE)).build());
            for (S3Object object : page.contents()) {
                String key = object.key().startsWith(address.root())
                        ? object.key().substring(address.root().length())
                        : "";
                if (StoreKeys.isKey(key) && key.startsWith(prefix) && keys.size() < limit) {
                    requireOrder(doing, last, key);
                    last = key;
                    keys.add(key);
                    empty = -1;
                }
            }
            if (keys.size() == limit || !Boolean.TRUE.equals(page.isTruncated())) {
                return List.copyOf(keys);
            }
            request.continuationToken(page.nextContinuationToken());
        }
        throw failures.unfit(doing, "the server says over and over that there is more, and lists nothing");
    }

    /** Returns the time by the server's clock, which every answer tells; empty if this one does not. */
    Optional<Instant> time() {
        String doing = "ask for the time";
        Failures.requireNotInterrupted(doing);
        ListObjectsV2Response answer = page(
                doing,
                ListObjectsV2Request.builder()
                        .bucket(address.bucket())
                        .prefix(address.root())
                        .maxKeys(1)
                        .build());
        try {
            return answer.sdkHttpResponse()
                    .firstMatchingHeader("Date")
                    .map(text -> Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text)));
        } catch (DateTimeException e) {
            throw failures.unfit(doing, "the server's Date cannot be read, " + e.getMessage());
        }
    }

    private ListObjectsV2Response page(String doing, ListObjectsV2Request request) {
        try {
            return client.s3().listObjectsV2(request);
        } catch (RuntimeException e) {
            throw failures.failed(doing, e);
        }
    }

    /** Keys are ASCII, so that the order of strings is that of bytes. Directory buckets have none. */
    private void requireOrder(String doing, String last, String key) {
        if (!last.isEmpty() && key.compareTo(last) <= 0) {
            throw failures.unfit(
                    doing, "the server lists '" + key + "' after '" + last + "', not in the order of bytes");
        }
    }
}
