package io.maas.internal.bundle;

import io.maas.model.Manifest;
import io.maas.model.Manifest.FileEntry;
import io.maas.model.Manifest.Role;
import io.maas.spi.ObjectStore.Source;
import java.util.List;
import java.util.Map;

/** What a package source holds, before anything but paths and sizes was checked. */
sealed interface Listing {
    /** The files. */
    List<Item> files();

    /**
     * A file.
     *
     * @param path its path, checked
     * @param content its content, unchecked
     */
    record Item(String path, Source content) {}

    /**
     * Files with a {@code maas.json} among them.
     *
     * @param files the files
     */
    record Packed(List<Item> files) implements Listing {}

    /**
     * Files whose manifest is yet to be written.
     *
     * @param files the files
     * @param draft the manifest but for its list of files
     * @param roles what each file is for, by its path
     */
    record Loose(List<Item> files, Manifest draft, Map<String, Role> roles) implements Listing {
        FileEntry entry(BundleFile file) {
            Role role = roles.getOrDefault(file.path(), Role.DOC);
            return new FileEntry(file.path(), role, file.content().length(), file.digest());
        }
    }
}
