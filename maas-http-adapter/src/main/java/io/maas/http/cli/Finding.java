package io.maas.http.cli;

import java.util.Optional;

/**
 * What the doctor found.
 *
 * @param subject what it looked at
 * @param what it found there
 * @param remedy what helps, if that is needed
 */
record Finding(Level level, String subject, String what, Optional<String> remedy) {
    /** How much it matters. */
    enum Level {
        /** Nothing is wrong. */
        GOOD,
        /** Models can be served, and may be served badly. */
        DOUBTFUL,
        /** Something does not work. */
        BAD
    }

    static Finding good(String subject, String what) {
        return new Finding(Level.GOOD, subject, what, Optional.empty());
    }

    static Finding doubtful(String subject, String what, String remedy) {
        return new Finding(Level.DOUBTFUL, subject, what, Optional.of(remedy));
    }

    static Finding bad(String subject, String what, String remedy) {
        return new Finding(Level.BAD, subject, what, Optional.of(remedy));
    }

    @Override
    public String toString() {
        String mark = switch (level) {
            case GOOD -> "ok     ";
            case DOUBTFUL -> "doubt  ";
            case BAD -> "BAD    ";
        };
        return mark + subject + ": " + what
                + remedy.map(text -> "\n       -> " + text).orElse("");
    }
}
