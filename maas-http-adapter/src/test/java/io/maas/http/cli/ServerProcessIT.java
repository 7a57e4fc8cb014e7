package io.maas.http.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged server, started and used as the README says. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ServerProcessIT {
    @TempDir
    private Path folder;

    private static List<List<String>> blocks(String heading) throws IOException {
        String readme = Files.readString(ServerProcess.REPOSITORY.resolve("README.md"));
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
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", command).directory(ServerProcess.REPOSITORY.toFile());
        builder.environment()
                .merge(
                        "PATH",
                        Path.of(System.getProperty("java.home"), "bin").toString(),
                        (old, java) -> java + ":" + old);
        builder.environment().put("XDG_CACHE_HOME", folder.resolve("cache").toString());
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
        try (ServerProcess server = new ServerProcess(blocks.get(0).get(0), folder)) {
            List<String> outputs = new ArrayList<>();
            for (String command : blocks.get(1)) {
                outputs.add(bash(command.replace("http://127.0.0.1:8080", server.address())
                        .replace("digits.zip", folder.resolve("digits.zip").toString())));
            }
            assertThat(outputs.get(1)).contains("\"id\":\"digits\"");
            assertThat(outputs.get(2)).contains("\"commit\":");
            assertThat(outputs.get(3)).contains("\"output_label\":2");
            for (String command : blocks.get(2)) {
                bash(command.replace("--store models", "--store " + folder.resolve("models")));
            }
            server.end();
        }
    }
}
