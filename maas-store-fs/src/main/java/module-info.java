import org.jspecify.annotations.NullMarked;

/** Keeps models and their history in a folder that several processes of one host may share. */
@NullMarked
module io.maas.store.fs {
    requires static org.jspecify;
    requires transitive io.maas;
    requires org.slf4j;

    exports io.maas.store.fs;

    provides io.maas.spi.StoreProvider with
            io.maas.store.fs.FileStoreProvider;
}
