package io.maas.internal.serving;

import io.maas.internal.registry.VersionState;
import io.maas.model.ModelRef;
import io.maas.tensor.Tensors;

/** Told what shadows answer, on their thread. What it throws is logged. */
public interface ShadowListener {
    /**
     * A call that was mirrored.
     *
     * @param ref the reference that the caller followed
     * @param answered the version that answered the caller
     * @param answer what the caller got
     * @param shadow the version that got the copy
     * @param inputs what both got
     */
    record Mirrored(ModelRef ref, VersionState answered, Tensors answer, VersionState shadow, Tensors inputs) {}

    /** The shadow answered. */
    void answered(Mirrored call, Tensors answer);

    /** The shadow failed. */
    void failed(Mirrored call, Throwable why);

    /** Returns one that does nothing. */
    static ShadowListener none() {
        return new ShadowListener() {
            @Override
            public void answered(Mirrored call, Tensors answer) {}

            @Override
            public void failed(Mirrored call, Throwable why) {}
        };
    }
}
