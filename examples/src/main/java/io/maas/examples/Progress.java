package io.maas.examples;

import java.io.Console;
import java.io.PrintStream;
import java.util.Locale;

/** A progress bar on a terminal; nothing elsewhere, so that logs stay readable. For one thread. */
final class Progress {
    private static final int WIDTH = 30;

    private final PrintStream out;
    private final String label;
    private final boolean shown;
    private int drawn = -1;

    Progress(PrintStream out, String label) {
        this.out = out;
        this.label = label;
        this.shown = isTerminal();
    }

    /** From Java 22 on a console exists without a terminal too, and tells. */
    @SuppressWarnings("SystemConsoleNull") // null before Java 22, and that is the answer there
    private static boolean isTerminal() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException before22) {
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }

    void at(long done, long all) {
        int filled = (int) (WIDTH * Math.min(done, all) / Math.max(1, all));
        if (shown && filled != drawn) {
            drawn = filled;
            out.printf(Locale.ROOT, "\r   %-22s %s%s", label, "█".repeat(filled), "░".repeat(WIDTH - filled));
            out.flush();
        }
    }

    /** Removes the bar. */
    void done() {
        if (shown && drawn >= 0) {
            out.print("\r" + " ".repeat(WIDTH + 30) + "\r");
            out.flush();
        }
    }
}
