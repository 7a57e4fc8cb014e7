package io.maas.internal.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.model.Digest;
import io.maas.model.Manifest;
import io.maas.model.Manifest.FileEntry;
import io.maas.model.Manifest.Role;
import io.maas.repository.PackageLimits;
import io.maas.repository.PackageSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Small packages, good and bad. */
final class Samples {
    static final Path DIGITS = Path.of("../examples/models/digits");
    /** Bytes that are no model of any kind; what they are is the engine's business. */
    static final byte[] WEIGHTS = "these are the weights".getBytes(StandardCharsets.UTF_8);

    private Samples() {}

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static Bundle read(PackageSource source) {
        return new BundleReader(PackageLimits.standard()).read(source);
    }

    static Digest digest(PackageSource source) {
        try (Bundle bundle = read(source)) {
            return bundle.digest();
        }
    }

    static void assertRefused(PackageSource source, ErrorCode code) {
        assertRefused(() -> read(source).close(), code);
    }

    static void assertRefused(ThrowingCallable call, ErrorCode code) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        MaasException.class,
                        e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code))
                .hasMessageMatching("(?s)Cannot .+: .+; .+");
    }

    /** The files of a package with these files, {@code maas.json} first. */
    static Map<String, byte[]> packed(String format, Map<String, byte[]> files) {
        List<FileEntry> entries = new ArrayList<>();
        files.forEach((path, content) -> {
            Role role = path.startsWith("model.") ? Role.WEIGHTS : Role.DOC;
            entries.add(new FileEntry(path, role, content.length, Digest.of(content)));
        });
        Manifest manifest = Manifest.builder("sample", format).files(entries).build();
        Map<String, byte[]> all = new LinkedHashMap<>();
        all.put(Bundle.MANIFEST, new ManifestCodec().write(manifest));
        all.putAll(files);
        return all;
    }

    /** The files of a good package of one model file. */
    static Map<String, byte[]> good() {
        return packed("scripted", Map.of("model.bin", WEIGHTS));
    }

    /** A good package, and one file more that its manifest lists. */
    static Map<String, byte[]> goodAnd(String path, byte[] content) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("model.bin", WEIGHTS);
        files.put(path, content);
        return packed("scripted", files);
    }

    static HostileZip zip(Map<String, byte[]> files) {
        HostileZip zip = new HostileZip();
        files.forEach(zip::stored);
        return zip;
    }

    static PackageSource folder(Path folder, Map<String, byte[]> files) {
        try {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                Path path = folder.resolve(file.getKey());
                Files.createDirectories(path.getParent());
                Files.write(path, file.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return PackageSource.directory(folder);
    }

    static byte[] content(BundleFile file) {
        try (InputStream in = file.content().open()) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A length-delimited field of a Protocol Buffers message. */
    static byte[] field(int number, byte[]... contents) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] content : contents) {
            all.writeBytes(content);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        varint(out, ((long) number << 3) | 2);
        varint(out, all.size());
        out.writeBytes(all.toByteArray());
        return out.toByteArray();
    }

    static void varint(ByteArrayOutputStream out, long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    /** A tensor whose data lies in the file at {@code location}. */
    static byte[] externalTensor(String location) {
        byte[] entry = field(13, field(1, utf8("location")), field(2, utf8(location)));
        return concat(entry, new byte[] {14 << 3, 1});
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
