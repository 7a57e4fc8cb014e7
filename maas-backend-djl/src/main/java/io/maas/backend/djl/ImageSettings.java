package io.maas.backend.djl;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Manifest.TransformStep;
import io.maas.model.Names;
import io.maas.tensor.DataType;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * The settings of an {@code image} step; see {@link ImageProvider}.
 *
 * @param shortest what the shortest side is scaled to before a crop; empty to cover the size
 * @param scale what pixels are multiplied with
 * @param mean what is taken from each channel then
 * @param std what each channel is divided by then
 */
record ImageSettings(
        String input,
        String output,
        int maxBytes,
        int maxPixels,
        Orientation orientation,
        int height,
        int width,
        Resize resize,
        OptionalInt shortest,
        int fill,
        Filter filter,
        Colors colors,
        DataType type,
        double scale,
        double[] mean,
        double[] std,
        Layout layout) {
    private static final List<String> KNOWN = List.of(
            "input",
            "output",
            "maxBytes",
            "maxPixels",
            "orientation",
            "size",
            "resize",
            "shortest",
            "fill",
            "filter",
            "colors",
            "type",
            "scale",
            "mean",
            "std",
            "layout");
    private static final int LARGEST_SIDE = 1 << 14;
    private static final int BYTE = 255;

    enum Orientation {
        EXIF,
        STORED
    }

    enum Resize {
        EXACT,
        CROP,
        LETTERBOX
    }

    enum Filter {
        BILINEAR,
        BICUBIC
    }

    enum Colors {
        RGB,
        BGR,
        GREY;

        int channels() {
            return this == GREY ? 1 : 3;
        }
    }

    enum Layout {
        NCHW,
        NHWC
    }

    private enum Type {
        FP32,
        UINT8
    }

    static ImageSettings read(TransformStep step) {
        if (step.version() != 1) {
            throw refused("there is no version " + step.version() + " of it");
        }
        for (String name : step.with().keySet()) {
            if (!KNOWN.contains(name)) {
                throw refused("it has no setting '" + Names.shown(name) + "'");
            }
        }
        return new Reader(step).read();
    }

    static InvalidInputException refused(String why) {
        return new InvalidInputException(
                ErrorCode.BAD_TRANSFORM,
                "use the transform 'image'",
                why,
                "give the settings it has, which are " + KNOWN + ", with a size");
    }

    private record Reader(TransformStep step) {
        ImageSettings read() {
            int[] size = size();
            Resize resize = choice("resize", Resize.CROP);
            Colors colors = choice("colors", Colors.RGB);
            Type type = choice("type", Type.FP32);
            requireOnly(type == Type.FP32, "for fp32 values only", "scale", "mean", "std");
            requireOnly(resize == Resize.CROP, "for crops only", "shortest");
            requireOnly(resize == Resize.LETTERBOX, "for letterboxes only", "fill");
            OptionalInt shortest = step.with().containsKey("shortest")
                    ? OptionalInt.of(whole("shortest", 0, 1, LARGEST_SIDE))
                    : OptionalInt.empty();
            if (shortest.orElse(LARGEST_SIDE) < Math.max(size[0], size[1])) {
                throw refused("the setting 'shortest' is " + shortest.getAsInt() + ", less than the size "
                        + Arrays.toString(size));
            }
            return new ImageSettings(
                    text("input", "image"),
                    text("output", "pixels"),
                    whole("maxBytes", 32 << 20, 1, Integer.MAX_VALUE),
                    whole("maxPixels", 25_000_000, 1, 1 << 28),
                    choice("orientation", Orientation.EXIF),
                    size[0],
                    size[1],
                    resize,
                    shortest,
                    whole("fill", 0, 0, BYTE),
                    choice("filter", Filter.BILINEAR),
                    colors,
                    type == Type.FP32 ? DataType.FP32 : DataType.UINT8,
                    channels("scale", 1.0 / BYTE, 1)[0],
                    channels("mean", 0, colors.channels()),
                    nonZero(channels("std", 1, colors.channels())),
                    choice("layout", Layout.NCHW));
        }

        private String text(String name, String fallback) {
            Object value = step.with().getOrDefault(name, fallback);
            if (value instanceof String text && !text.isBlank()) {
                return text;
            }
            throw wrong(name, "no text", value);
        }

        private <E extends Enum<E>> E choice(String name, E fallback) {
            Object value = step.with().getOrDefault(name, shown(fallback));
            List<E> choices = List.of(fallback.getDeclaringClass().getEnumConstants());
            return choices.stream()
                    .filter(choice -> shown(choice).equals(value))
                    .findFirst()
                    .orElseThrow(() -> wrong(
                            name,
                            "none of " + choices.stream().map(Reader::shown).toList(),
                            value));
        }

        private static String shown(Enum<?> choice) {
            return choice.name().toLowerCase(Locale.ROOT);
        }

        private int whole(String name, int fallback, int least, int most) {
            Object value = step.with().getOrDefault(name, fallback);
            if (value instanceof Number number
                    && number.doubleValue() == number.intValue()
                    && number.intValue() >= least
                    && number.intValue() <= most) {
                return number.intValue();
            }
            throw wrong(name, "no whole number from " + least + " to " + most, value);
        }

        private int[] size() {
            Object value = step.with().get("size");
            if (value == null) {
                throw refused("the setting 'size' is missing");
            }
            List<?> sides = value instanceof List<?> list ? list : List.of(value, value);
            int[] size = sides.stream()
                    .filter(side -> side instanceof Number number
                            && number.doubleValue() == number.intValue()
                            && number.intValue() >= 1
                            && number.intValue() <= LARGEST_SIDE)
                    .mapToInt(side -> ((Number) side).intValue())
                    .toArray();
            if (sides.size() != 2 || size.length != 2) {
                throw wrong("size", "neither a number of pixels nor [height, width], up to " + LARGEST_SIDE, value);
            }
            return size;
        }

        private double[] channels(String name, double fallback, int count) {
            Object value = step.with().getOrDefault(name, fallback);
            List<?> given = value instanceof List<?> list ? list : List.of(value);
            double[] values = given.stream()
                    .filter(one -> one instanceof Number number && Double.isFinite(number.doubleValue()))
                    .mapToDouble(one -> ((Number) one).doubleValue())
                    .toArray();
            if (values.length != given.size() || (values.length != 1 && values.length != count)) {
                throw wrong(name, "neither a number nor a list of " + count, value);
            }
            if (values.length == count) {
                return values;
            }
            double[] all = new double[count];
            Arrays.fill(all, values[0]);
            return all;
        }

        private static double[] nonZero(double[] values) {
            for (double value : values) {
                if (value == 0) {
                    throw refused("the setting 'std' has a zero, which nothing can be divided by");
                }
            }
            return values;
        }

        private void requireOnly(boolean applies, String where, String... names) {
            for (String name : names) {
                if (!applies && step.with().containsKey(name)) {
                    throw refused("the setting '" + name + "' is " + where);
                }
            }
        }

        private static InvalidInputException wrong(String name, String what, Object value) {
            return refused("the setting '" + name + "' is " + what + ", " + Names.shown(value.toString()));
        }
    }
}
