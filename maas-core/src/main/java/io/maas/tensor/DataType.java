package io.maas.tensor;

/** The element types of tensors, named as in the Open Inference Protocol v2. */
public enum DataType {
    /** True or false, one byte: 1 or 0. */
    BOOL(1),
    /** Signed 8-bit integer. */
    INT8(1),
    /** Signed 16-bit integer. */
    INT16(2),
    /** Signed 32-bit integer. */
    INT32(4),
    /** Signed 64-bit integer. */
    INT64(8),
    /** Unsigned 8-bit integer. */
    UINT8(1),
    /** Unsigned 16-bit integer. */
    UINT16(2),
    /** Unsigned 32-bit integer. */
    UINT32(4),
    /** Unsigned 64-bit integer. */
    UINT64(8),
    /** IEEE 754 half precision. */
    FP16(2),
    /** The upper half of an IEEE 754 single. */
    BF16(2),
    /** IEEE 754 single precision. */
    FP32(4),
    /** IEEE 754 double precision. */
    FP64(8),
    /** Byte strings of any length; texts are UTF-8. */
    BYTES(0);

    private final int byteSize;

    DataType(int byteSize) {
        this.byteSize = byteSize;
    }

    /** Returns the size of one element in bytes; 0 for {@link #BYTES}, whose elements have no fixed size. */
    public int byteSize() {
        return byteSize;
    }

    /** Tells whether elements are floating-point numbers. */
    public boolean isFloating() {
        return this == FP16 || this == BF16 || this == FP32 || this == FP64;
    }

    /** Tells whether elements are integers, signed or not. */
    public boolean isInteger() {
        return !isFloating() && this != BOOL && this != BYTES;
    }
}
