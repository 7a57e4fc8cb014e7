package io.maas.testkit.torchscript;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The few instructions of pickle's protocol 2 that an archive needs. */
final class PickleWriter {
    private static final int PROTOCOL = 0x80;
    private static final int NEW_OBJECT = 0x81;
    private static final int FALSE = 0x89;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    PickleWriter() {
        op(PROTOCOL).op(2);
    }

    PickleWriter op(int... codes) {
        for (int code : codes) {
            out.write(code);
        }
        return this;
    }

    /** Something that is imported by name. */
    PickleWriter global(String module, String name) {
        op('c');
        out.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
        return this;
    }

    PickleWriter text(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        op('X').int32(bytes.length);
        out.writeBytes(bytes);
        return this;
    }

    PickleWriter number(int value) {
        return op('J').int32(value);
    }

    private PickleWriter int32(int value) {
        out.writeBytes(ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array());
        return this;
    }

    PickleWriter no() {
        return op(FALSE);
    }

    PickleWriter numbers(long... values) {
        op('(');
        for (long value : values) {
            number(Math.toIntExact(value));
        }
        return op('t');
    }

    /** An object of a class, whose attributes come next, between this and {@link #endObject}. */
    PickleWriter object(String module, String name) {
        return global(module, name).op(')', NEW_OBJECT, '}', '(');
    }

    PickleWriter endObject() {
        return op('u', 'b');
    }

    /** A tensor whose elements lie in another member of the archive. */
    PickleWriter tensor(String storage, int key, long elements, long[] dims) {
        long[] strides = new long[dims.length];
        long stride = 1;
        for (int i = dims.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= dims[i];
        }
        global("torch._utils", "_rebuild_tensor_v2")
                .op('(', '(')
                .text("storage")
                .global("torch", storage);
        text(Integer.toString(key))
                .text("cpu")
                .number(Math.toIntExact(elements))
                .op('t', 'Q');
        number(0).numbers(dims).numbers(strides).no();
        return global("collections", "OrderedDict").op(')', 'R', 't', 'R');
    }

    byte[] end() {
        op('.');
        return out.toByteArray();
    }
}
