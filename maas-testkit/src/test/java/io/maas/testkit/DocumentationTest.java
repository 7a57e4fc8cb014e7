package io.maas.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples in {@code docs/testing.md} are those that are compiled and run. */
class DocumentationTest {
    private static final Path SOURCE = Path.of("src/test/java/io/maas/testkit/TestPlatformTest.java");
    private static final Path DOCUMENT = Path.of("..", "docs", "testing.md");

    @ParameterizedTest
    @ValueSource(strings = {"service", "first", "failure", "deadline", "function", "store", "canary", "swap", "host"})
    void theExampleIsInTheDocument(String tag) throws IOException {
        String source = Files.readString(SOURCE);
        String start = "// tag::" + tag + "\n";
        String rest = source.substring(source.indexOf(start) + start.length());
        String end = "// end::" + tag + "\n";
        String lines = rest.substring(0, rest.lastIndexOf('\n', rest.indexOf(end)));
        assertThat(Files.readString(DOCUMENT)).contains("```java\n" + lines.stripIndent() + "\n```\n");
    }
}
