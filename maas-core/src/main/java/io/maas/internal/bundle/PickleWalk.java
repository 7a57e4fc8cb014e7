package io.maas.internal.bundle;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Follows a pickle's instructions without doing any of them, keeping only what kind of thing lies on its stack. A
 * pickle has no reliable signature: before protocol 2 it begins like a text. Yet what is none stops making sense after an
 * instruction or two, and what is one sooner or later calls something or ends. Used once.
 *
 * <p>The instructions are those of protocols 0 to 5, as in CPython's {@code pickletools.py}.
 */
final class PickleWalk {
    /** After the protocol's number, three instructions that make sense are no chance: about 1 in 10^6 of random files. */
    private static final int ENOUGH = 3;

    private static final int MAX_LINE = 1024;
    private static final Pattern NAME = Pattern.compile("[\\w.<>-]+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern WHOLE = Pattern.compile("[+-]?[0-9]+L?");
    private static final Pattern FLOAT =
            Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)(e[+-]?[0-9]+)?|[+-]?inf|nan");
    private static final Pattern QUOTED = Pattern.compile("'.*'|\".*\"", Pattern.DOTALL);

    private final InputStream in;
    private final long length;
    private final PickleStack stack = new PickleStack();
    private long position;
    private boolean hasProtocol;
    private boolean hasImport;

    PickleWalk(InputStream in, long length) {
        this.in = new BufferedInputStream(in);
        this.length = length;
    }

    /** What an instruction says about the file. */
    private enum Verdict {
        GO_ON,
        PICKLE,
        OTHER
    }

    boolean isPickle() throws IOException {
        try {
            for (int steps = 0; ; steps++) {
                if (hasProtocol && steps > ENOUGH) {
                    return true;
                }
                Verdict verdict = step();
                if (verdict != Verdict.GO_ON) {
                    return verdict == Verdict.PICKLE;
                }
            }
        } catch (EOFException e) {
            return false; // Python, too, runs what comes before the cut; no call was among it
        }
    }

    private Verdict step() throws IOException {
        int code = next();
        return switch (code) {
            case 0x80 -> protocol();
            case '.' -> stop();
            case 'c' -> imports(isImport());
            case 'i' -> verdict(isImport() && stack.popToMark(), Verdict.PICKLE);
            case 'R', 0x81 -> verdict(stack.canCall(), Verdict.PICKLE);
            case 'o' -> verdict(stack.popObject(), Verdict.PICKLE);
            case 0x92 -> verdict(hasImport && stack.pop(3), Verdict.PICKLE);
            case 0x93 -> imports(stack.pop(2));
            // a registered extension; almost nobody has any, so one alone says nothing
            case 0x82, 0x83, 0x84 -> go(skip(1L << (code - 0x82)) && stack.pushCallable());
            default -> go(argument(code) && stack.apply(code));
        };
    }

    private Verdict protocol() throws IOException {
        hasProtocol = true;
        return go(next() <= 5);
    }

    /** A text may well begin with "N.", so the end counts only where it is one, or where more was seen before. */
    private Verdict stop() {
        return verdict(stack.pop(1) && (hasProtocol || hasImport || position == length), Verdict.PICKLE);
    }

    private Verdict imports(boolean isSane) {
        hasImport = true;
        return go(isSane && stack.pushCallable());
    }

    private static Verdict go(boolean isSane) {
        return verdict(isSane, Verdict.GO_ON);
    }

    private static Verdict verdict(boolean isSane, Verdict ifSane) {
        return isSane ? ifSane : Verdict.OTHER;
    }

    /** Reads past the argument of an instruction; false if it cannot be one. */
    private boolean argument(int code) throws IOException {
        return switch (code) {
            case 'K', 'q', 'h' -> skip(1);
            case 'M' -> skip(2);
            case 'J', 'r', 'j' -> skip(4);
            case 'G', 0x95 -> skip(8);
            case 'U', 'C', 0x8c, 0x8a -> skip(number(1));
            case 'T', 'X', 'B', 0x8b -> skip(number(4));
            case 0x8d, 0x8e, 0x96 -> skip(number(8));
            case 'I', 'L', 'p', 'g' -> WHOLE.matcher(line()).matches();
            case 'F' -> FLOAT.matcher(line()).matches();
            case 'S' -> QUOTED.matcher(line()).matches();
            case 'V', 'P' -> skipLine();
            default -> true;
        };
    }

    /** Two lines: a module, and a name in it. */
    private boolean isImport() throws IOException {
        String module = line();
        return NAME.matcher(module).matches() && NAME.matcher(line()).matches();
    }

    private int next() throws IOException {
        int value = in.read();
        if (value < 0) {
            throw new EOFException();
        }
        position++;
        return value;
    }

    private long number(int bytes) throws IOException {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (long) next() << (8 * i);
        }
        return value;
    }

    /** False if there are not as many bytes, which the length of the file tells without reading it. */
    private boolean skip(long count) throws IOException {
        if (count < 0 || count > length - position) {
            return false;
        }
        in.skipNBytes(count);
        position += count;
        return true;
    }

    private String line() throws IOException {
        byte[] line = new byte[MAX_LINE];
        int size = 0;
        for (int value = next(); value != '\n'; value = next()) {
            if (size == line.length) {
                return "";
            }
            line[size++] = (byte) value;
        }
        return new String(line, 0, size, StandardCharsets.UTF_8).strip();
    }

    private boolean skipLine() throws IOException {
        while (next() != '\n') {
            // texts may be of any length
        }
        return true;
    }
}
