package io.maas.internal.bundle;

/**
 * A member of a zip archive, as the central directory describes it.
 *
 * @param name its name, without the slash at the end of a folder's
 * @param isFolder whether it is a folder
 * @param rawName its name as it stands in the archive
 * @param flags general purpose flags
 * @param method 0, stored, or 8, deflated
 * @param crc the CRC-32 of its content
 * @param packed the number of bytes in the archive
 * @param size the number of bytes of its content
 * @param offset where its local header begins
 */
record ZipMember(
        String name,
        boolean isFolder,
        byte[] rawName,
        int flags,
        int method,
        long crc,
        long packed,
        long size,
        long offset) {
    static final int STORED = 0;
    static final int DEFLATED = 8;

    /** Sizes and checksum follow the content. */
    static final int HAS_DESCRIPTOR = 1 << 3;

    boolean hasDescriptor() {
        return (flags & HAS_DESCRIPTOR) != 0;
    }
}
