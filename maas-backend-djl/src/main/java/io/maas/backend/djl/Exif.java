package io.maas.backend.djl;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Finds how a camera was held in a JPEG file's EXIF block (CIPA DC-008, tag 0x0112). */
final class Exif {
    private static final int APP1 = 0xffe1;
    private static final int START_OF_SCAN = 0xffda;
    private static final int ORIENTATION = 0x0112;
    private static final int SHORT = 3;
    private static final int HEAD = 6;
    private static final int ENTRY = 12;

    private Exif() {}

    /** Returns 1 to 8, and 1, which is upright, where the file does not say or says something else. */
    static int orientation(byte[] file) {
        try {
            return read(ByteBuffer.wrap(file));
        } catch (IndexOutOfBoundsException e) {
            return 1; // whether the image itself is whole is for its reader to say
        }
    }

    private static int read(ByteBuffer file) {
        if ((file.getShort(0) & 0xffff) != 0xffd8) {
            return 1;
        }
        for (int at = 2; ; ) {
            int marker = file.getShort(at) & 0xffff;
            int length = file.getShort(at + 2) & 0xffff;
            if (marker < 0xff00 || marker == START_OF_SCAN || length < 2) {
                return 1;
            }
            if (marker == APP1 && length > HEAD + 2 && file.getInt(at + 4) == 0x45786966) {
                return directory(file.slice(at + 4 + HEAD, length - 2 - HEAD));
            }
            at += 2 + length;
        }
    }

    private static int directory(ByteBuffer tiff) {
        tiff.order(tiff.getShort(0) == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        int at = tiff.getInt(4);
        int count = tiff.getShort(at) & 0xffff;
        for (int i = 0; i < count; i++) {
            int entry = at + 2 + ENTRY * i;
            if ((tiff.getShort(entry) & 0xffff) == ORIENTATION && tiff.getShort(entry + 2) == SHORT) {
                int value = tiff.getShort(entry + 8) & 0xffff;
                return value >= 1 && value <= 8 ? value : 1;
            }
        }
        return 1;
    }
}
