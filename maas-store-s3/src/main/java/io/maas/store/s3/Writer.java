package io.maas.store.s3;

import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.spi.ObjectStore;
import java.io.ByteArrayInputStream;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/** How objects are created, overwritten and deleted. */
final class Writer implements AutoCloseable {
    static final String TYPE = "application/octet-stream";

    /** Above this, an object is sent in parts. */
    private static final long LARGE = 64L << 20;

    /** S3 takes no more in one request. */
    private static final long LARGEST_PUT = 5L << 30;

    /**
     * Above this, a look whether the key is taken comes first. A server may refuse a taken key before it has read the
     * content, which here is a connection that breaks, so that repeating the call would never find out.
     */
    private static final long LOOK_FIRST = 64 * 1024;

    private final StoreAddress address;
    private final Client client;
    private final Reader reader;
    private final MultipartUploads uploads;

    Writer(StoreAddress address, Client client, Reader reader) {
        this.address = address;
        this.client = client;
        this.reader = reader;
        this.uploads = new MultipartUploads(address, client);
    }

    boolean create(String key, ObjectStore.Source source) {
        String doing = "create '" + key + "'";
        String name = address.nameOf(key);
        Failures.requireNotInterrupted(doing);
        try (Content content = new Content(doing, source)) {
            if (content.length() > LOOK_FIRST && reader.exists(doing, key)) {
                return false;
            }
            if (content.length() <= LARGE) {
                return createWhole(doing, name, content);
            }
            if (uploads.completeOnce(doing)) {
                return uploads.create(doing, name, content);
            }
            if (content.length() > LARGEST_PUT) {
                throw new UnavailableException(
                        ErrorCode.STORE_UNFIT,
                        doing,
                        "it has " + content.length() + " bytes, and the server has no conditional multipart uploads",
                        "use a server that honours If-None-Match when an upload is completed, or smaller files");
            }
            return createWhole(doing, name, content);
        }
    }

    private boolean createWhole(String doing, String name, Content content) {
        OneShot once = new OneShot();
        PutObjectRequest request = PutObjectRequest.builder()
                .bucket(address.bucket())
                .key(name)
                .ifNoneMatch("*")
                .overrideConfiguration(only ->
                        only.addPlugin(once).apiCallTimeout(client.timeouts().toSend(content.length())))
                .build();
        try {
            client.s3().putObject(request, RequestBody.fromContentProvider(content, content.length(), TYPE));
            return true;
        } catch (RuntimeException e) {
            content.requireSound();
            if (isTaken(e)) {
                return false;
            }
            throw client.failures().notWritten(doing, e, once.mayHaveArrived());
        }
    }

    /** Tells whether a conditional write was refused because the key has an object. */
    static boolean isTaken(RuntimeException e) {
        return e instanceof AwsServiceException answered && Answer.of(answered).kind() == Answer.Kind.TAKEN;
    }

    void put(String key, byte[] bytes) {
        String doing = "overwrite '" + key + "'";
        String name = address.nameOf(key);
        Failures.requireNotInterrupted(doing);
        PutObjectRequest request = PutObjectRequest.builder()
                .bucket(address.bucket())
                .key(name)
                .overrideConfiguration(
                        only -> only.apiCallTimeout(client.timeouts().toSend(bytes.length)))
                .build();
        try {
            client.s3().putObject(request, body(bytes, bytes.length));
        } catch (RuntimeException e) {
            throw client.failures().notWritten(doing, e, true);
        }
    }

    void delete(String key) {
        String doing = "delete '" + key + "'";
        String name = address.nameOf(key);
        Failures.requireNotInterrupted(doing);
        try {
            client.s3().deleteObject(request -> request.bucket(address.bucket()).key(name));
        } catch (RuntimeException e) {
            throw client.failures().notWritten(doing, e, true);
        }
    }

    /** Returns the first bytes of an array as a body, without a copy. */
    static RequestBody body(byte[] bytes, int length) {
        return RequestBody.fromContentProvider(() -> new ByteArrayInputStream(bytes, 0, length), length, TYPE);
    }

    @Override
    public void close() {
        uploads.close();
    }
}
