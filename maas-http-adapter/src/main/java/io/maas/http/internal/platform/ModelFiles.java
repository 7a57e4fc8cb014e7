package io.maas.http.internal.platform;

import io.maas.model.Digest;
import io.maas.model.ModelName;
import io.maas.repository.PackageSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Optional;

/** What a file is that somebody wants registered, by its first bytes: a package, or a bare model. */
public final class ModelFiles {
    private static final int ZIP_NAME_LENGTH = 26;
    private static final int ZIP_HEADER = 30;
    private static final int NAME_DIGITS = 12;

    private ModelFiles() {}

    /**
     * Returns what to register.
     *
     * @param name of the model, if it is a bare one; from its content if empty
     * @param format of a bare model; by its first bytes if empty
     * @throws IOException if the file cannot be read
     */
    public static PackageSource source(Path file, Optional<String> name, Optional<String> format) throws IOException {
        if (Files.isDirectory(file)) {
            return PackageSource.directory(file);
        }
        boolean zip = isZip(file);
        if (format.isEmpty() && zip && !isTorchScript(file)) {
            return PackageSource.zip(file);
        }
        ModelName model = ModelName.of(name.isPresent() ? name.get() : derivedName(file));
        return new PackageSource.ModelFile(model, format.orElse(zip ? "torchscript" : "onnx"), file);
    }

    private static boolean isZip(Path file) throws IOException {
        byte[] head = head(file, 4);
        return head.length == 4 && head[0] == 'P' && head[1] == 'K' && head[2] == 3 && head[3] == 4;
    }

    /** An archive of TorchScript has everything in one folder, and begins with one of a few files. */
    private static boolean isTorchScript(Path file) throws IOException {
        byte[] head = head(file, ZIP_HEADER + 256);
        if (head.length < ZIP_HEADER) {
            return false;
        }
        int length = (head[ZIP_NAME_LENGTH] & 0xff) | (head[ZIP_NAME_LENGTH + 1] & 0xff) << 8;
        String name = new String(head, ZIP_HEADER, Math.min(length, head.length - ZIP_HEADER), StandardCharsets.UTF_8);
        return name.endsWith("/data.pkl")
                || name.endsWith("/version")
                || name.endsWith("/byteorder")
                || name.endsWith("/.format_version");
    }

    private static byte[] head(Path file, int count) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(count);
        }
    }

    /** A file without a name gets one that another file would not get. */
    private static String derivedName(Path file) throws IOException {
        MessageDigest digest = Digest.sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return "model-" + Digest.ofBytes(digest.digest()).hex().substring(0, NAME_DIGITS);
    }
}
