package io.maas.internal.imports;

import io.maas.error.InvalidInputException;
import io.maas.internal.bundle.JsonPlace;
import io.maas.model.Names;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Cuts the text format of Protocol Buffers into its words. Not thread-safe. */
final class PbtxtLexer {
    /** What a token is. */
    enum Kind {
        WORD,
        STRING,
        COLON,
        SEMICOLON,
        COMMA,
        SLASH,
        LIST_START,
        LIST_END,
        MESSAGE_START,
        MESSAGE_END,
        ANGLE_START,
        ANGLE_END,
        END
    }

    /** A token. */
    record Token(Kind kind, String text) {
        boolean is(Kind other) {
            return kind == other;
        }

        String shown() {
            return kind == Kind.END ? "the end" : "'" + Names.shown(text) + "'";
        }
    }

    private final String text;
    private final JsonPlace at;
    private int position;
    private Token next;

    PbtxtLexer(String text, JsonPlace at) {
        this.text = text;
        this.at = at;
        this.next = read();
    }

    Token peek() {
        return next;
    }

    Token next() {
        Token token = next;
        next = token.is(Kind.END) ? token : read();
        return token;
    }

    boolean skip(Kind kind) {
        if (next.is(kind)) {
            next();
            return true;
        }
        return false;
    }

    Token expect(Kind kind, String what) {
        if (!next.is(kind)) {
            throw refused(what + " is expected, found " + next.shown());
        }
        return next();
    }

    InvalidInputException refused(String why) {
        long line = text.substring(0, Math.min(position, text.length()))
                        .chars()
                        .filter(c -> c == '\n')
                        .count()
                + 1;
        return at.refused("it is no text format of Protocol Buffers, " + why + ", before or in line " + line);
    }

    private Token read() {
        skipSpace();
        if (position == text.length()) {
            return new Token(Kind.END, "");
        }
        char c = text.charAt(position);
        Kind mark = mark(c);
        if (mark != Kind.WORD) {
            position++;
            return new Token(mark, String.valueOf(c));
        } else if (c == '"' || c == '\'') {
            return new Token(Kind.STRING, string(c));
        }
        return word();
    }

    private void skipSpace() {
        for (; position < text.length(); position++) {
            char c = text.charAt(position);
            if (c == '#') {
                int end = text.indexOf('\n', position);
                position = end < 0 ? text.length() - 1 : end;
            } else if (c != ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != '\u000b') {
                return;
            }
        }
    }

    private static Kind mark(char c) {
        return switch (c) {
            case ':' -> Kind.COLON;
            case ';' -> Kind.SEMICOLON;
            case ',' -> Kind.COMMA;
            case '/' -> Kind.SLASH;
            case '[' -> Kind.LIST_START;
            case ']' -> Kind.LIST_END;
            case '{' -> Kind.MESSAGE_START;
            case '}' -> Kind.MESSAGE_END;
            case '<' -> Kind.ANGLE_START;
            case '>' -> Kind.ANGLE_END;
            default -> Kind.WORD;
        };
    }

    private Token word() {
        int start = position;
        if (text.charAt(position) == '-') {
            position++;
            skipSpace(); // a sign is a word of its own in this format
        }
        int digits = position;
        while (position < text.length() && isWord(text.charAt(position), digits)) {
            position++;
        }
        if (position == digits) {
            throw refused("'" + Names.shown(text.substring(start, Math.min(start + 1, text.length())))
                    + "' cannot stand there");
        }
        String sign = digits > start ? "-" : "";
        return new Token(Kind.WORD, sign + text.substring(digits, position));
    }

    private boolean isWord(char c, int start) {
        boolean isLetter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        // in 1e-5 the sign belongs to the number
        boolean isSign = (c == '+' || c == '-')
                && position > start
                && (text.charAt(position - 1) == 'e' || text.charAt(position - 1) == 'E')
                && text.charAt(start) <= '9';
        return isLetter || c == '.' || isSign;
    }

    /** Escapes may spell single bytes, so that a string is put together as bytes and decoded at its end. */
    private String string(char quote) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        position++;
        while (position < text.length() && text.charAt(position) != quote) {
            int c = text.codePointAt(position);
            if (c == '\n') {
                throw refused("a string ends with its line");
            }
            position += Character.charCount(c);
            if (c == '\\') {
                escape(bytes);
            } else {
                bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
            }
        }
        if (position == text.length()) {
            throw refused("a string does not end");
        }
        position++;
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw refused("a string is not UTF-8");
        }
    }

    private void escape(ByteArrayOutputStream bytes) {
        if (position == text.length()) {
            throw refused("a string does not end");
        }
        char c = text.charAt(position++);
        switch (c) {
            case 'a' -> bytes.write(7);
            case 'b' -> bytes.write('\b');
            case 'f' -> bytes.write('\f');
            case 'n' -> bytes.write('\n');
            case 'r' -> bytes.write('\r');
            case 't' -> bytes.write('\t');
            case 'v' -> bytes.write(11);
            case '\\', '\'', '"', '?' -> bytes.write(c);
            case 'x', 'X' -> bytes.write(number(16, 1, 2) & 0xff);
            case 'u' -> character(bytes, number(16, 4, 4));
            case 'U' -> character(bytes, number(16, 8, 8));
            default -> {
                position--;
                bytes.write(number(8, 1, 3) & 0xff);
            }
        }
    }

    private void character(ByteArrayOutputStream bytes, int c) {
        if (!Character.isValidCodePoint(c) || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
            throw refused("there is no character " + Integer.toHexString(c));
        }
        bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
    }

    private int number(int radix, int least, int most) {
        int value = 0;
        int count = 0;
        for (; count < most && position < text.length(); count++, position++) {
            char c = text.charAt(position);
            int digit = c < 128 ? Character.digit(c, radix) : -1;
            if (digit < 0) {
                break;
            }
            value = value * radix + digit;
        }
        if (count < least) {
            throw refused("a string has an unknown escape");
        }
        return value;
    }
}
