package io.maas.store.s3;

import io.maas.spi.ObjectStore;
import io.maas.spi.StoreProvider;
import java.net.URI;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Opens stores in S3 buckets, at addresses such as {@code s3://bucket/models?region=eu-central-1}. Any number of hosts may
 * share a store. The bucket must exist, and the server must honour {@code If-None-Match: *} on {@code PutObject}, as Amazon
 * S3 does; the platform tries it before it writes.
 *
 * <p>Credentials are those that the default chain of the AWS SDK finds. They are never part of an address. Settings of an
 * address are:
 *
 * <ul>
 *   <li>{@code endpoint}: the server, if it is not Amazon's, such as {@code https://s3.example.com}
 *   <li>{@code region}: if absent, what the SDK finds, or {@code us-east-1} with an endpoint
 *   <li>{@code pathStyle}: {@code true} or {@code false}; true by default with an endpoint
 *   <li>{@code preset=compatible}: for older servers, which know neither checksums of the SDK's choice nor chunked bodies;
 *       over plain HTTP each content is then read twice
 *   <li>{@code partSize}: in MiB, 5 to 16, 8 by default; objects above 64 MiB are sent in such parts, four at a time for the
 *       whole store, which is what a store takes of the heap
 *   <li>{@code abandonedAfter}: such as {@code P7D}, the default, or {@code never}; unfinished uploads below the store's
 *       prefix that are older are given up when the store is opened for writing
 * </ul>
 *
 * <p>A connection is waited for 5 seconds and an answer 30, and a call ends after a minute, plus a second for each 128 KiB
 * that it sends. What may be repeated is tried three times within that.
 */
public final class S3StoreProvider implements StoreProvider {
    private final Optional<S3Client> given;

    /** Called when services are loaded. Each store then has a client of its own. */
    public S3StoreProvider() {
        given = Optional.empty();
    }

    /**
     * Opens stores with a client of the host, which is not closed with them. Its endpoint, region, credentials, checksums and
     * time-outs apply, and addresses must not name any. The client may retry: what must not be sent twice is not.
     */
    public S3StoreProvider(S3Client client) {
        given = Optional.of(client);
    }

    @Override
    public Set<String> schemes() {
        return Set.of("s3");
    }

    @Override
    public ObjectStore open(URI address, boolean readOnly) {
        StoreAddress parsed = StoreAddress.parse(address);
        Client client = given.isPresent()
                ? Client.given(given.get(), parsed.requireForGivenClient())
                : Client.own(parsed, Timeouts.DEFAULT, Optional.empty());
        Opening opening = new Opening(parsed, client, Clock.systemUTC());
        return readOnly ? opening.toRead() : opening.toWrite();
    }
}
