package io.maas.repository;

import io.maas.model.Manifest;
import io.maas.model.Manifest.Role;
import io.maas.model.ModelName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Where a package comes from. Reading one checks every file; nothing in it is ever run. */
public sealed interface PackageSource {
    /**
     * A folder with {@code maas.json} and the files that it lists.
     *
     * @param path the folder
     */
    record Directory(Path path) implements PackageSource {}

    /**
     * A zip archive of such a folder.
     *
     * @param path the archive
     */
    record Archive(Path path) implements PackageSource {}

    /**
     * A single model file, which becomes a package without anything else.
     *
     * @param name the model's name
     * @param format {@code onnx} …
     * @param path the file
     */
    record ModelFile(ModelName name, String format, Path path) implements PackageSource {}

    /**
     * Files gathered by a program.
     *
     * @param manifest what they are; its list of files is computed
     * @param parts the files
     */
    record Assembled(Manifest manifest, List<Part> parts) implements PackageSource {
        /** Copies the list. */
        public Assembled {
            parts = List.copyOf(parts);
        }
    }

    /**
     * A file of an assembled package.
     *
     * @param path its path in the package, with slashes
     * @param role what it is for
     * @param content its content
     */
    record Part(String path, Role role, Content content) {}

    /** The content of a part. */
    sealed interface Content {
        /**
         * Read from a file when needed.
         *
         * @param path the file
         */
        record File(Path path) implements Content {}

        /**
         * Read from a zip archive when needed, without unpacking it.
         *
         * @param archive the archive
         * @param name the path of the file in the archive
         */
        record Member(Path archive, String name) implements Content {}

        /**
         * Held in memory.
         *
         * @param data the bytes, borrowed until the package was read
         */
        record Bytes(byte[] data) implements Content {}
    }

    /** Returns the package in a folder. */
    static PackageSource directory(Path path) {
        return new Directory(path);
    }

    /** Returns the package in a zip archive. */
    static PackageSource zip(Path path) {
        return new Archive(path);
    }

    /** Returns a package of one ONNX file. */
    static PackageSource onnx(String name, Path path) {
        return new ModelFile(ModelName.of(name), "onnx", path);
    }

    /** Returns a builder of a package from files and bytes. */
    static Builder builder(Manifest manifest) {
        return new Builder(manifest);
    }

    /** Collects the parts of a package. Not thread-safe. */
    final class Builder {
        private final Manifest manifest;
        private final List<Part> parts = new ArrayList<>();

        private Builder(Manifest manifest) {
            this.manifest = Objects.requireNonNull(manifest, "manifest");
        }

        /** Adds a file that is read when the package is. */
        public Builder file(String path, Role role, Path source) {
            parts.add(new Part(path, role, new Content.File(source)));
            return this;
        }

        /** Adds a file held in memory, which must not change until the package was read. */
        public Builder file(String path, Role role, byte[] source) {
            parts.add(new Part(path, role, new Content.Bytes(source)));
            return this;
        }

        /** Returns the package. */
        public PackageSource build() {
            return new Assembled(manifest, parts);
        }
    }
}
