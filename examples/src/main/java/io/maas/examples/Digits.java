package io.maas.examples;

import io.maas.predict.Predictor;
import io.maas.repository.PackageSource;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Handwritten digits of 8 by 8 pixels: two models, and images that neither was trained on. */
final class Digits {
    static final String NAME = "digits";

    private static final String FOLDER = "/models/digits/";
    private static final List<String> FILES = List.of("maas.json", "model.onnx", "README.md");
    private static final int PIXELS = 64;

    private final float[] pixels;
    private final long[] labels;

    private Digits(float[] pixels, long[] labels) {
        this.pixels = pixels;
        this.labels = labels;
    }

    /** The package of a version, unpacked into a folder of its own under {@code scratch}. */
    static PackageSource source(String version, Path scratch) throws IOException {
        Path folder = Files.createDirectories(scratch.resolve(version));
        for (String file : FILES) {
            Files.write(folder.resolve(file), bytes(version + "/" + file));
        }
        return PackageSource.directory(folder);
    }

    static Digits holdout() throws IOException {
        List<String> rows = new String(bytes("holdout.csv"), StandardCharsets.UTF_8)
                .lines()
                .skip(1)
                .toList();
        float[] pixels = new float[rows.size() * PIXELS];
        long[] labels = new long[rows.size()];
        for (int row = 0; row < rows.size(); row++) {
            String[] cells = rows.get(row).split(",", -1);
            labels[row] = Long.parseLong(cells[0]);
            for (int p = 0; p < PIXELS; p++) {
                pixels[row * PIXELS + p] = Float.parseFloat(cells[p + 1]);
            }
        }
        return new Digits(pixels, labels);
    }

    private static byte[] bytes(String file) throws IOException {
        try (InputStream in = Digits.class.getResourceAsStream(FOLDER + file)) {
            if (in == null) {
                throw new NoSuchFileException(FOLDER + file + " is not on the class path");
            }
            return in.readAllBytes();
        }
    }

    int size() {
        return labels.length;
    }

    /** One image, as the model takes it. */
    Tensors image(int index) {
        int from = Math.floorMod(index, size()) * PIXELS;
        return Tensors.of("image", Tensor.of(Arrays.copyOfRange(pixels, from, from + PIXELS), 1, PIXELS));
    }

    /** The share of images that the model reads as what they are, from 0 to 1. */
    double accuracy(Predictor<Tensors, Tensors> model, Progress progress) {
        int right = 0;
        for (int i = 0; i < size(); i++) {
            if (model.predict(image(i)).get("output_label").longAt(0) == labels[i]) {
                right++;
            }
            progress.at(i + 1, size());
        }
        progress.done();
        return (double) right / size();
    }
}
