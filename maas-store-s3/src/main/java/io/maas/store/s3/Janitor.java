package io.maas.store.s3;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/**
 * Gives up uploads of large objects that a killed process left behind; they are not seen, and cost room. Several hosts may
 * do so at once: giving up what is given up is harmless.
 */
final class Janitor {
    private static final Logger LOG = LoggerFactory.getLogger(Janitor.class);

    /** The most pages to look at in one go, of 1,000 uploads. */
    private static final int PAGES = 10;

    private final StoreAddress address;
    private final Client client;

    Janitor(StoreAddress address, Client client) {
        this.address = address;
        this.client = client;
    }

    /** Sweeps in a thread of its own, so that opening a store does not wait. Ends early if the store's client is closed. */
    Thread start(Instant limit) {
        Thread thread = new Thread(() -> sweep(limit), "maas-s3-janitor");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Gives up what is abandoned, or some of it. Never fails, since the store works without it. */
    void sweep(Instant limit) {
        try {
            each(limit, PAGES, this::giveUp);
        } catch (RuntimeException e) {
            LOG.info("Abandoned uploads to {} cannot be looked for, and stay", address.text(), e);
        }
    }

    /** Returns the uploads that began before a time. */
    List<String> find(Instant limit) {
        List<String> found = new ArrayList<>();
        all("find abandoned uploads", limit, upload -> found.add(name(upload)));
        return found;
    }

    /** Gives these uploads up; returns those that are. */
    List<String> remove(Instant limit) {
        List<String> removed = new ArrayList<>();
        all("give up abandoned uploads", limit, upload -> {
            try {
                giveUp(upload);
                removed.add(name(upload));
            } catch (AwsServiceException e) {
                LOG.warn("The upload of {} to {} cannot be given up, and stays", upload.key(), address.text(), e);
            }
        });
        return removed;
    }

    private void all(String doing, Instant limit, Consumer<MultipartUpload> action) {
        Failures.requireNotInterrupted(doing);
        try {
            each(limit, Integer.MAX_VALUE, action);
        } catch (RuntimeException e) {
            throw client.failures().failed(doing, e);
        }
    }

    private void each(Instant limit, int pages, Consumer<MultipartUpload> action) {
        String keyMarker = null;
        String idMarker = null;
        for (int i = 0; i < pages; i++) {
            String afterKey = keyMarker;
            String afterId = idMarker;
            ListMultipartUploadsResponse page = client.s3()
                    .listMultipartUploads(request -> request.bucket(address.bucket())
                            .prefix(address.root())
                            .keyMarker(afterKey)
                            .uploadIdMarker(afterId));
            for (MultipartUpload upload : page.uploads()) {
                if (upload.key().startsWith(address.root())
                        && upload.initiated().isBefore(limit)) {
                    action.accept(upload);
                }
            }
            if (!Boolean.TRUE.equals(page.isTruncated())) {
                return;
            }
            keyMarker = page.nextKeyMarker();
            idMarker = page.nextUploadIdMarker();
        }
    }

    private void giveUp(MultipartUpload upload) {
        client.s3()
                .abortMultipartUpload(request ->
                        request.bucket(address.bucket()).key(upload.key()).uploadId(upload.uploadId()));
        LOG.info("Gave up the upload of {} to {}, which a process left behind", upload.key(), address.text());
    }

    private String name(MultipartUpload upload) {
        return "the upload of " + upload.key().substring(address.root().length()) + " begun at " + upload.initiated();
    }
}
