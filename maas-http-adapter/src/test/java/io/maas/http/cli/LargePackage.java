package io.maas.http.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A package whose largest file is the same block many times. What is sent is made as it is sent, and its sums before. */
final class LargePackage {
    private static final Path DIGITS = ServerProcess.REPOSITORY.resolve("examples/models/digits/v1");

    private final byte[] block;
    private final int blocks;
    private final long bytes;
    private final String sha256;
    private final long crc;

    LargePackage(byte[] block, int blocks) throws Exception {
        this.block = block.clone();
        this.blocks = blocks;
        this.bytes = (long) block.length * blocks;
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        CRC32 sum = new CRC32();
        for (int i = 0; i < blocks; i++) {
            digest.update(block);
            sum.update(block);
        }
        sha256 = HexFormat.of().formatHex(digest.digest());
        crc = sum.getValue();
    }

    private byte[] manifest() throws IOException {
        ObjectMapper json = new ObjectMapper();
        ObjectNode manifest =
                (ObjectNode) json.readTree(DIGITS.resolve("maas.json").toFile());
        ((ArrayNode) manifest.get("files"))
                .addObject()
                .put("path", "large.bin")
                .put("role", "sample")
                .put("size", bytes)
                .put("sha256", sha256);
        return json.writeValueAsBytes(manifest);
    }

    long size() throws IOException {
        return bytes
                + manifest().length
                + Files.size(DIGITS.resolve("README.md"))
                + Files.size(DIGITS.resolve("model.onnx"));
    }

    /** Over the digests of the files, in the order of their paths. */
    String rootDigest() throws Exception {
        MessageDigest root = MessageDigest.getInstance("SHA-256");
        MessageDigest each = MessageDigest.getInstance("SHA-256");
        root.update(each.digest(Files.readAllBytes(DIGITS.resolve("README.md"))));
        root.update(HexFormat.of().parseHex(sha256)); // large.bin
        root.update(each.digest(manifest()));
        root.update(each.digest(Files.readAllBytes(DIGITS.resolve("model.onnx"))));
        return HexFormat.of().formatHex(root.digest());
    }

    void write(OutputStream to) {
        try (ZipOutputStream zip = new ZipOutputStream(to)) {
            stored(zip, "maas.json", manifest());
            stored(zip, "README.md", Files.readAllBytes(DIGITS.resolve("README.md")));
            stored(zip, "model.onnx", Files.readAllBytes(DIGITS.resolve("model.onnx")));
            begin(zip, "large.bin", bytes, crc);
            for (int i = 0; i < blocks; i++) {
                zip.write(block);
            }
            zip.closeEntry();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void stored(ZipOutputStream zip, String path, byte[] content) throws IOException {
        CRC32 sum = new CRC32();
        sum.update(content);
        begin(zip, path, content.length, sum.getValue());
        zip.write(content);
        zip.closeEntry();
    }

    private static void begin(ZipOutputStream zip, String path, long size, long crc) throws IOException {
        ZipEntry entry = new ZipEntry(path);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(size);
        entry.setCrc(crc);
        zip.putNextEntry(entry);
    }
}
