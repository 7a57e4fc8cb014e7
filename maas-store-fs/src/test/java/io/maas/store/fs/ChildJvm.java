package io.maas.store.fs;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Another JVM on this host with the class path of this one. It talks by lines, and is killed when it is closed. */
final class ChildJvm implements AutoCloseable {
    /** What a process that was ended by SIGKILL leaves as its exit status. */
    static final int KILLED = 128 + 9;

    /** Far beyond what anything here takes, so that only a hang gets there. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Process process;
    private final BufferedWriter commands;
    private final Path errors;
    private final Thread reader;
    private final List<String> lines = new ArrayList<>();
    private boolean ended;

    /**
     * Starts one.
     *
     * @param errors the file for what it logs
     */
    ChildJvm(Class<?> main, Path errors, Object... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        Stream.of(arguments).map(Object::toString).forEach(command::add);
        this.errors = errors;
        this.process =
                new ProcessBuilder(command).redirectError(errors.toFile()).start();
        this.commands = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        this.reader = new Thread(this::readLines, "output of " + process.pid());
        reader.start();
    }

    private void readLines() {
        try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                synchronized (lines) {
                    lines.add(line);
                    lines.notifyAll();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            synchronized (lines) {
                ended = true;
                lines.notifyAll();
            }
        }
    }

    /** Sends a line. */
    void say(String command) throws IOException {
        commands.write(command);
        commands.newLine();
        commands.flush();
    }

    /** Waits for so many lines that match, and returns the last of them. */
    String await(int count, Predicate<String> wanted) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        synchronized (lines) {
            int looked = 0;
            int found = 0;
            while (true) {
                for (; looked < lines.size(); looked++) {
                    if (wanted.test(lines.get(looked)) && ++found == count) {
                        return lines.get(looked);
                    }
                }
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (ended || left <= 0) {
                    throw new AssertionError("the child " + (ended ? "ended" : "hangs") + " after " + found + " of "
                            + count + " lines; it said " + last(lines) + " and logged " + logged());
                }
                lines.wait(left);
            }
        }
    }

    private static List<String> last(List<String> all) {
        return all.subList(Math.max(0, all.size() - 10), all.size());
    }

    /** Lets it run on for a moment. */
    void spare(Duration moment) throws InterruptedException {
        if (process.waitFor(moment.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new AssertionError("the child ended by itself, " + process.exitValue() + ", and logged " + logged());
        }
    }

    /** Ends it by SIGKILL, and returns every line that it said. */
    List<String> kill() throws InterruptedException {
        process.toHandle().destroyForcibly(); // unlike Process.destroyForcibly, leaves what it said to be read
        process.waitFor();
        reader.join();
        if (process.exitValue() != KILLED) {
            throw new AssertionError("the child ended by itself, " + process.exitValue() + ", and logged " + logged());
        }
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    private String logged() {
        try {
            return Files.readString(errors);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
