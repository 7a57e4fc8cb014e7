package io.maas.store.s3;

import java.time.Clock;

/**
 * Opens a store: looks whether the bucket is there and lets this process in. Whether it creates a key once only is tried by
 * the platform, before it writes anything.
 */
final class Opening {
    private final StoreAddress address;
    private final Client client;
    private final Clock clock;

    /** Takes a client, which is closed if the store cannot be opened. */
    Opening(StoreAddress address, Client client, Clock clock) {
        this.address = address;
        this.client = client;
        this.clock = clock;
    }

    /** Opens a store, and changes nothing. */
    S3Store toRead() {
        return open(S3Store.Access.READ);
    }

    /** Opens a store, and gives up its abandoned uploads meanwhile. */
    S3Store toWrite() {
        S3Store store = open(S3Store.Access.WRITE);
        address.options()
                .abandonedAfter()
                .ifPresent(age ->
                        new Janitor(address, client).start(clock.instant().minus(age)));
        return store;
    }

    private S3Store open(S3Store.Access access) {
        boolean opened = false;
        try {
            look();
            S3Store store = new S3Store(address, access, client, new Reader(address, client));
            opened = true;
            return store;
        } finally {
            if (!opened) {
                client.close();
            }
        }
    }

    /** Lists, since a HEAD of the bucket would fail without saying why. */
    private void look() {
        String doing = "open the store '" + address.text() + "'";
        Failures.requireNotInterrupted(doing);
        try {
            client.s3()
                    .listObjectsV2(request -> request.bucket(address.bucket())
                            .prefix(address.root())
                            .maxKeys(1));
        } catch (RuntimeException e) {
            throw client.failures().failed(doing, e);
        }
    }
}
