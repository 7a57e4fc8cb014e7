package io.maas.store.s3;

import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/** Uploads of large objects, in parts of which some are sent at a time. Thread-safe. */
final class MultipartUploads implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MultipartUploads.class);
    private static final long IDLE_SECONDS = 10;

    private final StoreAddress address;
    private final Client client;
    private final PartBuffers buffers = new PartBuffers();
    private final ThreadPoolExecutor threads;
    private Optional<Boolean> completesOnce = Optional.empty();

    MultipartUploads(StoreAddress address, Client client) {
        this.address = address;
        this.client = client;
        this.threads = new ThreadPoolExecutor(
                PartBuffers.MOST,
                PartBuffers.MOST,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                MultipartUploads::newThread);
        threads.allowCoreThreadTimeOut(true);
    }

    private static Thread newThread(Runnable work) {
        Thread thread = new Thread(work, "maas-s3-upload");
        thread.setDaemon(true);
        return thread;
    }

    boolean create(String doing, String name, Content content) {
        buffers.begin();
        try {
            return new MultipartUpload(address, client, buffers, threads, doing, name).create(content);
        } finally {
            buffers.end();
        }
    }

    /**
     * Tells whether the server honours {@code If-None-Match} when an upload is completed. Servers that do so for a simple
     * PUT may ignore it here, and would overwrite; so the first large object of a store has this tried with a small one,
     * under a name that no key can have.
     */
    synchronized boolean completeOnce(String doing) {
        if (completesOnce.isEmpty()) {
            boolean once = tryToComplete(doing, address.root() + ".probe-" + UUID.randomUUID());
            completesOnce = Optional.of(once);
            if (!once) {
                LOG.info("{} has no conditional multipart uploads, large objects are sent whole", address.text());
            }
        }
        return completesOnce.get();
    }

    private boolean tryToComplete(String doing, String name) {
        byte[] content = {1};
        try {
            client.s3().putObject(put -> put.bucket(address.bucket()).key(name), Writer.body(content, 1));
            MultipartUpload probe = new MultipartUpload(address, client, buffers, threads, doing, name);
            probe.begin();
            try {
                CompletedPart part = probe.send(1, content, 1);
                return !probe.complete(java.util.List.of(part));
            } finally {
                probe.abort();
            }
        } catch (AwsServiceException e) {
            if (Answer.of(e).kind() == Answer.Kind.UNFIT) {
                LOG.debug("{} refuses conditional multipart uploads", address.text(), e);
                return false;
            }
            throw client.failures().failed(doing, e);
        } catch (RuntimeException e) {
            throw client.failures().failed(doing, e);
        } finally {
            remove(name);
        }
    }

    private void remove(String name) {
        Interrupts.keepFrom(() -> {
            try {
                client.s3()
                        .deleteObject(delete -> delete.bucket(address.bucket()).key(name));
            } catch (RuntimeException e) {
                LOG.debug("{} of {} could not be deleted, and stays", name, address.text(), e);
            }
        });
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
