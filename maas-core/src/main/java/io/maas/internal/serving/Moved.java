package io.maas.internal.serving;

/** The model was closed to make room for what takes its place: whoever called it calls that. Callers of the platform never see it. */
final class Moved extends RuntimeException {
    private static final long serialVersionUID = 1;

    Moved() {
        super("another version serves now", null, false, false);
    }
}
