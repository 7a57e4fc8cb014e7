package io.maas.backend.djl;

import java.util.Arrays;

/**
 * An image: three bytes for each pixel, red, green and blue, row by row.
 *
 * @param width its width
 * @param height its height
 * @param rgb {@code 3 · width · height} values
 */
record Pixels(int width, int height, byte[] rgb) {
    static final int CHANNELS = 3;

    static Pixels blank(int width, int height, int value) {
        byte[] rgb = new byte[CHANNELS * width * height];
        Arrays.fill(rgb, (byte) value);
        return new Pixels(width, height, rgb);
    }

    /** Returns a part, as a copy. */
    Pixels crop(int left, int top, int newWidth, int newHeight) {
        Pixels part = blank(newWidth, newHeight, 0);
        for (int y = 0; y < newHeight; y++) {
            System.arraycopy(
                    rgb, CHANNELS * ((top + y) * width + left), part.rgb, CHANNELS * y * newWidth, CHANNELS * newWidth);
        }
        return part;
    }

    /** Writes another image into this one. */
    void paste(Pixels other, int left, int top) {
        for (int y = 0; y < other.height; y++) {
            System.arraycopy(
                    other.rgb,
                    CHANNELS * y * other.width,
                    rgb,
                    CHANNELS * ((top + y) * width + left),
                    CHANNELS * other.width);
        }
    }

    /**
     * Returns the image upright.
     *
     * @param orientation where its first row and column belong, 1 to 8 as in EXIF
     */
    Pixels upright(int orientation) {
        if (orientation <= 1 || orientation > 8) {
            return this;
        }
        boolean turned = orientation >= 5;
        Pixels result = turned ? blank(height, width, 0) : blank(width, height, 0);
        for (int y = 0; y < result.height; y++) {
            for (int x = 0; x < result.width; x++) {
                int fromX = turned ? y : x;
                int fromY = turned ? x : y;
                boolean flipX = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
                boolean flipY = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
                int sourceX = flipX ? width - 1 - fromX : fromX;
                int sourceY = flipY ? height - 1 - fromY : fromY;
                System.arraycopy(
                        rgb,
                        CHANNELS * (sourceY * width + sourceX),
                        result.rgb,
                        CHANNELS * (y * result.width + x),
                        CHANNELS);
            }
        }
        return result;
    }
}
