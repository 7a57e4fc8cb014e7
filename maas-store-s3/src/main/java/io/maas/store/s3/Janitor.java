package io.maas.store.s3;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
    private final Clock clock;
    private final Duration age;

    Janitor(StoreAddress address, Client client, Clock clock, Duration age) {
        this.address = address;
        this.client = client;
        this.clock = clock;
        this.age = age;
    }

    /** Sweeps in a thread of its own, so that opening a store does not wait. Ends early if the store's client is closed. */
    Thread start() {
        Thread thread = new Thread(this::sweep, "maas-s3-janitor");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Gives up what is abandoned. Never fails, since the store works without it. */
    void sweep() {
        try {
            sweep(clock.instant().minus(age));
        } catch (RuntimeException e) {
            LOG.info("Abandoned uploads to {} cannot be looked for, and stay", address.text(), e);
        }
    }

    private void sweep(Instant limit) {
        String keyMarker = null;
        String idMarker = null;
        for (int i = 0; i < PAGES; i++) {
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
                    giveUp(upload);
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
}
