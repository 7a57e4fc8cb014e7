package io.maas.internal.bundle;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.repository.PackageLimits;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What a path in a package may look like, and that no two of one package can meet on any file system. Not thread-safe:
 * one is used for one package.
 */
final class PathRules {
    private final Origin origin;
    private final PackageLimits limits;
    /** Every path and every folder on the way to one, by what a careless file system makes of it. */
    private final Map<String, String> spellings = new HashMap<>();

    private final Set<String> files = new HashSet<>();
    private final Set<String> folders = new HashSet<>();
    private int entries;

    PathRules(Origin origin, PackageLimits limits) {
        this.origin = origin;
        this.limits = limits;
    }

    /** Checks the path of a file and remembers it. */
    void addFile(String path) {
        check(path);
        count();
        if (folders.contains(path) || !files.add(path)) {
            throw duplicate(path, path);
        }
        spell(path);
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            String folder = path.substring(0, slash);
            if (files.contains(folder)) {
                throw duplicate(path, folder);
            }
            folders.add(folder);
            spell(folder);
        }
    }

    /** Checks the path of a folder, written without a slash at its end, and remembers it. */
    void addFolder(String path) {
        check(path);
        count();
        if (files.contains(path)) {
            throw duplicate(path, path);
        }
        folders.add(path);
        spell(path);
    }

    private void count() {
        if (++entries > limits.entries()) {
            throw tooMany(origin, limits);
        }
    }

    static InvalidInputException tooMany(Origin origin, PackageLimits limits) {
        return origin.refused(
                ErrorCode.PACKAGE_TOO_MANY,
                "it has more than " + limits.entries() + " files and folders",
                "leave out what is not needed, or raise the limit");
    }

    private void spell(String path) {
        String before = spellings.putIfAbsent(folded(path), path);
        if (before != null && !before.equals(path)) {
            throw duplicate(path, before);
        }
    }

    private InvalidInputException duplicate(String path, String before) {
        return origin.refused(
                ErrorCode.PACKAGE_DUPLICATE,
                "the path " + Origin.quoted(path) + " is there twice, or collides with " + Origin.quoted(before),
                "give every file a path that differs by more than case or Unicode form");
    }

    /** Upper case first: some letters, such as the long s, have an upper case that is another letter's too. */
    private static String folded(String path) {
        String cased = Normalizer.normalize(path, Normalizer.Form.NFD)
                .toUpperCase(Locale.ROOT)
                .toLowerCase(Locale.ROOT);
        return Normalizer.normalize(cased, Normalizer.Form.NFC);
    }

    /** Checks one path by itself. */
    void check(String path) {
        checkCharacters(path);
        List<String> parts = parts(path);
        if (parts.size() > limits.depth()) {
            throw refused(ErrorCode.PACKAGE_PATH_LENGTH, path, "is deeper than " + limits.depth(), "use fewer folders");
        }
        for (String part : parts) {
            if (part.isEmpty()) {
                throw refused(ErrorCode.PACKAGE_PATH_LENGTH, path, "is empty or has an empty part", "name every part");
            } else if (part.equals("..") || part.equals(".")) {
                throw refused(
                        ErrorCode.PACKAGE_PATH_PARENT, path, "has the part '" + part + "'", "use paths in the package");
            } else if (part.getBytes(StandardCharsets.UTF_8).length > limits.nameLength()) {
                throw refused(
                        ErrorCode.PACKAGE_PATH_LENGTH,
                        path,
                        "has a name of more than " + limits.nameLength() + " bytes",
                        "use shorter names");
            }
        }
    }

    private void checkCharacters(String path) {
        if (path.startsWith("/")) {
            throw refused(ErrorCode.PACKAGE_PATH_ABSOLUTE, path, "is absolute", "use paths from the package's root");
        } else if (path.indexOf('\\') >= 0) {
            throw refused(ErrorCode.PACKAGE_PATH_BACKSLASH, path, "has a backslash", "separate parts with slashes");
        } else if (path.indexOf(':') >= 0) {
            // beyond drives, "file:name" is a hidden stream on NTFS
            throw refused(ErrorCode.PACKAGE_PATH_DRIVE, path, "has a colon", "use names without drives or colons");
        }
        if (path.codePoints().anyMatch(PathRules::isUnwritable)) {
            throw refused(
                    ErrorCode.PACKAGE_PATH_CONTROL,
                    path,
                    "has a control character",
                    "use letters, digits and the like");
        }
    }

    private static boolean isUnwritable(int c) {
        int type = Character.getType(c);
        return type == Character.CONTROL || type == Character.SURROGATE;
    }

    private InvalidInputException refused(ErrorCode code, String path, String why, String remedy) {
        return origin.refused(code, "the path " + Origin.quoted(path) + " " + why, remedy);
    }

    /** Orders paths part by part, each by its code points: the order of the root digest. */
    static Comparator<String> order() {
        return (a, b) -> {
            List<String> left = parts(a);
            List<String> right = parts(b);
            for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
                int order = compareCodePoints(left.get(i), right.get(i));
                if (order != 0) {
                    return order;
                }
            }
            return Integer.compare(left.size(), right.size());
        };
    }

    /** {@link String#compareTo} orders by UTF-16 units, which puts characters beyond U+FFFF too early. */
    private static int compareCodePoints(String a, String b) {
        int shorter = Math.min(a.length(), b.length());
        for (int i = 0; i < shorter; ) {
            int left = a.codePointAt(i);
            int right = b.codePointAt(i);
            if (left != right) {
                return Integer.compare(left, right);
            }
            i += Character.charCount(left);
        }
        return Integer.compare(a.length(), b.length());
    }

    private static List<String> parts(String path) {
        return List.of(path.split("/", -1));
    }
}
