package io.maas.internal.mapping;

import java.lang.invoke.MethodHandles;

/** Somebody who cannot reach the private records of others. */
final class Stranger {
    private Stranger() {}

    static MethodHandles.Lookup lookup() {
        return MethodHandles.lookup();
    }
}
