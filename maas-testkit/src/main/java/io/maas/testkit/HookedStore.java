package io.maas.testkit;

import io.maas.spi.ObjectStore;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/** A store in which something else happens right before a write, and whose server shows a time that a test chose. */
final class HookedStore extends ForwardingStore {
    private final Supplier<Optional<Instant>> time;
    private String part = "";
    private Optional<Runnable> hook = Optional.empty();

    HookedStore(ObjectStore store, Supplier<Optional<Instant>> time) {
        super(store);
        this.time = time;
    }

    /** Has something happen before the next creation or deletion of a key that contains this, once. */
    synchronized void before(String keyPart, Runnable happening) {
        part = keyPart;
        hook = Optional.of(happening);
    }

    private void happen(String key) {
        Optional<Runnable> due = Optional.empty();
        synchronized (this) {
            if (hook.isPresent() && key.contains(part)) {
                due = hook;
                hook = Optional.empty();
            }
        }
        due.ifPresent(Runnable::run);
    }

    @Override
    public boolean createIfAbsent(String key, Source content) {
        happen(key);
        return super.createIfAbsent(key, content);
    }

    @Override
    public void delete(String key) {
        happen(key);
        super.delete(key);
    }

    @Override
    public Optional<Instant> time() {
        return time.get();
    }
}
