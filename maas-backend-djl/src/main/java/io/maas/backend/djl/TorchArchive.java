package io.maas.backend.djl;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Manifest;
import io.maas.model.Names;
import io.maas.spi.ModelFiles;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Holds a TorchScript file to what {@code torch.jit.save} writes, before the engine reads it: one folder with code of the
 * package {@code __torch__}, tensors, and pickles that name nothing but tensors and that code. The program itself is not judged,
 * which is why its signer matters.
 */
final class TorchArchive {
    private static final int FIRST_MEMBER = 0x504b0304;
    private static final int LONGEST_NAME = 512;
    private static final int MOST_MEMBERS = 100_000;
    private static final int LARGEST_CODE = 16 << 20;

    /** A member's name without the folder that all are in. */
    private static final Pattern EXPECTED = Pattern.compile("data\\.pkl|constants\\.pkl|version|byteorder"
            + "|\\.format_version|\\.storage_alignment|\\.data/serialization_id"
            + "|(data|constants)/\\d{1,9}"
            + "|code/__torch__(/[A-Za-z_][A-Za-z0-9_]*)*\\.py(\\.debug_pkl)?"
            + "|extra/[A-Za-z0-9_][A-Za-z0-9_.-]*");

    private final String name;

    private TorchArchive(String name) {
        this.name = name;
    }

    /** Checks each file of a package that an engine might load. */
    static void check(ModelFiles files) {
        for (Manifest.FileEntry entry : files.manifest().files()) {
            if (entry.role() == Manifest.Role.WEIGHTS) {
                new TorchArchive(entry.path()).check(files.file(entry.path()));
            }
        }
    }

    private void check(Path file) {
        requireArchive(file);
        try (ZipFile zip = new ZipFile(file.toFile())) {
            String root = root(zip);
            Set<String> names = new HashSet<>();
            Enumeration<? extends ZipEntry> entries = zip.entries();
            while (entries.hasMoreElements()) {
                ZipEntry member = entries.nextElement();
                checkMember(zip, member, root);
                if (!names.add(member.getName())) {
                    throw corrupt("it has " + Names.shown(member.getName()) + " twice");
                }
            }
            requireMember(names, root + "data.pkl");
            requireMember(names, root + "constants.pkl");
            if (names.stream().noneMatch(member -> member.endsWith(".py"))) {
                throw corrupt("it has no code");
            }
        } catch (IOException | IllegalArgumentException e) {
            throw corrupt("it is no whole archive, " + e.getMessage());
        }
    }

    /** Before the first member there might be another file. */
    private void requireArchive(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] head = in.readNBytes(Integer.BYTES);
            if (head.length < Integer.BYTES || java.nio.ByteBuffer.wrap(head).getInt() != FIRST_MEMBER) {
                throw corrupt("it does not begin as an archive");
            }
        } catch (IOException e) {
            throw corrupt("it cannot be read, " + e.getMessage());
        }
    }

    private String root(ZipFile zip) {
        if (zip.size() == 0 || zip.size() > MOST_MEMBERS) {
            throw corrupt("it has " + zip.size() + " members");
        }
        String first = zip.entries().nextElement().getName();
        return first.substring(0, first.indexOf('/') + 1);
    }

    private void checkMember(ZipFile zip, ZipEntry member, String root) throws IOException {
        String full = member.getName();
        boolean inRoot = full.length() <= LONGEST_NAME && !root.isEmpty() && full.startsWith(root);
        if (!inRoot || !EXPECTED.matcher(full.substring(root.length())).matches()) {
            throw refused(
                    full.endsWith(".py") ? ErrorCode.PACKAGE_CODE : ErrorCode.PACKAGE_PICKLE,
                    "it has " + Names.shown(full) + ", which torch.jit.save does not write");
        }
        // torch.jit.save compresses code, and nothing else
        boolean small = full.startsWith(root + "code/") && member.getSize() <= LARGEST_CODE;
        if (member.getMethod() != ZipEntry.STORED && !small) {
            throw corrupt(Names.shown(full) + " is compressed, and has " + member.getSize() + " bytes");
        }
        boolean isPickle = full.endsWith("pkl");
        if (isPickle || full.startsWith(root + "extra/")) {
            try (InputStream in = new BufferedInputStream(zip.getInputStream(member))) {
                if (isPickle) {
                    TorchPickle.stranger(in).ifPresent(found -> {
                        throw refused(ErrorCode.PACKAGE_PICKLE, Names.shown(full) + " has " + Names.shown(found));
                    });
                } else if (in.read() == TorchPickle.PROTOCOL) {
                    throw refused(ErrorCode.PACKAGE_PICKLE, Names.shown(full) + " is a pickle");
                }
            }
        }
    }

    private void requireMember(Set<String> names, String member) {
        if (!names.contains(member)) {
            throw corrupt("it has no " + Names.shown(member));
        }
    }

    private InvalidInputException corrupt(String why) {
        return refused(ErrorCode.MODEL_CORRUPT, why);
    }

    private InvalidInputException refused(ErrorCode code, String why) {
        return new InvalidInputException(
                code,
                "load the model '" + name + "'",
                "it is not a TorchScript file as torch.jit.save writes it, " + why,
                "save the model with torch.jit.save, or export it as ONNX");
    }
}
