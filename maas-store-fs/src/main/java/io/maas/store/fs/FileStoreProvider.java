package io.maas.store.fs;

import io.maas.spi.ObjectStore;
import io.maas.spi.StoreProvider;
import java.net.URI;
import java.time.Clock;
import java.util.Set;

/**
 * Opens stores in folders of a local filesystem, at addresses such as {@code file:///var/lib/models}. Any number of
 * processes of one host may share a store.
 *
 * <p>An acknowledged object survives a crash of the machine. On Windows its name may be lost then, because folders cannot
 * be forced there; nothing is torn. The filesystem must have hard links. Network filesystems are refused, because their
 * caches and retries may break what a store promises; {@code ?nfs=allow} takes one nevertheless.
 *
 * <p>The folder may itself be a symbolic link; nothing in it may. No key can be the beginning of another followed by a
 * slash, since a name is either a file or a folder.
 */
public final class FileStoreProvider implements StoreProvider {
    /** Called when services are loaded. */
    public FileStoreProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("file");
    }

    @Override
    public ObjectStore open(URI address, boolean readOnly) {
        Opening opening = new Opening(StoreAddress.parse(address), new LocalDisk(), Clock.systemUTC());
        return readOnly ? opening.toRead() : opening.toWrite();
    }
}
