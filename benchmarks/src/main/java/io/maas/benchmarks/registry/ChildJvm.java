package io.maas.benchmarks.registry;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A process that measures something and prints {@code name=value} lines. */
final class ChildJvm {
    private final Process process;
    private final String what;

    private ChildJvm(Process process, String what) {
        this.process = process;
        this.what = what;
    }

    static ChildJvm start(List<String> jvmArguments, Class<?> main, Object... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmArguments);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        return new ChildJvm(process, main.getSimpleName());
    }

    /** Waits for its end and returns what it measured. */
    Measured result() throws IOException, InterruptedException {
        Map<String, Double> measured = new LinkedHashMap<>();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int sign = line.indexOf('=');
                if (sign > 0) {
                    measured.put(line.substring(0, sign), Double.parseDouble(line.substring(sign + 1)));
                }
            }
        }
        if (process.waitFor() != 0) {
            throw new IllegalStateException(what + " ended with status " + process.exitValue());
        }
        return new Measured(measured);
    }

    static Measured run(List<String> jvmArguments, Class<?> main, Object... arguments)
            throws IOException, InterruptedException {
        return start(jvmArguments, main, arguments).result();
    }

    /** Reports from within such a process. */
    static void report(String name, double value) {
        System.out.println(name + "=" + value);
    }
}
