package io.maas.internal.bundle;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Digest;
import io.maas.model.Manifest.Role;
import io.maas.spi.ObjectStore.Source;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Reads one file of a package once more than it has to be read anyway, and refuses it if it is a program: by its name
 * where engines go by names, by its content where names can lie. Used once.
 */
final class ContentScan {
    /** Names that DJL, the JVM or a dynamic linker would load code from. */
    private static final Pattern CODE_NAME =
            Pattern.compile(".*\\.(jar|class|dll|dylib|pyd|exe|so(\\.[0-9]+)*)|serving\\.properties");

    private static final int BUFFER = 256 << 10;
    private static final int HEAD = 4 << 10;

    private final Origin origin;
    private final String path;
    private final boolean isTorchScript;

    ContentScan(Origin origin, String path, Role role, String format) {
        this.origin = origin;
        this.path = path;
        // a TorchScript file is a zip with pickles; whether its program may run is decided where its signer is known
        this.isTorchScript = role == Role.WEIGHTS && format.equals("torchscript");
    }

    /** Returns the digest of the content. */
    Digest run(Source content) throws IOException {
        checkName();
        MessageDigest sha = Digest.sha256();
        ZipMemberNames members = new ZipMemberNames(this::checkMember);
        byte[] head = new byte[0];
        long length = 0;
        try (InputStream in = content.open()) {
            byte[] buffer = new byte[BUFFER];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                if (head.length < HEAD) {
                    head = concat(head, buffer, Math.min(count, HEAD - head.length));
                }
                sha.update(buffer, 0, count);
                members.update(buffer, count);
                length += count;
                if (length > content.length()) {
                    throw wrongLength(origin, path, content.length());
                }
            }
        }
        if (length != content.length()) {
            throw wrongLength(origin, path, content.length());
        }
        checkHead(head);
        if (PickleScan.isPickle(content, head)) {
            throw pickle("it is a Python pickle");
        }
        return Digest.ofBytes(sha.digest());
    }

    static InvalidInputException wrongLength(Origin origin, String path, long expected) {
        return origin.refused(
                ErrorCode.PACKAGE_SIZE,
                "the file " + Origin.quoted(path) + " has not the " + expected
                        + " bytes that it had when it was listed");
    }

    private static byte[] concat(byte[] head, byte[] buffer, int count) {
        byte[] joined = Arrays.copyOf(head, head.length + count);
        System.arraycopy(buffer, 0, joined, head.length, count);
        return joined;
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

    private void checkMember(String name) {
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
