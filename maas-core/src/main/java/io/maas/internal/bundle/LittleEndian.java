package io.maas.internal.bundle;

/** Numbers as zip, PE and pickle write them. */
final class LittleEndian {
    private LittleEndian() {}

    static int shortAt(byte[] bytes, int at) {
        return (bytes[at] & 0xff) | (bytes[at + 1] & 0xff) << 8;
    }

    static int intAt(byte[] bytes, int at) {
        return shortAt(bytes, at) | shortAt(bytes, at + 2) << 16;
    }

    static long unsignedIntAt(byte[] bytes, int at) {
        return Integer.toUnsignedLong(intAt(bytes, at));
    }

    static long longAt(byte[] bytes, int at) {
        return unsignedIntAt(bytes, at) | (long) intAt(bytes, at + 4) << 32;
    }
}
