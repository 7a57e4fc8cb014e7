package io.maas.predict;

/** What to do with a version that is to take the place of another, where {@link
 * io.maas.MaasBuilder#modelMemory} has no room for both. */
public enum SwapPolicy {
    /** The version that serves goes on, and the new one is refused: no call waits. */
    KEEP_SERVING,
    /**
     * The version that serves makes way: its calls end, those that come wait, it is closed, and the new one is loaded and tried out.
     * They go on with the new one, or with the old, loaded again, if the new one fails. The same happens while a version is
     * registered, since it is tried out then.
     */
    DRAIN_FIRST
}
