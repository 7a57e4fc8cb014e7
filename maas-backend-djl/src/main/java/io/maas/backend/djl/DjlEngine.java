package io.maas.backend.djl;

import ai.djl.engine.Engine;
import java.util.function.Supplier;

/** Starts engines of DJL. A process, or rather a class loader that has DJL, has each once. */
final class DjlEngine {
    private DjlEngine() {}

    /** Tells whether an engine is on the class path, without starting it. */
    static boolean isThere(String name) {
        return seeingEngines(() -> Engine.hasEngine(name));
    }

    /**
     * Starts an engine, unless it runs already.
     *
     * @throws io.maas.error.UnavailableException {@link io.maas.error.ErrorCode#NO_NATIVE} if it is not there, or its native
     *     library cannot be loaded
     */
    static Engine start(String name) {
        if (!isThere(name)) {
            throw NativeLibrary.notOnTheClassPath(name);
        }
        try {
            return seeingEngines(() -> Engine.getEngine(name));
        } catch (LinkageError | RuntimeException | AssertionError e) {
            throw NativeLibrary.missing(name, e);
        }
    }

    /**
     * DJL looks for engines and natives with the thread's class loader, which is whatever the host's thread has, and threads
     * that an engine starts keep it. Its own sees its engines, and is not kept from going by them.
     */
    static <T> T seeingEngines(Supplier<T> work) {
        Settings.prepareEngines();
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(Engine.class.getClassLoader());
        try {
            return work.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
