package io.maas.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * A server that somebody with bad intentions asks: after each test the registry has no more commits, the store no more
 * files and the temporary folder no uploads, and the server answers.
 */
abstract class HostileFixture extends ServerFixture {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private long head;
    private List<String> stored = List.of();
    private Set<Path> uploads = Set.of();

    @BeforeEach
    final void serve() {
        platform.serve("price", "scale 3");
        remember();
    }

    /** Takes what is there as what is to stay. */
    final void remember() {
        head = platform.maas().repository().head();
        stored = stored();
        uploads = uploads();
    }

    @AfterEach
    final void nothingHasChangedAndTheServerGoesOn() {
        assertThat(platform.maas().repository().head()).isEqualTo(head);
        assertThat(stored()).isEqualTo(stored);
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (!uploads.containsAll(uploads())) { // who leaves early, or another server's test, may be just before it
            assertThat(System.nanoTime())
                    .as("waiting until uploads are removed")
                    .isLessThan(until);
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(get("/healthz").status()).isEqualTo(200);
        platform.maas().repository().resolve("price");
    }

    /** The files of packages, and commits. */
    private List<String> stored() {
        return platform.store().list("", "", 10_000).stream()
                .filter(key -> key.contains("blobs/") || key.contains("log/"))
                .toList();
    }

    private static Set<Path> uploads() {
        try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return all.filter(file -> file.getFileName().toString().startsWith("maas-upload"))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Checks a refusal in the form of the platform's routes. */
    static void assertRefused(Reply reply, int status, String code) {
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.json().get("code").asText()).as(reply.text()).isEqualTo(code);
        assertThat(reply.header("Content-Type")).contains("application/problem+json");
    }
}
