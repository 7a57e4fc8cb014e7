package io.maas.internal.bundle;

import java.util.Arrays;

/** What kinds of things lie on the stack of a pickle. Every method returns false where a pickle would have failed. */
final class PickleStack {
    private static final byte MARK = 0;
    private static final byte VALUE = 1;
    private static final byte TUPLE = 2;
    private static final byte CALLABLE = 3;
    /** From the memo: it may be anything. */
    private static final byte UNKNOWN = 4;

    /** More than any real one has at once, and so few that a hostile one does not fill the heap. */
    private static final int MOST = 1 << 20;

    private byte[] kinds = new byte[16];
    private int size;
    private boolean hasMemo;

    /** Does an instruction that neither imports, calls nor ends; false also if there is no such instruction. */
    boolean apply(int code) {
        return switch (code) {
            case 'I', 'L', 'F', 'S', 'V', 'P', 'J', 'K', 'M', 'G', 'T', 'U', 'X', 'B', 'C', 'N', ']', '}' ->
                push(VALUE);
            case 0x88, 0x89, 0x8a, 0x8b, 0x8c, 0x8d, 0x8e, 0x8f, 0x96, 0x97 -> push(VALUE);
            case ')' -> push(TUPLE);
            case '(' -> push(MARK);
            case 'g', 'h', 'j' -> hasMemo && push(UNKNOWN);
            case '0' -> popAny();
            case '1' -> popToMark();
            case '2' -> has(1) && push(kinds[size - 1]);
            case 't' -> popToMark() && push(TUPLE);
            case 0x85, 0x86, 0x87 -> pop(code - 0x84) && push(TUPLE);
            case 'l', 'd', 0x91 -> popToMark() && push(VALUE);
            case 'e', 'u', 0x90 -> popToMark() && has(1);
            case 'a', 'b' -> pop(1) && has(1);
            case 's' -> pop(2) && has(1);
            case 'Q' -> pop(1) && push(UNKNOWN);
            case 'p', 'q', 'r', 0x94 -> remember();
            case 0x98 -> has(1);
            case 0x95 -> true;
            default -> false;
        };
    }

    boolean pushCallable() {
        return push(CALLABLE);
    }

    /** Tells whether a call would work: something that can be called, below its arguments. */
    boolean canCall() {
        return has(2)
                && (kinds[size - 1] == TUPLE || kinds[size - 1] == UNKNOWN)
                && (kinds[size - 2] == CALLABLE || kinds[size - 2] == UNKNOWN);
    }

    /** Pops to the mark; true if what lies first above it can be called. */
    boolean popObject() {
        byte first = MARK;
        while (size > 0) {
            byte kind = kinds[--size];
            if (kind == MARK) {
                return first == CALLABLE || first == UNKNOWN;
            }
            first = kind;
        }
        return false;
    }

    boolean popToMark() {
        while (size > 0) {
            if (kinds[--size] == MARK) {
                return true;
            }
        }
        return false;
    }

    boolean pop(int count) {
        for (int i = 0; i < count; i++) {
            if (!has(1)) {
                return false;
            }
            size--;
        }
        return true;
    }

    private boolean remember() {
        hasMemo = true;
        return has(1);
    }

    private boolean popAny() {
        return size-- > 0;
    }

    private boolean has(int count) {
        if (size < count) {
            return false;
        }
        for (int i = 1; i <= count; i++) {
            if (kinds[size - i] == MARK) {
                return false;
            }
        }
        return true;
    }

    /** When full it forgets: a hostile pickle then looks shorter, and no less like one. */
    private boolean push(byte kind) {
        if (size == MOST) {
            size = MOST / 2;
        }
        if (size == kinds.length) {
            kinds = Arrays.copyOf(kinds, 2 * size);
        }
        kinds[size++] = kind;
        return true;
    }
}
