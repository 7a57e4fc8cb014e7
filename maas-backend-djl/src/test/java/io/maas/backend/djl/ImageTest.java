package io.maas.backend.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.model.Manifest.TransformStep;
import io.maas.model.TensorSpec;
import io.maas.spi.Transform;
import io.maas.spi.TransformProvider;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images as models see them; what Pillow makes of the same files is in {@code images/expected.txt}. */
class ImageTest {
    private static final int WIDTH = 37;
    private static final int HEIGHT = 23;

    private static Transform make(Map<String, Object> with) {
        TransformProvider provider = ServiceLoader.load(TransformProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(found -> found.name().equals("image"))
                .findFirst()
                .orElseThrow();
        return provider.create(new TransformStep("image", provider.version(), with), new Folder(Path.of(".")));
    }

    private static Tensor apply(Map<String, Object> with, byte[]... files) {
        try (Transform transform = make(with)) {
            return transform
                    .apply(Tensors.of("image", Tensor.of(files, files.length)))
                    .single();
        }
    }

    private static byte[] file(String name) {
        try (InputStream in = Objects.requireNonNull(ImageTest.class.getResourceAsStream("/images/" + name), name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static int[] expected(String name) {
        String line = new String(file("expected.txt"), StandardCharsets.US_ASCII)
                .lines()
                .filter(one -> one.startsWith(name + " "))
                .findFirst()
                .orElseThrow();
        return bytes(HexFormat.of().parseHex(line.substring(name.length() + 1)));
    }

    private static int[] bytes(byte[] raw) {
        int[] values = new int[raw.length];
        for (int i = 0; i < raw.length; i++) {
            values[i] = raw[i] & 0xff;
        }
        return values;
    }

    /** The pixels of one image as bytes, row by row. */
    private static int[] pixels(Map<String, Object> with, String name) {
        Map<String, Object> plain = new HashMap<>(with);
        plain.put("type", "uint8");
        plain.put("layout", "nhwc");
        return Arrays.stream(apply(plain, file(name)).toLongs())
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    private static Map<String, Object> exact(int width, int height) {
        return Map.of("resize", "exact", "size", List.of(height, width));
    }

    @ParameterizedTest
    @CsvSource({"down, 8, 5", "up, 60, 40", "mixed, 20, 40", "same, 37, 23"})
    void resizingIsPillowsToTheLastBit(String name, int width, int height) {
        for (String filter : List.of("bilinear", "bicubic")) {
            Map<String, Object> with = new HashMap<>(exact(width, height));
            with.put("filter", filter);
            assertThat(pixels(with, "picture.png")).isEqualTo(expected(filter + "-" + name));
        }
    }

    @Test
    void aCropIsWhatTorchvisionCuts() {
        assertThat(pixels(Map.of("size", 12, "shortest", 16), "picture.png")).isEqualTo(expected("shortest"));
    }

    @Test
    void aCropCoversTheSizeWhereNothingElseIsSaid() {
        int[] whole = pixels(exact(WIDTH, HEIGHT), "picture.png");
        int[] square = pixels(Map.of("size", HEIGHT), "picture.png");
        int left = (WIDTH - HEIGHT) / 2;
        for (int y = 0; y < HEIGHT; y++) {
            int from = 3 * (y * WIDTH + left);
            assertThat(Arrays.copyOfRange(square, 3 * y * HEIGHT, 3 * (y + 1) * HEIGHT))
                    .isEqualTo(Arrays.copyOfRange(whole, from, from + 3 * HEIGHT));
        }
    }

    @Test
    void aLetterboxKeepsTheWholeImage() {
        assertThat(pixels(Map.of("size", 20, "resize", "letterbox", "fill", 114), "picture.png"))
                .isEqualTo(expected("letterbox"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"picture.bmp", "alpha.png"})
    void filesWithoutLossHaveTheSamePixels(String name) {
        assertThat(pixels(exact(WIDTH, HEIGHT), name)).isEqualTo(expected("bilinear-same"));
    }

    @Test
    void greyAndIndexedFilesHaveTheValuesThatTheyStore() {
        assertThat(pixels(exact(WIDTH, HEIGHT), "grey.png")).isEqualTo(expected("grey-file"));
        assertThat(pixels(exact(WIDTH, HEIGHT), "picture.gif")).isEqualTo(expected("gif"));
    }

    @Test
    void greyIsPillowsGrey() {
        Map<String, Object> with = new HashMap<>(exact(WIDTH, HEIGHT));
        with.put("colors", "grey");
        assertThat(pixels(with, "picture.png")).isEqualTo(expected("grey"));
        Tensor grey = apply(with, file("picture.png"));
        assertThat(grey.shape().toArray()).containsExactly(1, 1, HEIGHT, WIDTH);
    }

    @Test
    void jpegDiffersFromPillowInRoundingOnly() {
        int[] ours = pixels(exact(WIDTH, HEIGHT), "picture.jpg");
        int[] theirs = expected("jpeg");
        for (int i = 0; i < theirs.length; i++) {
            assertThat(ours[i]).isCloseTo(theirs[i], within(3));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void photosAreTurnedUpright(int orientation) {
        String name = "turned" + orientation;
        boolean turned = orientation >= 5;
        int[] theirs = expected(name);
        int[] ours = pixels(turned ? exact(5, 9) : exact(9, 5), name + ".jpg");
        for (int i = 0; i < theirs.length; i++) {
            assertThat(ours[i]).isCloseTo(theirs[i], within(3));
        }
        Map<String, Object> asStored = new HashMap<>(exact(9, 5));
        asStored.put("orientation", "stored");
        assertThat(pixels(asStored, name + ".jpg")).isEqualTo(pixels(exact(9, 5), "turned1.jpg"));
    }

    @Test
    void channelsAndRowsComeInTheOrderAskedFor() {
        int[] rgb = expected("bilinear-same");
        Map<String, Object> with = new HashMap<>(exact(WIDTH, HEIGHT));
        with.put("colors", "bgr");
        with.put("scale", 1);
        Tensor nchw = apply(with, file("picture.png"), file("picture.bmp"));
        assertThat(nchw.type()).isEqualTo(DataType.FP32);
        assertThat(nchw.shape().toArray()).containsExactly(2, 3, HEIGHT, WIDTH);
        with.put("layout", "nhwc");
        Tensor nhwc = apply(with, file("picture.png"), file("picture.bmp"));
        assertThat(nhwc.shape().toArray()).containsExactly(2, HEIGHT, WIDTH, 3);
        for (int row = 0; row < 2; row++) {
            for (int c = 0; c < 3; c++) {
                float value = rgb[3 * (4 * WIDTH + 9) + 2 - c];
                assertThat(nchw.floatAt(row, c, 4, 9)).isEqualTo(value);
                assertThat(nhwc.floatAt(row, 4, 9, c)).isEqualTo(value);
            }
        }
    }

    @Test
    void valuesAreScaledThenNormalisedByChannel() {
        int[] rgb = expected("bilinear-same");
        Map<String, Object> with = new HashMap<>(exact(WIDTH, HEIGHT));
        assertThat(apply(with, file("picture.png")).floatAt(0, 1, 0, 5)).isEqualTo((float) (rgb[16] / 255.0));
        with.put("mean", List.of(0.485, 0.456, 0.406));
        with.put("std", List.of(0.229, 0.224, 0.225));
        Tensor normal = apply(with, file("picture.png"));
        assertThat(normal.floatAt(0, 0, 0, 5)).isCloseTo((float) ((rgb[15] / 255.0 - 0.485) / 0.229), within(1e-6f));
        assertThat(normal.floatAt(0, 2, 0, 5)).isCloseTo((float) ((rgb[17] / 255.0 - 0.406) / 0.225), within(1e-6f));
    }

    @Test
    void theSignatureTellsWhatComesOut() {
        try (Transform transform = make(Map.of("size", List.of(8, 6), "output", "pixel_values"))) {
            assertThat(transform.signature(Map.of()))
                    .hasToString("image BYTES[batch] -> pixel_values FP32[batch, 3, 8, 6]");
            assertThatThrownBy(() ->
                            transform.signature(Map.of("image", TensorSpec.of("image", DataType.FP32, "batch", 3))))
                    .extracting(e -> ((MaasException) e).code())
                    .isEqualTo(ErrorCode.BAD_TRANSFORM);
        }
    }

    private static void refused(String why, Map<String, Object> with, byte[]... files) {
        assertThatThrownBy(() -> apply(with, files))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(why)
                .extracting(e -> ((MaasException) e).code())
                .isEqualTo(ErrorCode.BAD_INPUT);
    }

    @Test
    void whatIsNoImageIsRefusedByItsRow() {
        byte[] good = file("picture.png");
        refused("row 1", Map.of("size", 4), good, "noise".getBytes(StandardCharsets.US_ASCII), good);
        refused("none of JPEG, PNG", Map.of("size", 4), new byte[0]);
        refused("CMYK", Map.of("size", 4), file("cmyk.jpg"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"picture.png", "picture.jpg", "picture.gif", "picture.bmp", "grey.png"})
    void aFileThatIsCutShortIsRefused(String name) {
        byte[] whole = file(name);
        for (int keep : new int[] {3, 20, whole.length / 3, whole.length / 2, whole.length * 9 / 10}) {
            refused("row 0", Map.of("size", 4), Arrays.copyOf(whole, keep));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"picture.png", "picture.jpg", "picture.gif", "picture.bmp", "turned6.jpg"})
    void aDamagedFileIsDecodedOrRefused(String name) {
        long seed = 23;
        Random random = new Random(seed);
        for (int i = 0; i < 400; i++) {
            byte[] damaged = file(name);
            for (int k = 0; k <= i % 4; k++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            try {
                apply(Map.of("size", 4, "maxPixels", 1_000_000), damaged);
            } catch (MaasException e) {
                assertThat(e.code()).as("damage %d of seed %d", i, seed).isEqualTo(ErrorCode.BAD_INPUT);
            }
        }
    }

    /** A file of a few bytes that says it is of this size. */
    private static byte[] bomb(int width, int height) {
        ByteBuffer png = ByteBuffer.allocate(8 + 25 + 12);
        png.putLong(0x89504e470d0a1a0aL).putInt(13);
        png.put("IHDR".getBytes(StandardCharsets.US_ASCII)).putInt(width).putInt(height);
        png.put(new byte[] {8, 2, 0, 0, 0});
        CRC32 crc = new CRC32();
        crc.update(png.array(), 12, 17);
        png.putInt((int) crc.getValue());
        png.putInt(0).put("IEND".getBytes(StandardCharsets.US_ASCII)).putInt(0xae426082);
        return png.array();
    }

    @Test
    void aBombIsRefusedByWhatItsHeaderSays() {
        refused("65535 x 65535 pixels, and at most 25000000", Map.of("size", 4), bomb(65535, 65535));
        refused("37 x 23 pixels", Map.of("size", 4, "maxPixels", 850), file("picture.png"));
        refused("bytes, and at most 100", Map.of("size", 4, "maxBytes", 100), file("picture.png"));
    }

    @Test
    void aLongThinImageIsNotScaledToAHugeOne() {
        refused("would be scaled to", Map.of("size", List.of(1, 8192), "maxPixels", 1_000_000), bmp(3, 1));
    }

    private static byte[] bmp(int width, int height) {
        int stride = (3 * width + 3) / 4 * 4;
        ByteBuffer bmp = ByteBuffer.allocate(54 + stride * height).order(ByteOrder.LITTLE_ENDIAN);
        bmp.put((byte) 'B').put((byte) 'M').putInt(bmp.capacity()).putInt(0).putInt(54);
        bmp.putInt(40).putInt(width).putInt(height).putShort((short) 1).putShort((short) 24);
        return bmp.array();
    }

    @Test
    void tooManyImagesForOneTensorAreRefused() {
        byte[][] many = new byte[2][];
        Arrays.fill(many, file("picture.png"));
        assertThatThrownBy(() -> apply(Map.of("size", 4000), many))
                .extracting(e -> ((MaasException) e).code())
                .isEqualTo(ErrorCode.CALL_TOO_LARGE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "size=-1",
                "size=0",
                "resize=stretch",
                "colors=cmyk",
                "type=fp16",
                "std=0",
                "mean=x",
                "fill=256",
                "shortest=3",
                "surprise=1",
                "layout=nc",
                "scale=Infinity"
            })
    void settingsThatMakeNoSenseAreRefused(String setting) {
        String[] parts = setting.split("=", 2);
        Map<String, Object> with = new HashMap<>(Map.of("size", 8));
        with.put(parts[0], parts[1].matches("-?\\d+") ? Integer.valueOf(parts[1]) : parts[1]);
        assertThatThrownBy(() -> make(with))
                .isInstanceOf(InvalidInputException.class)
                .extracting(e -> ((MaasException) e).code())
                .isEqualTo(ErrorCode.BAD_TRANSFORM);
    }

    @Test
    void theSizeMustBeGiven() {
        assertThatThrownBy(() -> make(Map.of())).hasMessageContaining("'size' is missing");
        assertThatThrownBy(() -> make(Map.of("size", List.of(1, 2, 3)))).hasMessageContaining("[height, width]");
        assertThatThrownBy(() -> make(Map.of("size", 8, "type", "uint8", "mean", 0)))
                .hasMessageContaining("for fp32 values only");
    }
}
