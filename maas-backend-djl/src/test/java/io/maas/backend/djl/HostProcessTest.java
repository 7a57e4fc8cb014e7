package io.maas.backend.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the backend behaves in a host's process, each time in a new one. */
class HostProcessTest {
    @TempDir
    Path folder;

    private record Streams(String out, String err) {}

    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    private static String classPathWithout(String jar) {
        return Arrays.stream(classPath().split(File.pathSeparator))
                .filter(entry -> !Path.of(entry).getFileName().toString().startsWith(jar))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private Streams child(String mode, String... options) throws IOException, InterruptedException {
        return child(Child.class, mode, options);
    }

    private Streams child(Class<?> main, String mode, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                classPath()));
        String cache = System.getProperty("DJL_CACHE_DIR");
        if (cache != null) {
            command.add("-DDJL_CACHE_DIR=" + cache);
        }
        if (Runtime.version().feature() >= 24) {
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        command.addAll(List.of(options));
        command.addAll(List.of(main.getName(), mode, folder.toString()));
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

    @Test
    void pyTorchStartsForItsModelsOnly() throws IOException, InterruptedException {
        Streams streams = child("torch");
        assertThat(streams.err()).isEmpty();
        assertThat(streams.out()).isEqualTo("served");
        assertThat(child("quiet").out()).isEqualTo("served"); // which looks whether libtorch is there
    }

    @Test
    void runsThatFailKeepNothing() throws IOException, InterruptedException {
        assumeTrue(Files.isReadable(Path.of("/proc/self/status")), "the size of a process is read from /proc");
        String grown = child("torch-fails", "-Xmx64m").out().replaceAll("\\D", "");
        assertThat(Integer.parseInt(grown)).isLessThan(100); // of 1,000
    }

    @Test
    void modelsServeAlsoWhereTheHostStartedPyTorchBefore() throws IOException, InterruptedException {
        Streams streams = child("torch-host-first", "-Dai.djl.offline=true", "-DOPT_OUT_TRACKING=true");
        assertThat(streams.err()).isEmpty();
        assertThat(streams.out()).isEqualTo("served");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pytorch-engine", "pytorch-native", "pytorch-jni"})
    void aMissingPartOfPyTorchIsNamed(String jar) throws IOException, InterruptedException {
        Streams streams = child(
                "torch-only",
                "-cp",
                classPathWithout(jar),
                "-DDJL_CACHE_DIR=" + (jar.equals("pytorch-engine") ? "" : folder.resolve("empty")));
        assertThat(streams.out())
                .startsWith("NO_NATIVE")
                .contains("start PyTorch", "ai.djl.pytorch:pytorch-jni:", "ai.djl.pytorch:pytorch-native-cpu:");
    }

    @Test
    void onnxModelsNeedNoPyTorchAtAll() throws IOException, InterruptedException {
        assertThat(child("quiet", "-cp", classPathWithout("pytorch")).out()).isEqualTo("served");
    }

    @Test
    void aVeryLongCommandLineDoesNoHarm() throws IOException, InterruptedException {
        // ONNX Runtime matches it against an expression that takes stack for each character
        String[] options = new String[40];
        Arrays.setAll(options, i -> "-Dfolder" + i + "=/opt/app/" + "some-library-1.2.3.jar:/opt/app/lib".repeat(20));
        assertThat(child("quiet", options).out()).isEqualTo("served");
    }

    @Test
    void nativesGoToTheFolderThatTheHostSays() throws IOException, InterruptedException {
        Path natives = folder.resolve("natives");
        for (int start = 0; start < 2; start++) {
            Streams streams = child("quiet", "-Dmaas.natives=" + natives, "-DDJL_CACHE_DIR=");
            assertThat(streams.err()).isEmpty();
            assertThat(streams.out()).isEqualTo("served");
        }
        try (Stream<Path> files = Files.walk(natives)) {
            List<String> names = files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .toList();
            assertThat(names)
                    .contains(
                            System.mapLibraryName("onnxruntime"),
                            System.mapLibraryName("onnxruntime4j_jni"),
                            System.mapLibraryName("tokenizers"))
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void aTemporaryFolderThatMayNotRunCodeNeedsTheSetting() throws IOException, InterruptedException {
        Path noexec = Files.createDirectory(folder.resolve("noexec"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "noexec", "tmpfs", noexec.toString()),
                "a folder cannot be mounted noexec here");
        try {
            assertThat(child("quiet", "-Djava.io.tmpdir=" + noexec).out())
                    .startsWith("NO_NATIVE")
                    .contains(noexec.toString(), "noexec", "-Dmaas.natives");
            String natives = "-Dmaas.natives="
                    + System.getProperty("DJL_CACHE_DIR", folder.resolve("n").toString());
            Streams streams = child("torch", "-Djava.io.tmpdir=" + noexec, natives, "-DDJL_CACHE_DIR=");
            assertThat(streams.err()).isEmpty();
            assertThat(streams.out()).isEqualTo("served");
        } finally {
            run("umount", noexec.toString());
        }
    }

    private static boolean run(String... command) throws InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getInputStream().transferTo(OutputStream.nullOutputStream());
            return process.waitFor() == 0;
        } catch (IOException e) {
            return false; // no such command
        }
    }

    @Test
    void theLibraryCanBeLoadedAndThrownAwayAgainAndAgain() throws IOException, InterruptedException {
        assumeTrue(Files.isReadable(Path.of("/proc/self/status")), "the size of a process is read from /proc");
        // the optimising compiler and a heap that grows take tens of megabytes at any time, and would hide what is lost
        // in each round
        Streams streams = child(
                Reload.class,
                "31",
                "-Xms256m",
                "-Xmx256m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1");
        assertThat(streams.err()).isEmpty();
        assertThat(streams.out()).endsWith("flat");
    }

    @Test
    void aSecondClassLoaderWithEnginesOfItsOwnIsToldWhatToDo() throws IOException, InterruptedException {
        Streams streams = child(Reload.class, "engines-too");
        assertThat(streams.out()).contains("NO_NATIVE").contains("let that of the host have the engines' jars");
    }
}
