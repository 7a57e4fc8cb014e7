package io.maas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

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
 * The Python package {@code model_signing}, which is what OpenSSF Model Signing means by itself. It is installed into a
 * virtual environment under the user's cache folder once, which takes half a minute; where it cannot be, tests that need
 * it are skipped and say why.
 */
final class ModelSigning {
    /** It imports pyOpenSSL, and leaves it to another package to ask for that, which does not any more. */
    private static final List<String> PACKAGES = List.of("model-signing==1.1.1", "pyOpenSSL");

    private static final String FOLDER = "model-signing-1.1.1";
    private static final Duration INSTALLING = Duration.ofMinutes(4);
    private static final Duration RUNNING = Duration.ofMinutes(1);

    private final Path python;

    private ModelSigning(Path python) {
        this.python = python;
    }

    /** Installs it if it is not there, or skips the test that asks. */
    static ModelSigning installed() throws IOException {
        Path root = Files.createDirectories(caches().resolve("maas-tests"));
        Path folder = root.resolve(FOLDER);
        ModelSigning tool = new ModelSigning(folder.resolve("bin").resolve("python"));
        // several builds may want it at once
        try (FileChannel lock =
                FileChannel.open(root.resolve(FOLDER + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            lock.lock();
            if (!tool.isUsable()) {
                tool.install(folder);
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

    private boolean isUsable() throws IOException {
        return Files.exists(python) && run(RUNNING, python.toString(), "-m", "model_signing", "--version").status == 0;
    }

    private void install(Path folder) throws IOException {
        require(run(RUNNING, "python3", "-m", "venv", "--clear", folder.toString()));
        List<String> install = new ArrayList<>(List.of(python.toString(), "-m", "pip", "install", "--quiet"));
        install.addAll(List.of("--disable-pip-version-check", "--timeout", "15", "--retries", "1"));
        install.addAll(PACKAGES);
        require(run(INSTALLING, install.toArray(String[]::new)));
        require(run(RUNNING, python.toString(), "-m", "model_signing", "--version"));
    }

    private static void require(Result result) {
        Assumptions.assumeTrue(
                result.status == 0, () -> "skipped: model_signing cannot be installed here: " + result.output);
    }

    /** Runs the command line and checks that it does what it is told. */
    void succeeds(Object... arguments) throws IOException {
        Result result = model(arguments);
        assertThat(result.status).as(result.output).isZero();
    }

    /** Runs the command line and returns what it complains about. */
    String fails(Object... arguments) throws IOException {
        Result result = model(arguments);
        assertThat(result.status).as(result.output).isEqualTo(1);
        return result.output;
    }

    private Result model(Object... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(python.toString(), "-m", "model_signing"));
        Arrays.stream(arguments).map(Object::toString).forEach(command::add);
        return run(RUNNING, command.toArray(String[]::new));
    }

    private record Result(int status, String output) {}

    private static Result run(Duration limit, String... command) throws IOException {
        Path output = Files.createTempFile("model-signing-", ".log");
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
