package io.maas;

import io.maas.spi.ObjectStore;
import io.maas.testkit.ForwardingStore;

/** A store with an address of its own, which hosts know again; memory has none. */
public final class NamedStore extends ForwardingStore {
    private final String address;

    public NamedStore(String address, ObjectStore store) {
        super(store);
        this.address = address;
    }

    @Override
    public String toString() {
        return address;
    }
}
