package io.maas.testkit.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Writes small ONNX models by hand, so that tests need neither Python nor files. The field numbers are those of
 * {@code onnx.proto}. Not thread-safe.
 */
public final class OnnxWriter {
    /** Element types as {@code TensorProto.DataType} numbers them. */
    public static final int FLOAT = 1;

    public static final int UINT8 = 2;
    public static final int INT8 = 3;
    public static final int UINT16 = 4;
    public static final int INT16 = 5;
    public static final int INT32 = 6;
    public static final int INT64 = 7;
    public static final int STRING = 8;
    public static final int BOOL = 9;
    public static final int FLOAT16 = 10;
    public static final int DOUBLE = 11;
    public static final int UINT32 = 12;
    public static final int UINT64 = 13;
    public static final int BFLOAT16 = 16;

    private final Protobuf graph = new Protobuf();
    private final Protobuf functions = new Protobuf();
    private int opset = 13;
    private int ir = 8;

    /** Starts a model without nodes. */
    public OnnxWriter() {
        graph.text(2, "graph");
    }

    /** Sets the version of the operator set; 13 by default. */
    public OnnxWriter opset(int version) {
        opset = version;
        return this;
    }

    /** Sets the version of the format; 8 by default. */
    public OnnxWriter ir(int version) {
        ir = version;
        return this;
    }

    /**
     * Adds an input.
     *
     * @param dims numbers for fixed sizes, names for named ones, the empty string for one without a name
     */
    public OnnxWriter input(String name, int type, Object... dims) {
        graph.message(11, value(name, tensorType(type, dims)));
        return this;
    }

    /** Adds an output; see {@link #input}. */
    public OnnxWriter output(String name, int type, Object... dims) {
        graph.message(12, value(name, tensorType(type, dims)));
        return this;
    }

    /** Adds an output whose shape is left open. */
    public OnnxWriter shapelessOutput(String name, int type) {
        graph.message(12, value(name, new Protobuf().message(1, new Protobuf().number(1, type))));
        return this;
    }

    /** Adds an output that is a sequence of tensors. */
    public OnnxWriter sequenceOutput(String name, int type, Object... dims) {
        graph.message(12, value(name, new Protobuf().message(4, new Protobuf().message(1, tensorType(type, dims)))));
        return this;
    }

    /** Adds an output that is a sequence of maps to floats, as {@code ZipMap} gives. */
    public OnnxWriter mapsOutput(String name, int keyType) {
        Protobuf map =
                new Protobuf().message(5, new Protobuf().number(1, keyType).message(2, tensorType(FLOAT)));
        graph.message(12, value(name, new Protobuf().message(4, new Protobuf().message(1, map))));
        return this;
    }

    /** Adds an input that may be absent. */
    public OnnxWriter optionalInput(String name, int type, Object... dims) {
        graph.message(11, value(name, new Protobuf().message(9, new Protobuf().message(1, tensorType(type, dims)))));
        return this;
    }

    /** Adds constant floats. */
    public OnnxWriter floats(String name, float[] values, long... dims) {
        ByteBuffer raw = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            raw.putFloat(value);
        }
        graph.message(5, tensor(name, FLOAT, dims).bytes(9, raw.array()));
        return this;
    }

    /** Adds constant integers. */
    public OnnxWriter longs(String name, long[] values, long... dims) {
        ByteBuffer raw = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : values) {
            raw.putLong(value);
        }
        graph.message(5, tensor(name, INT64, dims).bytes(9, raw.array()));
        return this;
    }

    /** Adds constant strings. */
    public OnnxWriter strings(String name, String... values) {
        Protobuf tensor = tensor(name, STRING, values.length);
        for (String value : values) {
            tensor.text(6, value);
        }
        graph.message(5, tensor);
        return this;
    }

    /** Adds constant floats that lie in a file beside the model. */
    public OnnxWriter external(String name, String location, long... dims) {
        Protobuf where = new Protobuf().text(1, "location").text(2, location);
        graph.message(5, tensor(name, FLOAT, dims).message(13, where).number(14, 1));
        return this;
    }

    /** Adds a node of the standard operators. */
    public OnnxWriter node(String op, List<String> inputs, List<String> outputs, Attribute... attributes) {
        return node("", op, inputs, outputs, attributes);
    }

    /** Adds a node of any domain. */
    public OnnxWriter node(
            String domain, String op, List<String> inputs, List<String> outputs, Attribute... attributes) {
        Protobuf node = new Protobuf();
        inputs.forEach(name -> node.text(1, name));
        outputs.forEach(name -> node.text(2, name));
        node.text(3, op + "_" + outputs.get(0)).text(4, op);
        for (Attribute attribute : attributes) {
            node.message(5, attribute.message);
        }
        graph.message(1, node.text(7, domain));
        return this;
    }

    /** Adds an operator of the model's own, in the domain {@code local}, that is one node of {@code ai.onnx.ml}. */
    public OnnxWriter function(String name, String op, Attribute attribute) {
        Protobuf node = new Protobuf().text(1, "in").text(2, "out").text(4, op).message(5, attribute.message);
        functions.message(
                25,
                new Protobuf()
                        .text(1, name)
                        .text(4, "in")
                        .text(5, "out")
                        .message(7, node.text(7, "ai.onnx.ml"))
                        .message(9, new Protobuf().text(1, "ai.onnx.ml").number(2, 1))
                        .text(10, "local"));
        return this;
    }

    /** Returns the model. */
    public byte[] toBytes() {
        return new Protobuf()
                .append(functions)
                .message(8, new Protobuf().text(1, "local").number(2, 1))
                .number(1, ir)
                .text(2, "onnx-writer")
                .message(7, graph)
                .message(8, new Protobuf().text(1, "").number(2, opset))
                .message(8, new Protobuf().text(1, "ai.onnx.ml").number(2, 1))
                .toBytes();
    }

    /** An attribute of a node. */
    public static final class Attribute {
        private static final int TYPE = 20;
        private final Protobuf message = new Protobuf();

        private Attribute(String name) {
            message.text(1, name);
        }

        /** A number. */
        public static Attribute of(String name, long value) {
            Attribute attribute = new Attribute(name);
            attribute.message.number(3, value).number(TYPE, 2);
            return attribute;
        }

        /** Numbers. */
        public static Attribute of(String name, long[] values) {
            Attribute attribute = new Attribute(name);
            for (long value : values) {
                attribute.message.number(8, value);
            }
            attribute.message.number(TYPE, 7);
            return attribute;
        }

        /** Texts. */
        public static Attribute of(String name, String... values) {
            Attribute attribute = new Attribute(name);
            for (String value : values) {
                attribute.message.text(9, value);
            }
            attribute.message.number(TYPE, 8);
            return attribute;
        }

        /** The body of a loop or a branch. */
        public static Attribute of(String name, OnnxWriter body) {
            Attribute attribute = new Attribute(name);
            attribute.message.message(6, body.graph).number(TYPE, 5);
            return attribute;
        }
    }

    private static Protobuf value(String name, Protobuf type) {
        return new Protobuf().text(1, name).message(2, type);
    }

    private static Protobuf tensorType(int type, Object... dims) {
        Protobuf shape = new Protobuf();
        for (Object dim : dims) {
            if (dim instanceof Number size) {
                shape.message(1, new Protobuf().number(1, size.longValue()));
            } else {
                String symbol = dim.toString();
                shape.message(1, symbol.isEmpty() ? new Protobuf() : new Protobuf().text(2, symbol));
            }
        }
        return new Protobuf().message(1, new Protobuf().number(1, type).message(2, shape));
    }

    private static Protobuf tensor(String name, int type, long... dims) {
        Protobuf tensor = new Protobuf();
        for (long dim : dims) {
            tensor.number(1, dim);
        }
        return tensor.number(2, type).text(8, name);
    }
}
