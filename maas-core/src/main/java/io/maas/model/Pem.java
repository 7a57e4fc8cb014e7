package io.maas.model;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A block of PEM text (RFC 7468), such as a certificate. Its content may be a secret: no message and no {@link #toString}
 * shows it. Immutable.
 */
public final class Pem {
    /** The most characters that are read. A chain of certificates has a few thousand. */
    public static final int MAX_LENGTH = 256 << 10;

    private static final Pattern LABEL = Pattern.compile("[A-Z0-9 ]{1,40}");
    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";
    private static final int LINE = 64;

    private final String label;
    private final byte[] der;

    private Pem(String label, byte[] der) {
        this.label = label;
        this.der = der;
    }

    /**
     * Returns a block.
     *
     * @param label what it is, such as {@code PUBLIC KEY}
     * @param der its content
     */
    public static Pem of(String label, byte[] der) {
        return new Pem(label, der.clone());
    }

    /**
     * Reads every block of a text; what stands between them is explanation.
     *
     * @throws InvalidInputException {@link ErrorCode#BAD_KEY} if there is none, or one is damaged
     */
    public static List<Pem> readAll(String text) {
        if (text.length() > MAX_LENGTH) {
            throw refused("it has " + text.length() + " characters, more than " + MAX_LENGTH);
        }
        List<Pem> blocks = new ArrayList<>();
        for (int start = text.indexOf(BEGIN); start >= 0; start = text.indexOf(BEGIN, start)) {
            int labelEnd = text.indexOf(DASHES, start + BEGIN.length());
            String label = labelEnd < 0 ? "" : text.substring(start + BEGIN.length(), labelEnd);
            if (!LABEL.matcher(label).matches()) {
                throw refused("a line that begins with '" + BEGIN + "' does not end as it should");
            }
            int end = text.indexOf(END + label + DASHES, labelEnd);
            if (end < 0) {
                throw refused("the end of the block '" + label + "' is missing");
            }
            blocks.add(new Pem(label, decoded(text.substring(labelEnd + DASHES.length(), end), label)));
            start = end;
        }
        if (blocks.isEmpty()) {
            throw refused("no line begins with '" + BEGIN + "'");
        }
        return blocks;
    }

    private static byte[] decoded(String body, String label) {
        try {
            return Base64.getDecoder().decode(body.replaceAll("\\s", ""));
        } catch (IllegalArgumentException e) {
            // the cause would quote the content
            throw refused("the block '" + label + "' is not base64");
        }
    }

    private static InvalidInputException refused(String why) {
        return new InvalidInputException(
                ErrorCode.BAD_KEY, "read PEM text", why, "give the file as the tool that made the key wrote it");
    }

    /** Returns what it is, such as {@code CERTIFICATE}. */
    public String label() {
        return label;
    }

    /** Returns its content as a new array. */
    public byte[] der() {
        return der.clone();
    }

    /** Returns the text: lines of 64 characters, line feeds on every system, a line feed at the end. */
    public String text() {
        Base64.Encoder lines = Base64.getMimeEncoder(LINE, "\n".getBytes(StandardCharsets.US_ASCII));
        return BEGIN + label + DASHES + "\n" + lines.encodeToString(der) + "\n" + END + label + DASHES + "\n";
    }

    /** Returns the label and nothing else. */
    @Override
    public String toString() {
        return "PEM " + label;
    }
}
