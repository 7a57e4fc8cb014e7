package io.maas.store.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The operations of S3 that a {@link FakeS3} knows. */
final class Operations {
    /** An answer. */
    record Reply(int status, Map<String, String> headers, byte[] body) {}

    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");
    private static final byte[] NOTHING = {};

    private final FakeBucket bucket;
    private final Supplier<Instant> now;
    private final Map<String, Runnable> happenings = new ConcurrentHashMap<>();
    private volatile int page = 1000;
    private volatile boolean reversed;

    Operations(FakeBucket bucket, Supplier<Instant> now) {
        this.bucket = bucket;
        this.now = now;
    }

    /** Has something happen right before the next request that starts so is carried out, such as {@code PutObject log/1}. */
    void before(String request, Runnable happening) {
        happenings.put(request, happening);
    }

    /** Sets the most keys of a page, whatever is asked for. */
    void setPage(int keys) {
        page = keys;
    }

    /** Lists keys in an order of its own, as directory buckets do. */
    void reverse() {
        reversed = true;
    }

    static String key(Exchange request) {
        String path = request.path();
        int slash = path.indexOf('/', 1);
        return slash < 0 ? "" : path.substring(slash + 1);
    }

    static String nameOf(Exchange request) {
        Map<String, String> query = request.query;
        boolean object = !key(request).isEmpty();
        return switch (request.method) {
            case "GET" ->
                query.containsKey("uploads") ? "ListMultipartUploads" : object ? "GetObject" : "ListObjectsV2";
            case "HEAD" -> "HeadObject";
            case "PUT" -> query.containsKey("uploadId") ? "UploadPart" : "PutObject";
            case "POST" -> query.containsKey("uploads") ? "CreateMultipartUpload" : "CompleteMultipartUpload";
            case "DELETE" -> query.containsKey("uploadId") ? "AbortMultipartUpload" : "DeleteObject";
            default -> "Unknown";
        };
    }

    static Reply error(S3Error error) {
        Map<String, String> headers = new LinkedHashMap<>(error.headers());
        headers.put("Content-Type", "application/xml");
        return new Reply(error.status(), headers, error.document());
    }

    Reply carryOut(Exchange request, byte[] wire) throws S3Error.Refusal {
        Optional<String> error = SignatureV4.error(request);
        if (error.isPresent()) {
            throw new S3Error.Refusal(error.get().equals("AuthorizationHeaderMalformed") ? 400 : 403, error.get());
        }
        if (!request.path().startsWith("/" + FakeS3.BUCKET)) {
            throw new S3Error.Refusal(404, "NoSuchBucket");
        }
        if (request.method.startsWith("P") && request.header("content-length").isEmpty()) {
            throw new S3Error.Refusal(411, "MissingContentLength");
        }
        happenAt(nameOf(request) + " " + key(request));
        String name = key(request);
        Payload payload = Payload.of(request, wire);
        return switch (nameOf(request)) {
            case "GetObject", "HeadObject" -> get(request, name);
            case "ListObjectsV2" -> list(request);
            case "PutObject" -> created(bucket.put(name, payload, onlyIfAbsent(request)), payload);
            case "DeleteObject" -> {
                bucket.delete(name);
                yield new Reply(204, Map.of(), NOTHING);
            }
            case "CreateMultipartUpload" -> {
                String id = bucket.begin(name, now.get()).id();
                yield document("<InitiateMultipartUploadResult><Bucket>maas</Bucket><Key>" + name + "</Key><UploadId>"
                        + id + "</UploadId></InitiateMultipartUploadResult>");
            }
            case "UploadPart" ->
                created(
                        bucket.part(name, id(request), Integer.parseInt(request.query.get("partNumber")), payload),
                        payload);
            case "CompleteMultipartUpload" -> {
                String parts = new String(payload.bytes(), UTF_8);
                String etag = bucket.complete(name, id(request), parts, onlyIfAbsent(request))
                        .etag();
                yield document("<CompleteMultipartUploadResult><Key>" + name + "</Key><ETag>" + etag
                        + "</ETag></CompleteMultipartUploadResult>");
            }
            case "AbortMultipartUpload" -> {
                bucket.abort(name, id(request));
                yield new Reply(204, Map.of(), NOTHING);
            }
            case "ListMultipartUploads" -> uploads(request.query.getOrDefault("prefix", ""));
            default -> throw new S3Error.Refusal(501, "NotImplemented");
        };
    }

    private void happenAt(String request) {
        happenings.keySet().stream().filter(request::startsWith).findFirst().ifPresent(when -> {
            Runnable happening = happenings.remove(when);
            if (happening != null) {
                happening.run();
            }
        });
    }

    private static String id(Exchange request) {
        return request.query.getOrDefault("uploadId", "");
    }

    private static boolean onlyIfAbsent(Exchange request) throws S3Error.Refusal {
        Optional<String> condition = request.header("if-none-match");
        if (condition.isPresent() && !condition.get().equals("*")) {
            throw new S3Error.Refusal(501, "NotImplemented");
        }
        return condition.isPresent();
    }

    private static Reply created(FakeBucket.Stored stored, Payload payload) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("ETag", '"' + stored.etag() + '"');
        payload.crc32().ifPresent(crc -> headers.put("x-amz-checksum-crc32", crc));
        return new Reply(200, headers, NOTHING);
    }

    private Reply get(Exchange request, String name) throws S3Error.Refusal {
        FakeBucket.Stored stored = bucket.find(name).orElseThrow(() -> new S3Error.Refusal(404, "NoSuchKey"));
        byte[] bytes = stored.bytes();
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("ETag", '"' + stored.etag() + '"');
        headers.put("Content-Type", "application/octet-stream");
        if (request.method.equals("HEAD")) {
            headers.put("Content-Length", Integer.toString(bytes.length));
            return new Reply(200, headers, NOTHING);
        }
        Matcher range = RANGE.matcher(request.header("range").orElse(""));
        if (!range.matches()) {
            if (request.header("x-amz-checksum-mode").isPresent()) {
                stored.crc32().ifPresent(crc -> headers.put("x-amz-checksum-crc32", crc));
            }
            return new Reply(200, headers, bytes);
        }
        int first = Integer.parseInt(range.group(1));
        int last = range.group(2).isEmpty() ? bytes.length - 1 : Integer.parseInt(range.group(2));
        last = Math.min(last, bytes.length - 1);
        if (first >= bytes.length) {
            throw new S3Error.Refusal(
                    new S3Error(416, "InvalidRange", Map.of("Content-Range", "bytes */" + bytes.length)));
        }
        headers.put("Content-Range", "bytes " + first + "-" + last + "/" + bytes.length);
        return new Reply(206, headers, Arrays.copyOfRange(bytes, first, last + 1));
    }

    private Reply list(Exchange request) {
        Map<String, String> query = request.query;
        int limit = Math.min(page, Integer.parseInt(query.getOrDefault("max-keys", "1000")));
        String after = query.containsKey("continuation-token")
                ? query.get("continuation-token").substring("after-".length())
                : query.getOrDefault("start-after", "");
        List<String> names = bucket.names(query.getOrDefault("prefix", ""), after, limit + 1);
        boolean more = names.size() > limit;
        List<String> shown = new ArrayList<>(more ? names.subList(0, limit) : names);
        if (reversed) {
            Collections.reverse(shown);
        }
        StringBuilder text = new StringBuilder("<ListBucketResult><Name>maas</Name><KeyCount>" + shown.size()
                + "</KeyCount><IsTruncated>" + more + "</IsTruncated>");
        if (more) {
            text.append("<NextContinuationToken>after-")
                    .append(shown.get(shown.size() - 1))
                    .append("</NextContinuationToken>");
        }
        shown.forEach(name -> text.append("<Contents><Key>").append(name).append("</Key><Size>1</Size></Contents>"));
        return document(text.append("</ListBucketResult>").toString());
    }

    private Reply uploads(String prefix) {
        StringBuilder text = new StringBuilder("<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>");
        for (FakeBucket.Upload upload : bucket.uploads()) {
            if (upload.name().startsWith(prefix)) {
                text.append("<Upload><Key>" + upload.name() + "</Key><UploadId>" + upload.id()
                        + "</UploadId><Initiated>" + upload.initiated() + "</Initiated></Upload>");
            }
        }
        return document(text.append("</ListMultipartUploadsResult>").toString());
    }

    private static Reply document(String text) {
        return new Reply(
                200,
                Map.of("Content-Type", "application/xml"),
                ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + text).getBytes(UTF_8));
    }
}
