package io.maas.store.s3;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is in the bucket of a {@link FakeS3}. Each method is atomic. */
final class FakeBucket {
    /** The least size of all parts but the last. */
    private static final int LEAST_PART = 5 << 20;

    private static final Pattern PART = Pattern.compile("<Part>(.*?)</Part>", Pattern.DOTALL);
    private static final Pattern NUMBER = Pattern.compile("<PartNumber>(\\d+)</PartNumber>");
    private static final Pattern ETAG = Pattern.compile("<ETag>(?:&quot;|\")?([0-9a-f]+)(?:&quot;|\")?</ETag>");

    /** Whether and how completing an upload heeds a condition. */
    enum Completion {
        CONDITIONAL,
        HEEDLESS,
        NOT_IMPLEMENTED
    }

    /** An object. */
    record Stored(byte[] bytes, String etag, Optional<String> crc32) {}

    /** An upload. */
    record Upload(String id, String name, Instant initiated, TreeMap<Integer, Stored> parts) {}

    private final NavigableMap<String, Stored> objects = new TreeMap<>();
    private final Map<String, Upload> uploads = new TreeMap<>();
    private int uploadIds;
    private volatile Completion completion = Completion.CONDITIONAL;

    void complete(Completion how) {
        completion = how;
    }

    synchronized Optional<Stored> find(String name) {
        return Optional.ofNullable(objects.get(name));
    }

    synchronized Map<String, byte[]> contents() {
        Map<String, byte[]> contents = new TreeMap<>();
        objects.forEach((name, stored) -> contents.put(name, stored.bytes));
        return contents;
    }

    /** Puts an object there without a request. */
    synchronized void plant(String name, byte[] bytes) {
        objects.put(name, stored(new Payload(bytes, Optional.empty())));
    }

    synchronized Stored put(String name, Payload payload, boolean onlyIfAbsent) throws S3Error.Refusal {
        if (onlyIfAbsent && objects.containsKey(name)) {
            throw new S3Error.Refusal(412, "PreconditionFailed");
        }
        Stored stored = stored(payload);
        objects.put(name, stored);
        return stored;
    }

    private static Stored stored(Payload payload) {
        String etag = SignatureV4.sha256(payload.bytes()).substring(0, 32);
        return new Stored(payload.bytes(), etag, payload.crc32());
    }

    synchronized void delete(String name) {
        objects.remove(name);
    }

    synchronized List<String> names(String prefix, String after, int limit) {
        return objects.tailMap(after, false).keySet().stream()
                .filter(name -> name.startsWith(prefix))
                .limit(limit)
                .toList();
    }

    synchronized Upload begin(String name, Instant now) {
        Upload upload = new Upload("upload-" + ++uploadIds, name, now, new TreeMap<>());
        uploads.put(upload.id, upload);
        return upload;
    }

    synchronized List<Upload> uploads() {
        return new ArrayList<>(uploads.values());
    }

    synchronized Stored part(String name, String id, int number, Payload payload) throws S3Error.Refusal {
        Stored part = stored(payload);
        upload(name, id).parts.put(number, part);
        return part;
    }

    private Upload upload(String name, String id) throws S3Error.Refusal {
        Upload upload = uploads.get(id);
        if (upload == null || !upload.name.equals(name)) {
            throw new S3Error.Refusal(404, "NoSuchUpload");
        }
        return upload;
    }

    synchronized void abort(String name, String id) throws S3Error.Refusal {
        upload(name, id);
        uploads.remove(id);
    }

    synchronized Stored complete(String name, String id, String document, boolean onlyIfAbsent) throws S3Error.Refusal {
        if (onlyIfAbsent && completion == Completion.NOT_IMPLEMENTED) {
            throw new S3Error.Refusal(501, "NotImplemented");
        }
        Upload upload = upload(name, id);
        if (onlyIfAbsent && completion == Completion.CONDITIONAL && objects.containsKey(name)) {
            throw new S3Error.Refusal(412, "PreconditionFailed");
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        Map<Integer, String> listed = listed(document);
        int count = 0;
        for (Map.Entry<Integer, String> each : listed.entrySet()) {
            Stored part = upload.parts.get(each.getKey());
            count++;
            if (part == null || !part.etag.equals(each.getValue())) {
                throw new S3Error.Refusal(400, "InvalidPart");
            }
            if (count < listed.size() && part.bytes.length < LEAST_PART) {
                throw new S3Error.Refusal(400, "EntityTooSmall");
            }
            if (part.crc32.isPresent() && !document.contains(part.crc32.get())) {
                throw new S3Error.Refusal(400, "InvalidRequest");
            }
            whole.writeBytes(part.bytes);
        }
        if (listed.isEmpty()) {
            throw new S3Error.Refusal(400, "MalformedXML");
        }
        uploads.remove(id);
        byte[] bytes = whole.toByteArray();
        Stored stored = new Stored(bytes, SignatureV4.sha256(bytes).substring(0, 32), Optional.empty());
        objects.put(name, stored);
        return stored;
    }

    private static Map<Integer, String> listed(String document) throws S3Error.Refusal {
        Map<Integer, String> listed = new TreeMap<>();
        int last = 0;
        Matcher parts = PART.matcher(document);
        while (parts.find()) {
            Matcher number = NUMBER.matcher(parts.group(1));
            Matcher etag = ETAG.matcher(parts.group(1));
            if (!number.find() || !etag.find()) {
                throw new S3Error.Refusal(400, "MalformedXML");
            }
            int next = Integer.parseInt(number.group(1));
            if (next <= last) {
                throw new S3Error.Refusal(400, "InvalidPartOrder");
            }
            last = next;
            listed.put(next, etag.group(1));
        }
        return listed;
    }

    /** Returns how many uploads of each name are open. */
    synchronized Map<String, Integer> open() {
        Map<String, Integer> open = new HashMap<>();
        uploads.values().forEach(upload -> open.merge(upload.name, 1, Integer::sum));
        return open;
    }
}
