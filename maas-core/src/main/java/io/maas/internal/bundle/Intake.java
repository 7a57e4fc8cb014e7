package io.maas.internal.bundle;

import io.maas.model.Digest;
import io.maas.spi.ObjectStore.Source;

/**
 * Takes large files of a package while they are checked, so that they are read once: what stands in the way of a file shows
 * before its last byte is handed out, as an {@link io.maas.error.InvalidInputException}.
 */
public interface Intake {
    /** Takes nothing. */
    Intake NONE = (promised, content) -> false;

    /**
     * Offers a file.
     *
     * @param promised the digest that its content has, or it is refused
     * @param content its content, checked while it is read
     * @return whether it was read to its end
     */
    boolean offer(Digest promised, Source content);
}
