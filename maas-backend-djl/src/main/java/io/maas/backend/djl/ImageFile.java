package io.maas.backend.djl;

import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Decodes one image from memory, with the JDK's own readers. Nothing is written to disk. Used once. */
final class ImageFile {
    private static final int BYTE = 255;

    private final byte[] bytes;
    private final int maxPixels;
    private String warning = "";

    ImageFile(byte[] bytes, int maxPixels) {
        this.bytes = bytes;
        this.maxPixels = maxPixels;
    }

    /** Says what is wrong with an image. */
    static final class Refused extends IOException {
        Refused(String why) {
            super(why);
        }
    }

    Pixels decode() throws IOException {
        String format = format().orElseThrow(() -> new Refused("it is none of JPEG, PNG, GIF, BMP and WBMP"));
        ImageReader reader = reader(format);
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            reader.setInput(in, true, true);
            requireSize(reader.getWidth(0), reader.getHeight(0));
            reader.addIIOReadWarningListener((source, text) -> warning = text);
            BufferedImage image = reader.read(0);
            // where data ends early, readers fill the rest with something and only warn
            if (warning.toLowerCase(Locale.ROOT).contains("premature end")
                    || (!warning.isEmpty() && !format.equals("jpeg"))) {
                throw new Refused(warning);
            }
            requireSize(image.getWidth(), image.getHeight());
            if (format.equals("jpeg") && image.getRaster().getNumBands() > Pixels.CHANNELS) {
                throw new Refused("it is in CMYK, not in colours of light");
            }
            return pixels(image);
        } catch (RuntimeException e) {
            // the readers check little of what they read
            throw new IIOException("it is damaged, " + e, e);
        } finally {
            reader.dispose();
        }
    }

    /** By what it begins with, so that no reader but the JDK's well-known ones sees it. */
    private Optional<String> format() {
        if (starts(0xff, 0xd8, 0xff)) {
            return Optional.of("jpeg");
        } else if (starts(0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n')) {
            return Optional.of("png");
        } else if (starts('G', 'I', 'F', '8')) {
            return Optional.of("gif");
        } else if (starts('B', 'M')) {
            return Optional.of("bmp");
        }
        return starts(0, 0) ? Optional.of("wbmp") : Optional.empty();
    }

    private boolean starts(int... head) {
        return bytes.length > head.length && Arrays.equals(Arrays.stream(head).toArray(), first(head.length));
    }

    private int[] first(int count) {
        int[] first = new int[count];
        for (int i = 0; i < count; i++) {
            first[i] = bytes[i] & BYTE;
        }
        return first;
    }

    private static ImageReader reader(String format) throws Refused {
        for (Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format); readers.hasNext(); ) {
            ImageReader reader = readers.next();
            if (reader.getClass().getName().startsWith("com.sun.imageio.")) {
                return reader;
            }
            reader.dispose();
        }
        throw new Refused("this Java runtime has no reader for " + format);
    }

    private void requireSize(int width, int height) throws Refused {
        if (width < 1 || height < 1 || (long) width * height > maxPixels) {
            throw new Refused(
                    "it has " + width + " x " + height + " pixels, and at most " + maxPixels + " are allowed");
        }
    }

    /** Values as they are stored; Java's own conversion would apply colour profiles, and take grey for linear light. */
    private static Pixels pixels(BufferedImage image) {
        if (image.getColorModel() instanceof ComponentColorModel) {
            return components(image.getRaster());
        }
        Pixels pixels = Pixels.blank(image.getWidth(), image.getHeight(), 0);
        int[] row = new int[image.getWidth()];
        int at = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            image.getRGB(0, y, row.length, 1, row, 0, row.length);
            for (int argb : row) {
                pixels.rgb()[at++] = (byte) (argb >> 16);
                pixels.rgb()[at++] = (byte) (argb >> 8);
                pixels.rgb()[at++] = (byte) argb;
            }
        }
        return pixels;
    }

    private static Pixels components(Raster raster) {
        int bands = raster.getNumBands();
        boolean grey = bands < Pixels.CHANNELS;
        int shift = Math.max(0, raster.getSampleModel().getSampleSize(0) - Byte.SIZE);
        Pixels pixels = Pixels.blank(raster.getWidth(), raster.getHeight(), 0);
        int[] row = new int[bands * raster.getWidth()];
        int at = 0;
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getPixels(raster.getMinX(), raster.getMinY() + y, raster.getWidth(), 1, row);
            for (int i = 0; i < row.length; i += bands) {
                pixels.rgb()[at++] = (byte) (row[i] >> shift);
                pixels.rgb()[at++] = (byte) (row[grey ? i : i + 1] >> shift);
                pixels.rgb()[at++] = (byte) (row[grey ? i : i + 2] >> shift);
            }
        }
        return pixels;
    }
}
