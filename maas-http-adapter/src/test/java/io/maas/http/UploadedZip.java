package io.maas.http;

import io.maas.model.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A package as a zip archive, of whose files some are not listed, and of whose entries some lie. */
final class UploadedZip {
    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private final List<String> listed = new ArrayList<>();
    private final List<String> needed = new ArrayList<>();
    private final String name;

    private UploadedZip(String name) {
        this.name = name;
    }

    /** Begins a package of a model that answers {@code scale 5}. */
    static UploadedZip of(String name) {
        return new UploadedZip(name).file("model.scripted", "weights", "scale 5".getBytes(StandardCharsets.UTF_8));
    }

    /** Begins an archive that is no package: it has no manifest. */
    static UploadedZip plain() {
        return new UploadedZip("");
    }

    /** Puts a file in, and lists it. */
    UploadedZip file(String path, String role, byte[] content) {
        files.put(path, content);
        listed.add("{'path': '%s', 'role': '%s', 'size': %d, 'sha256': '%s'}"
                .formatted(path, role, content.length, Digest.of(content).hex()));
        return this;
    }

    /** Says that it needs a bundle of another model. */
    UploadedZip dependingOn(String model, String digest) {
        needed.add("{'model': '%s', 'digest': '%s'}".formatted(model, digest));
        return this;
    }

    /** Puts a file in, and does not list it. */
    UploadedZip unlisted(String path, byte[] content) {
        files.put(path, content);
        return this;
    }

    private byte[] manifest() {
        String text = "{'schema': 'maas/1', 'name': '%s', 'format': 'scripted', 'files': [%s], 'dependsOn': [%s]}";
        return text.formatted(name, String.join(", ", listed), String.join(", ", needed))
                .replace('\'', '"')
                .getBytes(StandardCharsets.UTF_8);
    }

    byte[] bytes() {
        ByteArrayOutputStream zip = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(zip)) {
            if (!name.isEmpty()) {
                store(out, "maas.json", manifest());
            }
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                store(out, file.getKey(), file.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return zip.toByteArray();
    }

    static void store(ZipOutputStream out, String path, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(path);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        CRC32 crc = new CRC32();
        crc.update(content);
        entry.setCrc(crc.getValue());
        out.putNextEntry(entry);
        out.write(content);
        out.closeEntry();
    }

    /** What an archive says of a file, at two places. */
    record Headers(ByteBuffer zip, int local, int central) {
        /** Says that it is a link. */
        void link() {
            zip.put(central + 5, (byte) 3).putInt(central + 38, 0120777 << 16);
        }

        void size(int bytes) {
            both(22, 24, at -> zip.putInt(at, bytes));
        }

        void centralSize(int bytes) {
            zip.putInt(central + 24, bytes);
        }

        /** Says that the content lies where that of the first file does. */
        void samePlaceAsTheFirst() {
            zip.putInt(central + 42, 0);
        }

        void crc(int value) {
            both(14, 16, at -> zip.putInt(at, value));
        }

        /** Says another name in front of the content than in the directory. */
        void otherLocalName() {
            zip.put(local + 30, (byte) '_');
        }

        private void both(int atLocal, int atCentral, IntConsumer change) {
            change.accept(local + atLocal);
            change.accept(central + atCentral);
        }
    }

    /** Returns the bytes, and where they speak of a file. */
    static Headers headers(byte[] zip, String path) {
        ByteBuffer bytes = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
        int end = zip.length - 22;
        int at = bytes.getInt(end + 16);
        for (int i = bytes.getShort(end + 10); i > 0; i--) {
            int length = bytes.getShort(at + 28);
            if (new String(zip, at + 46, length, StandardCharsets.UTF_8).equals(path)) {
                return new Headers(bytes, bytes.getInt(at + 42), at);
            }
            at += 46 + length + bytes.getShort(at + 30) + bytes.getShort(at + 32);
        }
        throw new IllegalStateException("no file " + path);
    }
}
