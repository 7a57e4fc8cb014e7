package io.maas.testkit;

import io.maas.spi.ObjectStore;

/**
 * A store that stays open when a platform on it is closed, so that a test can open one after another, or several at once
 * as if they were processes of their own.
 */
public final class SharedStore extends ForwardingStore {
    /** Wraps a store, which whoever made it closes. */
    public SharedStore(ObjectStore store) {
        super(store);
    }

    /** Does nothing. */
    @Override
    public void close() {}
}
