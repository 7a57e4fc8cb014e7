package io.maas.repository;

/** Is told what happened in a registry; see {@link ModelRepository#subscribe}. */
@FunctionalInterface
public interface EventListener {
    /**
     * Handles one event. Calls of one subscription come one after another, on a thread of its own. If this throws, the
     * event is handed over again after a pause, and none after it before.
     */
    void onEvent(RepositoryEvent event);
}
