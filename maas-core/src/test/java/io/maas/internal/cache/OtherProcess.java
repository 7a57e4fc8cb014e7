package io.maas.internal.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.maas.Maas;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/** Another process that uses a cache folder, since files are locked between processes and not within one. */
final class OtherProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader answers;

    private OtherProcess(Process process) {
        this.process = process;
        this.answers = process.inputReader(UTF_8);
    }

    /** Opens the cache, and closes it when told to go on. */
    static OtherProcess opens(Path root) throws IOException {
        return start("open", root.toString());
    }

    /** Holds the lock of a download that is broken off, and completes it when told to go on. */
    static OtherProcess downloads(Path partial, Path complete, Path content) throws IOException {
        return start("download", partial.toString(), complete.toString(), content.toString());
    }

    private static OtherProcess start(String... arguments) throws IOException {
        String classPath = Stream.of(OtherProcess.class, Maas.class, LoggerFactory.class)
                .map(OtherProcess::place)
                .collect(Collectors.joining(System.getProperty("path.separator")));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath,
                OtherProcess.class.getName()));
        command.addAll(List.of(arguments));
        OtherProcess other = new OtherProcess(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
        if (!"ready".equals(other.answers.readLine())) {
            throw new IOException("the other process did not start");
        }
        return other;
    }

    private static String place(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    long pid() {
        return process.pid();
    }

    /** Lets it go on to its end. */
    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        if (process.onExit().join().exitValue() != 0) {
            throw new IOException("the other process failed");
        }
    }

    public static void main(String[] arguments) throws IOException {
        if (arguments[0].equals("open")) {
            try (BundleCache cache =
                    new BundleCache(Path.of(arguments[1]), 0, Clock.systemUTC(), new SplittableRandom())) {
                awaitGoOn(cache);
            }
            return;
        }
        Path partial = Path.of(arguments[1]);
        byte[] content = Files.readAllBytes(Path.of(arguments[3]));
        try (FileChannel channel = FileChannel.open(partial, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.lock();
            channel.write(ByteBuffer.wrap(content, 0, content.length / 2));
            awaitGoOn(channel);
            channel.write(ByteBuffer.wrap(content, content.length / 2, content.length - content.length / 2));
            Files.move(partial, Path.of(arguments[2]));
        }
    }

    private static void awaitGoOn(Object held) throws IOException {
        System.out.println("ready");
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        if (input.readLine() != null) {
            throw new IOException("nothing is said while " + held + " is held");
        }
    }
}
