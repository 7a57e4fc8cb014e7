package io.maas.backend.djl;

import io.maas.backend.djl.ImageSettings.Colors;
import io.maas.backend.djl.ImageSettings.Layout;
import io.maas.backend.djl.ImageSettings.Orientation;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Dim;
import io.maas.model.Signature;
import io.maas.model.TensorSpec;
import io.maas.spi.Transform;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/** Encoded images in, numbers out, one image after the other on the caller's thread: only one is held decoded. */
final class ImageTransform implements Transform {
    private static final int BYTE = 255;
    /** A caller's files may be tiny, and what they are to become is not: this is taken before the first is looked at. */
    private static final int LARGEST_OUTPUT = 256 << 20;

    private final ImageSettings settings;
    /** The value for each byte of each channel, in the order of the output. */
    private final float[][] values;

    ImageTransform(ImageSettings settings) {
        this.settings = settings;
        this.values = new float[settings.colors().channels()][BYTE + 1];
        for (int c = 0; c < values.length; c++) {
            for (int v = 0; v <= BYTE; v++) {
                values[c][v] = (float) ((v * settings.scale() - settings.mean()[c]) / settings.std()[c]);
            }
        }
    }

    @Override
    public Signature signature(Map<String, TensorSpec> available) {
        TensorSpec image = available.getOrDefault(
                settings.input(), TensorSpec.of(settings.input(), DataType.BYTES, Dim.of("batch")));
        if (image.type() != DataType.BYTES || image.rank() != 1) {
            throw ImageSettings.refused("it needs encoded images in one dimension, not " + image);
        }
        long[] shape = shape();
        Dim rows = image.dims().get(0);
        return new Signature(
                List.of(image),
                List.of(TensorSpec.of(settings.output(), settings.type(), rows, shape[0], shape[1], shape[2])));
    }

    private long[] shape() {
        long channels = settings.colors().channels();
        return settings.layout() == Layout.NCHW
                ? new long[] {channels, settings.height(), settings.width()}
                : new long[] {settings.height(), settings.width(), channels};
    }

    @Override
    public Tensors apply(Tensors inputs) {
        byte[][] files = inputs.get(settings.input()).toByteArrays();
        long[] shape = shape();
        int size = (int) (shape[0] * shape[1] * shape[2]);
        requireRoom((long) files.length * size * settings.type().byteSize());
        float[] floats = new float[settings.type() == DataType.FP32 ? files.length * size : 0];
        byte[] bytes = new byte[settings.type() == DataType.FP32 ? 0 : files.length * size];
        for (int row = 0; row < files.length; row++) {
            write(prepared(files[row], row), row * size, floats, bytes);
        }
        long[] dims = {files.length, shape[0], shape[1], shape[2]};
        return Tensors.of(
                settings.output(),
                settings.type() == DataType.FP32
                        ? Tensor.wrap(floats, dims)
                        : Tensor.wrap(DataType.UINT8, ByteBuffer.wrap(bytes), dims));
    }

    private void requireRoom(long bytes) {
        if (bytes > LARGEST_OUTPUT) {
            throw new InvalidInputException(
                    ErrorCode.CALL_TOO_LARGE,
                    "decode the tensor '" + settings.input() + "'",
                    "its images need " + bytes + " bytes of memory, and at most " + LARGEST_OUTPUT + " are allowed",
                    "send fewer images at once");
        }
    }

    private Pixels prepared(byte[] file, int row) {
        if (file.length > settings.maxBytes()) {
            throw refused(row, "it has " + file.length + " bytes, and at most " + settings.maxBytes() + " are allowed");
        }
        try {
            Pixels image = new ImageFile(file, settings.maxPixels()).decode();
            if (settings.orientation() == Orientation.EXIF) {
                image = image.upright(Exif.orientation(file));
            }
            return Framing.frame(image, settings);
        } catch (IOException e) {
            throw refused(row, String.valueOf(e.getMessage()));
        }
    }

    private InvalidInputException refused(int row, String why) {
        return new InvalidInputException(
                ErrorCode.BAD_INPUT,
                "decode the image in row " + row + " of the tensor '" + settings.input() + "'",
                why,
                "send a whole JPEG, PNG, GIF, BMP or WBMP file within the limits");
    }

    private void write(Pixels image, int start, float[] floats, byte[] bytes) {
        int channels = settings.colors().channels();
        int plane = settings.height() * settings.width();
        for (int i = 0; i < plane; i++) {
            for (int c = 0; c < channels; c++) {
                int value = value(image.rgb(), Pixels.CHANNELS * i, c);
                int at = start + (settings.layout() == Layout.NCHW ? c * plane + i : i * channels + c);
                if (floats.length > 0) {
                    floats[at] = values[c][value];
                } else {
                    bytes[at] = (byte) value;
                }
            }
        }
    }

    private int value(byte[] rgb, int at, int channel) {
        if (settings.colors() == Colors.GREY) {
            // ITU-R BT.601 as Pillow rounds it
            int sum = 19595 * (rgb[at] & BYTE) + 38470 * (rgb[at + 1] & BYTE) + 7471 * (rgb[at + 2] & BYTE);
            return (sum + 0x8000) >> 16;
        }
        return rgb[at + (settings.colors() == Colors.RGB ? channel : 2 - channel)] & BYTE;
    }
}
