package io.maas.backend.djl;

import io.maas.model.Manifest.TransformStep;
import io.maas.spi.ModelFiles;
import io.maas.spi.Transform;
import io.maas.spi.TransformProvider;

/**
 * {@code image}: turns encoded images (JPEG, PNG, GIF, BMP, WBMP) into the numbers that a vision model takes. From {@code BYTES
 * [batch]}, one file an element, to {@code FP32 [batch, 3, height, width]}.
 *
 * <p>Settings, in the order in which they apply:
 *
 * <ul>
 *   <li>{@code input} ({@code image}), {@code output} ({@code pixels}): names of tensors;
 *   <li>{@code maxBytes} (33,554,432) and {@code maxPixels} (25,000,000): larger images are refused, by what their headers
 *       say, before they are decoded; an image takes up to seven bytes a pixel while it is;
 *   <li>{@code orientation} ({@code exif}: upright as a JPEG file's EXIF tag says; {@code stored}: as it is stored);
 *   <li>{@code size}, which must be given: a number, or {@code [height, width]};
 *   <li>{@code resize}: {@code crop} (the default) scales the image until it covers the size and cuts off the rest evenly; with {@code
 *       shortest} its shortest side is scaled to that many pixels instead, 256 for example, with a size of 224; {@code
 *       exact} scales both sides, whatever becomes of the proportions; {@code letterbox} scales the image until it fits, in
 *       the middle, and fills the rest with {@code fill} (0, 0 to 255);
 *   <li>{@code filter}: {@code bilinear} (the default) or {@code bicubic}, both wide enough not to alias when scaling
 *       down, as Pillow's {@code resize} does, with its rounding;
 *   <li>{@code colors}: {@code rgb} (the default), {@code bgr}, or {@code grey}, one channel, as Pillow's {@code L};
 *   <li>{@code type}: {@code fp32} (the default), or {@code uint8}, which leaves values from 0 to 255;
 *   <li>{@code scale} (1/255), {@code mean} (0) and {@code std} (1): a number, or one for each channel in the order of {@code
 *       colors}: the values are {@code (pixel · scale - mean) / std};
 *   <li>{@code layout}: {@code nchw} (the default) or {@code nhwc}.
 * </ul>
 *
 * <p>Values of pixels are those that the file has: colour profiles are not applied, alpha is dropped, of 16 bits the upper 8 are
 * taken. JPEG files in CMYK are refused, and so are calls whose images would become more than 256 MiB of numbers. Where a file has several images, the first is taken.
 */
public final class ImageProvider implements TransformProvider {
    /** For {@link java.util.ServiceLoader}. */
    public ImageProvider() {}

    @Override
    public String name() {
        return "image";
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public Transform create(TransformStep step, ModelFiles files) {
        return new ImageTransform(ImageSettings.read(step));
    }
}
