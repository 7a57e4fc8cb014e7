package io.maas.http.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged server, started and used as the README says. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ServerProcessIT {
    private static final Path REPOSITORY = Path.of(System.getProperty("maas.repository", ".."))
            .toAbsolutePath()
            .normalize();

    @TempDir
    private Path folder;

    /** A server on a free port, from the README's command. */
    private final class Server implements AutoCloseable {
        private final Process process;
        private final BufferedReader out;
        private final String address;

        Server(String command) throws IOException {
            List<String> words = new ArrayList<>(List.of(command.split(" ")));
            words.set(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
            words.set(words.indexOf("--store") + 1, folder.resolve("models").toString());
            words.set(words.indexOf("--port") + 1, "0");
            process = new ProcessBuilder(words)
                    .directory(REPOSITORY.toFile())
                    .redirectError(folder.resolve("stderr").toFile())
                    .start();
            out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            String line = out.readLine();
            assertThat(line).as(stderr()).contains(" on http://127.0.0.1:");
            address = line.substring(line.indexOf("http://"));
        }

        String stderr() throws IOException {
            return Files.readString(folder.resolve("stderr"));
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    private static List<List<String>> blocks(String heading) throws IOException {
        String readme = Files.readString(REPOSITORY.resolve("README.md"));
        String section = readme.substring(readme.indexOf("\n## " + heading + "\n") + 4);
        section = section.substring(0, section.indexOf("\n## "));
        List<List<String>> blocks = new ArrayList<>();
        String[] parts = section.split("```\n", -1);
        for (int i = 1; i < parts.length; i += 2) {
            blocks.add(parts[i].lines().toList());
        }
        return blocks;
    }

    private String bash(String command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", command).directory(REPOSITORY.toFile());
        builder.environment()
                .merge(
                        "PATH",
                        Path.of(System.getProperty("java.home"), "bin").toString(),
                        (old, java) -> java + ":" + old);
        Process process = builder.redirectErrorStream(true).start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(command + "\n" + out).isZero();
        return out;
    }

    @Test
    void theReadmesCommandsWorkAsWritten() throws IOException, InterruptedException {
        assumeThat(Files.isExecutable(Path.of("/usr/bin/curl")))
                .as("curl is installed")
                .isTrue();
        List<List<String>> blocks = blocks("Serve it over HTTP");
        try (Server server = new Server(blocks.get(0).get(0))) {
            List<String> outputs = new ArrayList<>();
            for (String command : blocks.get(1)) {
                outputs.add(bash(command.replace("http://127.0.0.1:8080", server.address)
                        .replace("digits.zip", folder.resolve("digits.zip").toString())));
            }
            assertThat(outputs.get(1)).contains("\"id\":\"digits\"");
            assertThat(outputs.get(2)).contains("\"commit\":");
            assertThat(outputs.get(3)).contains("\"output_label\":2");
            for (String command : blocks.get(2)) {
                bash(command.replace("--store models", "--store " + folder.resolve("models")));
            }
            ends(server);
        }
    }

    /** As a service manager ends it. */
    private static void ends(Server server) throws IOException, InterruptedException {
        server.process.toHandle().destroy(); // and leaves its output open
        assertThat(server.process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(server.process.exitValue()).isZero();
        assertThat(server.out.lines()).containsExactly("maas stops", "maas has stopped");
        assertThat(server.stderr()).isEmpty();
    }
}
