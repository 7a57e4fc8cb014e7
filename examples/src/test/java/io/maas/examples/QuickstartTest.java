package io.maas.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickstartTest {
    @TempDir
    Path folder;

    private String run() throws IOException, InterruptedException {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        Quickstart.run(folder, new PrintStream(output, true, StandardCharsets.UTF_8));
        return output.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aSecondRunFindsWhatTheFirstLeft() throws IOException, InterruptedException {
        String first = run();
        assertThat(first)
                .contains("A new store")
                .contains("embedding FP32")
                .contains("made, 0 failed")
                .containsPattern("digits:1 +84\\.3 % of 599")
                .containsPattern("digits:2 +97\\.7 % of 599")
                .containsPattern("rolled back +to digits:1")
                .containsPattern("rollback +2 -> 1")
                .doesNotContain("\r");
        assertThat(first.indexOf("0.70")).isPositive().isLessThan(first.indexOf("0.01"));

        String second = run();
        assertThat(second)
                .contains("was here before, with 7 commits")
                .containsPattern("digits +versions \\[1, 2\\], production 1")
                .contains("made, 0 failed");
        assertThat(second.lines().filter(line -> line.contains("commit ")).count())
                .isEqualTo(5);
    }
}
