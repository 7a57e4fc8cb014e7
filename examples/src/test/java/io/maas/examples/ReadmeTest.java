package io.maas.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The README says what the code does. */
class ReadmeTest {
    private static final Path MODELS = Path.of("models", "digits");
    private static final Path SOURCE = Path.of("src/test/java/io/maas/examples/ReadmeExample.java");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"readme", "import", "serve", "traffic", "watch", "move", "audit", "small"})
    void theExamplesInTheReadmeAreThoseThatAreCompiled(String tag) throws IOException {
        String source = Files.readString(SOURCE);
        String start = "// tag::" + tag + "\n";
        String example = source.substring(
                        source.indexOf(start) + start.length(), source.indexOf("        // end::" + tag + "\n"))
                .stripTrailing()
                .stripIndent();
        assertThat(Files.readString(Path.of("..", "README.md"))).contains("```java\n" + example + "\n```\n");
    }

    @Test
    void theExampleInTheReadmeRuns() throws IOException, InterruptedException {
        for (String version : new String[] {"v1", "v2"}) {
            Path target = Files.createDirectory(folder.resolve("digits-" + version));
            for (String file : new String[] {"maas.json", "model.onnx", "README.md"}) {
                Files.copy(MODELS.resolve(version).resolve(file), target.resolve(file));
            }
        }
        Path output = folder.resolve("output");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ReadmeExample.class.getName())
                .directory(folder.toFile())
                .redirectErrorStream(false)
                .redirectOutput(output.toFile())
                .redirectError(folder.resolve("errors").toFile());
        builder.environment().put("XDG_CACHE_HOME", folder.resolve("caches").toString());
        Process process = builder.start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue())
                .withFailMessage(() -> read(folder.resolve("errors")))
                .isZero();
        assertThat(read(output)).containsPattern("^\\d\\R\\d, says version 2\\R$");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
