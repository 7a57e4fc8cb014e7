package io.maas.http.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The packaged server on a free port and a store of its own, from a command such as the README has. */
final class ServerProcess implements AutoCloseable {
    static final Path REPOSITORY = Path.of(System.getProperty("maas.repository", ".."))
            .toAbsolutePath()
            .normalize();

    private final Path errors;
    private final Process process;
    private final BufferedReader out;
    private final String address;

    ServerProcess(String command, Path folder, String... jvmOptions) throws IOException {
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        words.set(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(1, List.of(jvmOptions));
        words.set(words.indexOf("--store") + 1, folder.resolve("models").toString());
        words.set(words.indexOf("--port") + 1, "0");
        words.addAll(List.of("--cache", folder.resolve("cache").toString()));
        errors = folder.resolve("stderr");
        process = new ProcessBuilder(words)
                .directory(REPOSITORY.toFile())
                .redirectError(errors.toFile())
                .start();
        out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        assertThat(line).as(errors()).contains(" on http://127.0.0.1:");
        address = line.substring(line.indexOf("http://"));
    }

    /** Returns where it listens, as a URL. */
    String address() {
        return address;
    }

    /** Returns what it wrote to standard error. */
    String errors() throws IOException {
        return Files.readString(errors);
    }

    /** Ends it as a service manager does, and checks that it ends well. */
    void end() throws IOException, InterruptedException {
        process.toHandle().destroy(); // and leaves its output open
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        assertThat(out.lines()).containsExactly("maas stops", "maas has stopped");
        assertThat(errors().lines()).allMatch(line -> line.contains(" access "), "only the access log");
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
