package io.maas.backend.djl;

import io.maas.backend.djl.ImageSettings.Filter;

/**
 * Scales images as Pillow does: first across, then down, each output pixel a weighted mean of the input pixels under a filter,
 * which is as wide as the step between output pixels when scaling down. Weights are whole numbers of 2^-22, and results are
 * rounded to bytes after each direction, so that the outcome is Pillow's to the last bit ({@code src/libImaging/Resample.c}
 * in Pillow 11).
 */
final class Resampling {
    private static final int PRECISION = 22;
    private static final double BICUBIC_A = -0.5;
    private static final int BYTE = 255;

    private Resampling() {}

    static Pixels resize(Pixels image, int width, int height, Filter filter) {
        Pixels across = width == image.width() ? image : across(image, width, filter);
        return height == image.height() ? across : down(across, height, filter);
    }

    /**
     * What one line of output is made of.
     *
     * @param first the first input pixel for each output pixel
     * @param weights the weights of the pixels from there on
     */
    private record Weights(int[] first, int[][] weights) {
        static Weights of(int from, int to, Filter filter) {
            double scale = (double) from / to;
            double stretch = Math.max(scale, 1);
            double support = (filter == Filter.BICUBIC ? 2 : 1) * stretch;
            int[] first = new int[to];
            int[][] weights = new int[to][];
            for (int i = 0; i < to; i++) {
                double centre = (i + 0.5) * scale;
                first[i] = Math.max(0, (int) (centre - support + 0.5));
                int end = Math.min(from, (int) (centre + support + 0.5));
                weights[i] = normalised(first[i], end, centre, stretch, filter);
            }
            return new Weights(first, weights);
        }

        private static int[] normalised(int first, int end, double centre, double stretch, Filter filter) {
            double[] exact = new double[end - first];
            double sum = 0;
            for (int x = 0; x < exact.length; x++) {
                exact[x] = weight((x + first - centre + 0.5) * (1 / stretch), filter);
                sum += exact[x];
            }
            int[] rounded = new int[exact.length];
            for (int x = 0; x < exact.length; x++) {
                double share = sum == 0 ? exact[x] : exact[x] / sum;
                rounded[x] = (int) (share * (1 << PRECISION) + (share < 0 ? -0.5 : 0.5));
            }
            return rounded;
        }

        private static double weight(double distance, Filter filter) {
            double x = Math.abs(distance);
            if (filter == Filter.BILINEAR) {
                return x < 1 ? 1 - x : 0;
            }
            if (x < 1) {
                return ((BICUBIC_A + 2) * x - (BICUBIC_A + 3)) * x * x + 1;
            }
            return x < 2 ? (((x - 5) * x + 8) * x - 4) * BICUBIC_A : 0;
        }
    }

    private static Pixels across(Pixels image, int width, Filter filter) {
        Weights line = Weights.of(image.width(), width, filter);
        Pixels result = Pixels.blank(width, image.height(), 0);
        for (int y = 0; y < image.height(); y++) {
            int row = Pixels.CHANNELS * y * image.width();
            for (int x = 0; x < width; x++) {
                int from = row + Pixels.CHANNELS * line.first[x];
                int to = Pixels.CHANNELS * (y * width + x);
                mean(image.rgb(), from, Pixels.CHANNELS, line.weights[x], result.rgb(), to);
            }
        }
        return result;
    }

    private static Pixels down(Pixels image, int height, Filter filter) {
        Weights line = Weights.of(image.height(), height, filter);
        Pixels result = Pixels.blank(image.width(), height, 0);
        int stride = Pixels.CHANNELS * image.width();
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < image.width(); x++) {
                int from = stride * line.first[y] + Pixels.CHANNELS * x;
                int to = stride * y + Pixels.CHANNELS * x;
                mean(image.rgb(), from, stride, line.weights[y], result.rgb(), to);
            }
        }
        return result;
    }

    private static void mean(byte[] from, int start, int step, int[] weights, byte[] to, int at) {
        int red = 1 << (PRECISION - 1);
        int green = red;
        int blue = red;
        int i = start;
        for (int weight : weights) {
            red += (from[i] & BYTE) * weight;
            green += (from[i + 1] & BYTE) * weight;
            blue += (from[i + 2] & BYTE) * weight;
            i += step;
        }
        to[at] = clip(red);
        to[at + 1] = clip(green);
        to[at + 2] = clip(blue);
    }

    private static byte clip(int sum) {
        return (byte) Math.max(0, Math.min(BYTE, sum >> PRECISION));
    }
}
