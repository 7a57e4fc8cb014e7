package io.maas.backend.djl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the backend behaves in a host's process, each time in a new one. */
class HostProcessTest {
    @TempDir
    Path folder;

    private record Streams(String out, String err) {}

    private Streams child(String mode, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))));
        String cache = System.getProperty("DJL_CACHE_DIR");
        if (cache != null) {
            command.add("-DDJL_CACHE_DIR=" + cache);
        }
        if (Runtime.version().feature() >= 24) {
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        command.addAll(List.of(options));
        command.addAll(List.of(Child.class.getName(), mode, folder.toString()));
        File out = folder.resolve("out.txt").toFile();
        File err = folder.resolve("err.txt").toFile();
        Process process = new ProcessBuilder(command)
                .redirectOutput(out)
                .redirectError(err)
                .start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return new Streams(
                Files.readString(out.toPath()).strip(),
                Files.readString(err.toPath()).strip());
    }

    @Test
    void nothingIsPrintedWhateverGoesWrong() throws IOException, InterruptedException {
        Streams streams = child("quiet");
        assertThat(streams.err()).isEmpty();
        assertThat(streams.out()).isEqualTo("served");
    }

    @Test
    void modelsServeAlsoWhereTheHostInitialisedTheRuntimeBefore() throws IOException, InterruptedException {
        Streams streams = child("host-first");
        assertThat(streams.err()).isEmpty();
        assertThat(streams.out()).isEqualTo("served");
    }

    @Test
    void aMissingNativeLibraryIsExplainedOnce() throws IOException, InterruptedException {
        Path nowhere = folder.resolve("nowhere");
        Streams streams = child("quiet", "-Donnxruntime.native.path=" + nowhere);
        assertThat(streams.out())
                .startsWith("NO_NATIVE")
                .contains(nowhere.toString(), "noexec", "musl", "onnxruntime.native.path", "not found");
    }

    @Test
    void aFolderThatTheNativesCannotBeUnpackedIntoIsExplained() throws IOException, InterruptedException {
        Path nowhere = folder.resolve("nowhere");
        Streams streams = child("quiet", "-Djava.io.tmpdir=" + nowhere);
        assertThat(streams.out()).startsWith("NO_NATIVE").contains(nowhere.toString(), "java.io.tmpdir");
    }

    @Test
    void theTokenizersNativeLibraryIsExplainedAsWell() throws IOException, InterruptedException {
        Streams streams = child("quiet", "-DRUST_LIBRARY_PATH=" + folder.resolve("nowhere"));
        assertThat(streams.out()).startsWith("NO_NATIVE").contains("tokenizers", "DJL_CACHE_DIR");
    }
}
