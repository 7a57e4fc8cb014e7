package io.maas.internal.bundle;

import io.maas.error.ErrorCode;
import io.maas.repository.PackageLimits;
import io.maas.spi.ObjectStore.Source;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the files that an ONNX model would have the engine read, and refuses all but listed ones. The engine opens them
 * by itself, relative to the model, so a location is a way out of the package. Field numbers are those of {@code
 * onnx.proto}. Used once.
 */
final class OnnxExternalData {
    /** Engines parse with a bound of 100 messages; what lies deeper they do not see. */
    private static final int MAX_DEPTH = 100;

    private static final int MAX_TEXT = 64 << 10;
    private static final String LOCATION = "location";

    /** The messages on the way to a location. */
    private enum Message {
        MODEL,
        TRAINING,
        GRAPH,
        FUNCTION,
        NODE,
        ATTRIBUTE,
        SPARSE,
        TENSOR,
        ENTRY;

        @Nullable
        Message child(int field) {
            return switch (this) {
                case MODEL -> field == 7 ? GRAPH : field == 20 ? TRAINING : field == 25 ? FUNCTION : null;
                case TRAINING -> field == 1 || field == 2 ? GRAPH : null;
                case GRAPH -> field == 1 ? NODE : field == 5 ? TENSOR : field == 15 ? SPARSE : null;
                case FUNCTION -> field == 7 ? NODE : field == 11 ? ATTRIBUTE : null;
                case NODE -> field == 5 ? ATTRIBUTE : null;
                case ATTRIBUTE ->
                    switch (field) {
                        case 5, 10 -> TENSOR;
                        case 6, 11 -> GRAPH;
                        case 22, 23 -> SPARSE;
                        default -> null;
                    };
                case SPARSE -> field == 1 || field == 2 ? TENSOR : null;
                case TENSOR -> field == 13 ? ENTRY : null;
                case ENTRY -> null;
            };
        }
    }

    private final Origin origin;
    private final PathRules rules;
    private final String model;
    private final Consumer<String> onLocation;

    /**
     * Prepares to look into one model.
     *
     * @param model its path in the package
     * @param listed the paths of all files that the manifest lists
     */
    OnnxExternalData(Origin origin, PackageLimits limits, String model, Set<String> listed) {
        this.origin = origin;
        this.rules = new PathRules(origin, limits);
        this.model = model;
        this.onLocation = location -> checkListed(location, listed);
    }

    private OnnxExternalData(Origin origin, PackageLimits limits, String model, Consumer<String> onLocation) {
        this.origin = origin;
        this.rules = new PathRules(origin, limits);
        this.model = model;
        this.onLocation = onLocation;
    }

    /** Returns the locations that a model names, relative to it. */
    static Set<String> locations(Origin origin, PackageLimits limits, String model, Source content) throws IOException {
        Set<String> found = new TreeSet<>();
        new OnnxExternalData(origin, limits, model, found::add).check(content);
        return found;
    }

    /** Checks every location. What is no ONNX model is left to the engine, which says so in its own words. */
    void check(Source content) throws IOException {
        try (ProtoInput in = new ProtoInput(content.open())) {
            message(Message.MODEL, in, content.length(), 0);
        } catch (ProtoInput.MalformedException | EOFException e) {
            return; // the engine's parser fails at the same byte, before it opens any other file
        }
    }

    private void message(Message message, ProtoInput in, long end, int depth) throws IOException {
        checkDepth(depth);
        Entry entry = new Entry();
        while (in.position() < end) {
            long tag = in.varint();
            int field = (int) (tag >>> 3) & 0x1fffffff;
            int wire = (int) tag & 7;
            Message child = message.child(field);
            if (wire == ProtoInput.BYTES && child != null) {
                message(child, in, in.enter(end), depth + 1);
            } else if (wire == ProtoInput.BYTES && message == Message.ENTRY && (field == 1 || field == 2)) {
                entry.set(field, text(in, end));
            } else {
                skip(field, wire, in, end, depth);
            }
        }
        if (in.position() > end) {
            throw new ProtoInput.MalformedException("a field is longer than its message");
        }
        if (entry.key.equals(LOCATION)) {
            checkLocation(entry.value);
        }
    }

    private static final class Entry {
        private String key = "";
        private String value = "";

        void set(int field, String text) {
            if (field == 1) {
                key = text;
            } else {
                value = text;
            }
        }
    }

    private String text(ProtoInput in, long end) throws IOException {
        long size = in.enter(end) - in.position();
        if (size > MAX_TEXT) {
            throw origin.refused(
                    ErrorCode.PACKAGE_PATH_LENGTH,
                    "the model " + Origin.quoted(model) + " names a file by " + size + " bytes",
                    "export the model again with plain names for external data");
        }
        return new String(in.bytes((int) size), StandardCharsets.UTF_8);
    }

    private void skip(int field, int wire, ProtoInput in, long end, int depth) throws IOException {
        checkDepth(depth);
        switch (wire) {
            case ProtoInput.VARINT -> in.varint();
            case ProtoInput.FIXED64 -> in.skip(8, end);
            case ProtoInput.BYTES -> {
                long to = in.enter(end);
                in.skip(to - in.position(), end);
            }
            case ProtoInput.FIXED32 -> in.skip(4, end);
            case ProtoInput.GROUP_START -> skipGroup(field, in, end, depth + 1);
            default -> throw new ProtoInput.MalformedException("no field has the type " + wire);
        }
    }

    private void skipGroup(int group, ProtoInput in, long end, int depth) throws IOException {
        while (in.position() < end) {
            long tag = in.varint();
            int field = (int) (tag >>> 3) & 0x1fffffff;
            int wire = (int) tag & 7;
            if (wire == ProtoInput.GROUP_END) {
                if (field != group) {
                    throw new ProtoInput.MalformedException("a group ends that did not begin");
                }
                return;
            }
            skip(field, wire, in, end, depth);
        }
        throw new ProtoInput.MalformedException("a group does not end");
    }

    private void checkDepth(int depth) {
        if (depth > MAX_DEPTH) {
            throw origin.refused(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "the model " + Origin.quoted(model) + " is nested deeper than " + MAX_DEPTH,
                    "export the model with fewer nested graphs");
        }
    }

    private void checkLocation(String location) {
        rules.check(location);
        onLocation.accept(location);
    }

    private void checkListed(String location, Set<String> listed) {
        int slash = model.lastIndexOf('/');
        String path = model.substring(0, slash + 1) + location;
        if (!listed.contains(path)) {
            throw origin.refused(
                    ErrorCode.PACKAGE_UNLISTED,
                    "the model " + Origin.quoted(model) + " reads the file " + Origin.quoted(path)
                            + ", which maas.json does not list",
                    "add the file to the package and to maas.json");
        }
    }
}
