package io.maas.internal.bundle;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Digest;
import io.maas.model.Manifest.Role;
import io.maas.spi.ObjectStore.Source;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Looks at one file of a package, and refuses it if it is a program: by its name
 * where engines go by names, by its content where names can lie. Used once.
 */
final class ContentScan {
    /** Names that DJL, the JVM or a dynamic linker would load code from. */
    private static final Pattern CODE_NAME =
            Pattern.compile(".*\\.(jar|class|dll|dylib|pyd|exe|so(\\.[0-9]+)*)|serving\\.properties");

    private static final int HEAD = 4 << 10;

    private final Origin origin;
    private final String path;
    private final boolean isTorchScript;
    private final long expected;
    private @Nullable Digest promised;
    private @Nullable Digest found;

    ContentScan(Origin origin, Listing.Item item, Role role, String format) {
        this.origin = origin;
        this.path = item.path();
        this.expected = item.content().length();
        // a TorchScript file is a zip with pickles; whether its program may run is decided where its signer is known
        this.isTorchScript = role == Role.WEIGHTS && format.equals("torchscript");
    }

    /** Reads the content and returns its digest. */
    Digest run(Source content) throws IOException {
        start(content);
        try (InputStream in = ScanStream.open(content, this)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return Objects.requireNonNull(found, "set at the end");
    }

    /** Returns the content to be read by others, which is refused before its end if its digest is not the promised one. */
    Source through(Source content, Digest wanted) throws IOException {
        start(content);
        promised = wanted;
        return new Source() {
            @Override
            public long length() {
                return content.length();
            }

            @Override
            public InputStream open() throws IOException {
                return ScanStream.open(content, ContentScan.this);
            }
        };
    }

    /** Looks at the name and at what the content begins with, and whether it is a pickle, which mostly shows early. */
    private void start(Source content) throws IOException {
        checkName();
        byte[] head;
        try (InputStream in = content.open()) {
            head = in.readNBytes(HEAD);
        }
        checkHead(head);
        if (PickleScan.isPickle(content, head)) {
            throw pickle("it is a Python pickle");
        }
    }

    /** Says what the digest is. */
    void end(Digest digest) {
        if (promised != null && !digest.equals(promised)) {
            throw wrongDigest(origin, path, digest, promised);
        }
        found = digest;
    }

    InvalidInputException wrongLength() {
        return wrongLength(origin, path, expected);
    }

    static InvalidInputException wrongDigest(Origin origin, String path, Digest found, Digest promised) {
        return origin.refused(
                ErrorCode.PACKAGE_DIGEST,
                "the file " + Origin.quoted(path) + " has the digest " + found + ", maas.json says " + promised);
    }

    static InvalidInputException wrongLength(Origin origin, String path, long expected) {
        return origin.refused(
                ErrorCode.PACKAGE_SIZE,
                "the file " + Origin.quoted(path) + " has not the " + expected
                        + " bytes that it had when it was listed");
    }

    private void checkName() {
        String[] parts = path.toLowerCase(Locale.ROOT).split("/", -1);
        if (CODE_NAME.matcher(parts[parts.length - 1]).matches()) {
            throw code("its name is one that engines load code from");
        }
        for (int i = 0; i < parts.length - 1; i++) {
            if (parts[i].equals("classes")) {
                throw code("engines run what lies in a folder 'classes'");
            }
        }
    }

    void checkMember(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.endsWith(".pkl") && !isTorchScript) {
            throw pickle("it is an archive with the pickle " + Origin.quoted(name));
        } else if (lower.endsWith(".class")) {
            throw code("it is an archive with the class " + Origin.quoted(name));
        }
    }

    private void checkHead(byte[] head) {
        if (head.length < 8) {
            return;
        }
        int magic = LittleEndian.intAt(head, 0);
        boolean isCode = switch (magic) {
            case 0x464c457f -> true; // ELF
            case 0xbebafeca -> true; // a Java class, or a Mach-O for several processors
            case 0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe -> true; // Mach-O
            default -> (magic & 0xffff) == 0x5a4d && isPortableExecutable(head);
        };
        if (isCode) {
            throw code("its content is machine code or a Java class");
        }
    }

    /** Two letters say little, so the header that they lead to is looked at. */
    private static boolean isPortableExecutable(byte[] head) {
        if (head.length < 64) {
            return false;
        }
        int at = LittleEndian.intAt(head, 60);
        return at >= 0 && at <= head.length - 4 && LittleEndian.intAt(head, at) == 0x4550;
    }

    private InvalidInputException code(String why) {
        return origin.refused(
                ErrorCode.PACKAGE_CODE,
                "the file " + Origin.quoted(path) + " holds code, " + why,
                "remove it; what a model needs beside its graph belongs in a transform of the host");
    }

    private InvalidInputException pickle(String why) {
        return origin.refused(
                ErrorCode.PACKAGE_PICKLE,
                "the file " + Origin.quoted(path) + " is a program, " + why,
                "export the model as ONNX");
    }
}
