package io.maas.testkit;

import io.maas.spi.ObjectStore;
import org.junit.jupiter.api.Timeout;

/**
 * What a registry must do on every {@link ObjectStore}: aliases, releases and traffic, holds and lifecycles, policies and the gate, the
 * past, the audit log, several hosts, and what goes from one registry to another. To check a store, extend this in its
 * tests and say how it is opened, as for {@link ObjectStoreContract}, which has to hold first.
 */
@Timeout(120)
public abstract class RepositoryContract extends DeliveryContract {
    /** For subclasses. */
    protected RepositoryContract() {}

    @Override
    protected abstract ObjectStore open();
}
