package io.maas.backend.djl;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an ONNX file says that ONNX Runtime does not pass on: the classes of {@code ZipMap} nodes, and which outputs have a
 * shape at all. The field numbers are those of {@code onnx.proto}. Weights are skipped, not read.
 */
final class OnnxFile {
    private static final int GRAPH = 7;
    private static final int GRAPH_NODE = 1;
    private static final int GRAPH_INPUT = 11;
    private static final int GRAPH_OUTPUT = 12;
    private static final int NODE_OUTPUT = 2;
    private static final int NODE_OP = 4;
    private static final int NODE_ATTRIBUTE = 5;
    private static final int ATTRIBUTE_INTS = 8;
    private static final int ATTRIBUTE_STRINGS = 9;

    private final Map<String, List<Object>> classes = new HashMap<>();
    private final Set<String> shapeless = new HashSet<>();

    private OnnxFile() {}

    /** Reads a file that ONNX Runtime has accepted. Nothing is known of one in another format than protobuf. */
    static OnnxFile read(Path file) throws IOException {
        OnnxFile found = new OnnxFile();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            new Message(in, Files.size(file)).forEach((field, message) -> {
                if (field == GRAPH) {
                    message.forEach(found::graphField);
                }
            });
        } catch (EOFException e) {
            return new OnnxFile(); // an ORT-format file, which has no protobuf in it
        }
        return found;
    }

    /** Returns the classes of the ZipMap that makes this output, in the order of its columns; empty if there is none. */
    List<Object> classes(String output) {
        return classes.getOrDefault(output, List.of());
    }

    /** Tells whether an input or output is declared without a shape, which is not the same as without dimensions. */
    boolean isShapeless(String value) {
        return shapeless.contains(value);
    }

    private void graphField(int field, Message message) throws IOException {
        if (field == GRAPH_NODE) {
            node(message);
        } else if (field == GRAPH_INPUT || field == GRAPH_OUTPUT) {
            value(message);
        }
    }

    private void node(Message message) throws IOException {
        List<String> outputs = new ArrayList<>(1);
        List<Object> labels = new ArrayList<>();
        String[] op = {""};
        message.forEach((field, part) -> {
            if (field == NODE_OUTPUT) {
                outputs.add(part.text());
            } else if (field == NODE_OP) {
                op[0] = part.text();
            } else if (field == NODE_ATTRIBUTE && op[0].equals("ZipMap")) {
                part.forEach((inner, value) -> {
                    if (inner == ATTRIBUTE_INTS) {
                        value.longs(labels);
                    } else if (inner == ATTRIBUTE_STRINGS) {
                        labels.add(value.text());
                    }
                });
            }
        });
        if (op[0].equals("ZipMap") && !outputs.isEmpty()) {
            classes.put(outputs.get(0), List.copyOf(labels));
        }
    }

    private void value(Message message) throws IOException {
        String[] name = {""};
        boolean[] shape = {false};
        message.forEach((field, part) -> {
            if (field == 1) {
                name[0] = part.text();
            } else if (field == 2) { // type
                part.forEach((kind, tensor) -> {
                    if (kind == 1) { // tensor_type
                        tensor.forEach((inner, ignored) -> shape[0] |= inner == 2);
                    }
                });
            }
        });
        if (!shape[0]) {
            shapeless.add(name[0]);
        }
    }

    private interface Field {
        void accept(int number, Message content) throws IOException;
    }

    /** Part of the stream. Whoever gets one reads all of it, part of it or nothing; the rest is skipped. */
    private static final class Message {
        private final InputStream in;
        private long left;

        Message(InputStream in, long length) {
            this.in = in;
            this.left = length;
        }

        void forEach(Field action) throws IOException {
            while (left > 0) {
                long key = varint();
                Message content = switch ((int) (key & 7)) {
                    case 0 -> number();
                    case 1 -> part(Long.BYTES);
                    case 2 -> part(varint());
                    case 5 -> part(Integer.BYTES);
                    default -> throw new EOFException("no protobuf");
                };
                action.accept((int) (key >>> 3), content);
                content.skipRest();
            }
        }

        /** A number outside any other message: kept as the bytes it was read from would be. */
        private Message number() throws IOException {
            byte[] bytes = new byte[10];
            int length = 0;
            do {
                bytes[length] = (byte) read();
            } while (bytes[length++] < 0 && length < bytes.length);
            return new Message(new ByteArrayInputStream(bytes, 0, length), length);
        }

        private Message part(long length) throws IOException {
            if (length < 0 || length > left) {
                throw new EOFException("no protobuf");
            }
            left -= length;
            return new Message(in, length);
        }

        private int read() throws IOException {
            if (left-- <= 0) {
                throw new EOFException("no protobuf");
            }
            int value = in.read();
            if (value < 0) {
                throw new EOFException("no protobuf");
            }
            return value;
        }

        private long varint() throws IOException {
            long value = 0;
            for (int shift = 0; shift < 64; shift += 7) {
                int next = read();
                value |= (next & 0x7fL) << shift;
                if (next < 0x80) {
                    return value;
                }
            }
            throw new EOFException("no protobuf");
        }

        /** Numbers are packed into one field or spread over several. */
        void longs(List<Object> into) throws IOException {
            while (left > 0) {
                into.add(varint());
            }
        }

        String text() throws IOException {
            byte[] bytes = in.readNBytes((int) Math.min(left, Integer.MAX_VALUE));
            left -= bytes.length;
            return new String(bytes, StandardCharsets.UTF_8);
        }

        private void skipRest() throws IOException {
            in.skipNBytes(left);
            left = 0;
        }
    }
}
