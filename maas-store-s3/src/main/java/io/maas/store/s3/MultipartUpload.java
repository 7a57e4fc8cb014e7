package io.maas.store.s3;

import io.maas.error.MaasException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * The upload of one large object. Parts are read one after the other by the caller's thread and sent by others. Until the
 * upload is completed there is no object, so a part may be sent again; completing it is the atomic step, and is done once.
 */
final class MultipartUpload {
    private static final Logger LOG = LoggerFactory.getLogger(MultipartUpload.class);
    private static final int MOST_PARTS = 10_000;

    private final StoreAddress address;
    private final Client client;
    private final PartBuffers buffers;
    private final Executor threads;
    private final String doing;
    private final String name;
    private final OneShot completion = new OneShot();
    private String id = "";

    MultipartUpload(
            StoreAddress address, Client client, PartBuffers buffers, Executor threads, String doing, String name) {
        this.address = address;
        this.client = client;
        this.buffers = buffers;
        this.threads = threads;
        this.doing = doing;
        this.name = name;
    }

    boolean create(Content content) {
        beginElsewhere();
        boolean created = false;
        boolean unanswered = false;
        try {
            created = complete(sendAll(content));
            return created;
        } catch (MaasException e) {
            throw e;
        } catch (RuntimeException e) {
            content.requireSound();
            // a completion that may be under way is left alone: should it not be, the janitor ends the upload
            unanswered =
                    completion.mayHaveArrived() && !(e instanceof AwsServiceException) && !Failures.nothingWasSent(e);
            throw client.failures().notWritten(doing, e, completion.mayHaveArrived());
        } finally {
            if (!created && !unanswered) {
                abort();
            }
        }
    }

    /** In a thread that nobody interrupts: the answer has the upload's id, without which it could not be given up. */
    private void beginElsewhere() {
        try {
            CompletableFuture.runAsync(this::begin, threads).join();
        } catch (RejectedExecutionException e) {
            throw S3Store.closed(doing, address);
        } catch (CompletionException e) {
            throw client.failures().failed(doing, cause(e));
        }
    }

    private static RuntimeException cause(CompletionException e) {
        return e.getCause() instanceof RuntimeException failure ? failure : e;
    }

    void begin() {
        id = client.s3()
                .createMultipartUpload(
                        request -> request.bucket(address.bucket()).key(name).contentType(Writer.TYPE))
                .uploadId();
    }

    private List<CompletedPart> sendAll(Content content) {
        int size = partBytes(content.length());
        List<CompletableFuture<CompletedPart>> parts = new ArrayList<>();
        try (InputStream in = content.newStream()) {
            for (long sent = 0; sent < content.length() && !anyFailed(parts); sent += size) {
                parts.add(sendNext(parts.size() + 1, in, size));
            }
            return parts.stream().map(CompletableFuture::join).toList();
        } catch (InterruptedException e) {
            throw Failures.interrupted(doing, e);
        } catch (IOException e) {
            throw content.unreadable(e);
        } catch (CompletionException e) {
            throw cause(e);
        } finally {
            // an abort while parts are under way may miss them
            parts.forEach(part -> part.handle((done, failure) -> 0).join());
        }
    }

    private int partBytes(long length) {
        long least = (length + MOST_PARTS - 1) / MOST_PARTS;
        return (int) Math.max(address.options().partBytes(), Math.min(least, Integer.MAX_VALUE - 8));
    }

    private static boolean anyFailed(List<CompletableFuture<CompletedPart>> parts) {
        return parts.stream().anyMatch(CompletableFuture::isCompletedExceptionally);
    }

    private CompletableFuture<CompletedPart> sendNext(int number, InputStream in, int size)
            throws IOException, InterruptedException {
        byte[] buffer = buffers.take(size);
        boolean handedOver = false;
        try {
            int length = in.readNBytes(buffer, 0, size);
            CompletableFuture<CompletedPart> part = CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return send(number, buffer, length);
                        } finally {
                            buffers.give(buffer);
                        }
                    },
                    threads);
            handedOver = true;
            return part;
        } catch (RejectedExecutionException e) {
            throw S3Store.closed(doing, address);
        } finally {
            if (!handedOver) {
                buffers.give(buffer);
            }
        }
    }

    CompletedPart send(int number, byte[] bytes, int length) {
        UploadPartRequest request = UploadPartRequest.builder()
                .bucket(address.bucket())
                .key(name)
                .uploadId(id)
                .partNumber(number)
                .overrideConfiguration(
                        only -> only.apiCallTimeout(client.timeouts().toSend(length)))
                .build();
        UploadPartResponse sent = client.s3().uploadPart(request, Writer.body(bytes, length));
        // a server that took checksums with the parts wants them again, whichever the SDK chose
        return CompletedPart.builder()
                .partNumber(number)
                .eTag(sent.eTag())
                .checksumCRC32(sent.checksumCRC32())
                .checksumCRC32C(sent.checksumCRC32C())
                .checksumCRC64NVME(sent.checksumCRC64NVME())
                .checksumSHA1(sent.checksumSHA1())
                .checksumSHA256(sent.checksumSHA256())
                .build();
    }

    /** Makes the object; false if its key has one. */
    boolean complete(List<CompletedPart> parts) {
        CompleteMultipartUploadRequest request = CompleteMultipartUploadRequest.builder()
                .bucket(address.bucket())
                .key(name)
                .uploadId(id)
                .multipartUpload(all -> all.parts(parts))
                .ifNoneMatch("*")
                .overrideConfiguration(only -> only.addPlugin(completion))
                .build();
        try {
            client.s3().completeMultipartUpload(request);
            return true;
        } catch (RuntimeException e) {
            if (Writer.isTaken(e)) {
                return false;
            }
            throw e;
        }
    }

    /** Gives the upload up. Should that fail, the janitor does so later. */
    void abort() {
        Interrupts.keepFrom(() -> {
            try {
                client.s3()
                        .abortMultipartUpload(request ->
                                request.bucket(address.bucket()).key(name).uploadId(id));
            } catch (RuntimeException e) {
                LOG.debug("The upload of {} to {} is left to the janitor", name, address.text(), e);
            }
        });
    }
}
