package io.maas.testkit.python;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * A Python interpreter with some packages. They are installed into a virtual environment under the user's cache folder once, which
 * takes half a minute; where that cannot be done, tests that need them are skipped and say why. Thread-safe, and safe for several
 * builds at once.
 */
public final class PythonPackages {
    private static final Duration INSTALLING = Duration.ofMinutes(4);
    private static final Duration RUNNING = Duration.ofMinutes(1);

    private final Path python;

    private PythonPackages(Path python) {
        this.python = python;
    }

    /**
     * How a program ended.
     *
     * @param status its exit status; -1 if it took too long or could not be started
     * @param output what it printed, on both streams
     */
    public record Result(int status, String output) {}

    /**
     * Installs packages if they are not there, or skips the test that asks.
     *
     * @param name of the environment; another set of packages needs another
     * @param packages as pip takes them
     * @param check what the interpreter must be able to run afterwards, such as {@code -c} and {@code import requests}
     * @throws IOException if the cache folder cannot be used
     */
    public static PythonPackages installed(String name, List<String> packages, List<String> check) throws IOException {
        Path root = Files.createDirectories(caches().resolve("maas-tests"));
        Path folder = root.resolve(name);
        PythonPackages tool = new PythonPackages(folder.resolve("bin").resolve("python"));
        // several builds may want it at once
        try (FileChannel lock =
                FileChannel.open(root.resolve(name + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            lock.lock();
            if (!Files.exists(tool.python) || tool.run(check.toArray()).status != 0) {
                tool.install(folder, packages, check);
            }
        }
        return tool;
    }

    private static Path caches() {
        String caches = System.getenv("XDG_CACHE_HOME");
        return caches == null || caches.isBlank()
                ? Path.of(System.getProperty("user.home"), ".cache")
                : Path.of(caches);
    }

    private void install(Path folder, List<String> packages, List<String> check) throws IOException {
        require(run(RUNNING, List.of("python3", "-m", "venv", "--clear", folder.toString())), packages);
        List<String> install = new ArrayList<>(List.of(python.toString(), "-m", "pip", "install", "--quiet"));
        install.addAll(List.of("--disable-pip-version-check", "--timeout", "15", "--retries", "1"));
        install.addAll(packages);
        require(run(INSTALLING, install), packages);
        require(run(check.toArray()), packages);
    }

    private static void require(Result result, List<String> packages) {
        Assumptions.assumeTrue(
                result.status == 0, () -> "skipped: " + packages + " cannot be installed here: " + result.output);
    }

    /**
     * Runs the interpreter, for a minute at most.
     *
     * @param arguments such as a script and what it is given
     * @throws IOException if its output cannot be kept
     */
    public Result run(Object... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(python.toString()));
        Arrays.stream(arguments).map(Object::toString).forEach(command::add);
        return run(RUNNING, command);
    }

    private static Result run(Duration limit, List<String> command) throws IOException {
        Path output = Files.createTempFile("maas-python-", ".log");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            try {
                boolean ended = process.waitFor(limit.toSeconds(), TimeUnit.SECONDS);
                return new Result(
                        ended ? process.exitValue() : -1,
                        ended ? Files.readString(output, UTF_8) : "it took more than " + limit);
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (IOException e) {
            return new Result(-1, e.toString()); // such as no Python at all
        } finally {
            Files.deleteIfExists(output);
        }
    }
}
