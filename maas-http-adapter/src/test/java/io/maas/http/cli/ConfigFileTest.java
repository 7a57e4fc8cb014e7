package io.maas.http.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A configuration that is not what its writer thinks is refused: a limit, or a lock, would be missing. */
class ConfigFileTest {
    @TempDir
    private Path folder;

    private String refused(String line) throws IOException {
        Path file = Files.writeString(folder.resolve("maas.properties"), line);
        StringWriter err = new StringWriter();
        int code = Main.run(
                new PrintWriter(new StringWriter()),
                new PrintWriter(err),
                "status",
                "--store",
                folder.resolve("none").toString(),
                "--config",
                file.toString());
        assertThat(code).isEqualTo(Failures.INPUT);
        return err.toString();
    }

    @ParameterizedTest
    @CsvSource({
        "caller-rates=5, caller-rates, caller-rate",
        "auths=keys, auths, auth",
        "Port=80, Port, port",
        "--host=localhost, --host, host",
        "tls_keystore=x, tls_keystore, tls-keystore"
    })
    void aKeyThatNoOptionHasIsRefusedWithTheNearest(String line, String key, String nearest) throws IOException {
        assertThat(refused(line))
                .contains("'" + key + "'")
                .contains("did you mean " + nearest + "?")
                .contains("bad-setting");
    }

    @Test
    void optionsOfOtherCommandsMayStandInIt() throws IOException {
        assertThat(refused("store=/srv/models\nport=8080\nauth=keys\nreason=x\nauthors=x"))
                .contains("'authors'");
    }
}
