package io.maas.store.fs;

import io.maas.Maas;
import io.maas.error.MaasException;
import io.maas.model.ModelRef;
import io.maas.repository.Commit;
import io.maas.repository.PublishOptions;
import io.maas.testkit.ScriptedBackend;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A process that publishes as it is told, a line for each command:
 *
 * <pre>
 *                                  ready
 * publish REF ALIAS                done COMMIT
 * publish REF ALIAS EXPECTED       done COMMIT, or refused CODE
 * each REF PREFIX COUNT            done COMMIT, count times: to the aliases PREFIX0, PREFIX1 …
 * </pre>
 */
final class PublishingProcess {
    private PublishingProcess() {}

    /** Takes the store's folder and a cache folder. */
    public static void main(String[] args) throws IOException {
        try (Maas maas = Maas.builder()
                        .store(Path.of(args[0]))
                        .cache(Path.of(args[1]))
                        .backend(new ScriptedBackend())
                        .pollInterval(Duration.ZERO)
                        .open();
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            System.out.println("ready");
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                obey(maas, line.split(" "));
            }
        }
    }

    private static void obey(Maas maas, String[] words) {
        if (words[0].equals("each")) {
            for (int i = 0; i < Integer.parseInt(words[3]); i++) {
                publish(maas, words[1], PublishOptions.to(words[2] + i));
            }
            return;
        }
        PublishOptions options = PublishOptions.to(words[2]);
        publish(maas, words[1], words.length > 3 ? options.expecting(words[3]) : options);
    }

    private static void publish(Maas maas, String ref, PublishOptions options) {
        try {
            Commit commit = maas.repository().publish(maas.repository().resolve(ModelRef.parse(ref)), options);
            System.out.println("done " + commit.number());
        } catch (MaasException e) {
            System.out.println("refused " + e.code());
        }
    }
}
