package io.maas.repository;

import io.maas.model.Manifest;
import java.util.List;

/**
 * What became of a model that was made elsewhere: the package, and what of the source is in it. Items speak of every
 * field of the source's documents and of every file; nothing is dropped silently.
 *
 * @param kind what the source was taken for
 * @param source the package, to be registered, checked or written. It reads the source's files when it is used
 * @param items what was found, in the order of reading
 */
public record ImportReport(Kind kind, PackageSource.Assembled source, List<Item> items) {
    /** Copies the list. */
    public ImportReport {
        items = List.copyOf(items);
    }

    /** The kinds of sources. */
    public enum Kind {
        /** A single ONNX or TorchScript file. */
        MODEL_FILE,
        /** A folder or archive with {@code serving.properties}. */
        DJL,
        /** A folder with {@code config.pbtxt}, or numbered version folders. */
        TRITON,
        /** A folder with {@code MLmodel}. */
        MLFLOW,
        /** A snapshot of a repository of the Hugging Face hub. */
        HUGGING_FACE
    }

    /** What became of something. */
    public enum Outcome {
        /** It is in the package and means the same. */
        CARRIED,
        /** It is in the package in another form, or means a little less. */
        ADAPTED,
        /** It is not in the package. */
        DROPPED
    }

    /**
     * Something in the source.
     *
     * @param place the path of a file, or of a field in one, such as {@code config.pbtxt: max_batch_size}; stands for
     *     everything below it
     * @param outcome what became of it
     * @param reason where it is now, or why it is not
     */
    public record Item(String place, Outcome outcome, String reason) {
        /** Returns the item as a line. */
        @Override
        public String toString() {
            return outcome + " " + place + ": " + reason;
        }
    }

    /** Returns what the package says about itself, but for its list of files. */
    public Manifest manifest() {
        return source.manifest();
    }

    /** Returns the items with this outcome. */
    public List<Item> items(Outcome outcome) {
        return items.stream().filter(item -> item.outcome() == outcome).toList();
    }
}
