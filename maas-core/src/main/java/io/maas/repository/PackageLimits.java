package io.maas.repository;

/**
 * How large a package may be. Everything in a package is untrusted until it was checked.
 *
 * @param entries the most files and folders
 * @param bytes the most bytes of all files together
 * @param ratio how many times larger than the archive its content may be
 * @param depth the most folders in a path, the file included
 * @param nameLength the most UTF-8 bytes in one part of a path
 */
public record PackageLimits(int entries, long bytes, int ratio, int depth, int nameLength) {
    /** Returns 10,000 entries, 64 GiB, a ratio of 100, a depth of 16 and names of 255 bytes. */
    public static PackageLimits standard() {
        return new PackageLimits(10_000, 64L << 30, 100, 16, 255);
    }
}
