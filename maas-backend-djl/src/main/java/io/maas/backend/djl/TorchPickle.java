package io.maas.backend.djl;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads which names a pickle of a TorchScript archive imports, without doing what it says. libtorch looks names up in a list of
 * its own, but the same file may come into Python's hands. The instructions are those that libtorch's {@code
 * torch/csrc/jit/serialization/pickler.cpp} writes; any other is a stranger.
 */
final class TorchPickle {
    static final int PROTOCOL = 0x80;

    private static final int LONGEST = 1 << 12;

    private static final Pattern FAMILIAR = Pattern.compile("__torch__(\\.[A-Za-z0-9_.]+)? [A-Za-z0-9_]+"
            + "|torch [A-Za-z]+Storage|torch device|torch\\._utils _rebuild_[a-z0-9_]+|collections OrderedDict"
            + "|torch\\.jit\\._pickle (build_[a-z]+|restore_type_tag)");

    private final InputStream in;

    private TorchPickle(InputStream in) {
        this.in = in;
    }

    /** Returns what a pickle has that no TorchScript file has, if it has such a thing. */
    static Optional<String> stranger(InputStream in) throws IOException {
        return new TorchPickle(in).walk();
    }

    private Optional<String> walk() throws IOException {
        for (int op = next(); op != '.'; op = next()) {
            switch (op) {
                case 'c' -> {
                    String name = line() + " " + line();
                    if (!FAMILIAR.matcher(name).matches()) {
                        return Optional.of("the name '" + name.replace(' ', '.') + "'");
                    }
                }
                case PROTOCOL, 'q', 'h', 'K' -> skip(1);
                case 'M' -> skip(2);
                case 'r', 'j', 'J' -> skip(4);
                case 'G' -> skip(8);
                case 'U', 0x8a -> skip(next());
                case 'X', 'T' -> skip(length());
                case '(', ')', ']', '}', 't', 'l', 'd', 'a', 'e', 's', 'u', 'b', 'R', 'Q', 'N', '0', '1', '2' -> {}
                case 0x81, 0x85, 0x86, 0x87, 0x88, 0x89 -> {}
                default -> {
                    return Optional.of("the instruction 0x" + Integer.toHexString(op));
                }
            }
        }
        return in.read() < 0 ? Optional.empty() : Optional.of("something after its end");
    }

    private int next() throws IOException {
        int next = in.read();
        if (next < 0) {
            throw new EOFException("a pickle in it is cut short");
        }
        return next;
    }

    private long length() throws IOException {
        return next() | (long) next() << 8 | (long) next() << 16 | (long) next() << 24;
    }

    private void skip(long count) throws IOException {
        try {
            in.skipNBytes(count);
        } catch (EOFException e) {
            throw new EOFException("a pickle in it is cut short");
        }
    }

    private String line() throws IOException {
        byte[] bytes = new byte[LONGEST];
        int length = 0;
        for (int next = next(); next != '\n'; next = next()) {
            if (length == LONGEST) {
                throw new EOFException("a pickle in it has a name that is too long");
            }
            bytes[length++] = (byte) next;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
