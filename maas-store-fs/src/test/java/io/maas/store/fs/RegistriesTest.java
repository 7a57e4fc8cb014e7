package io.maas.store.fs;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.Maas;
import io.maas.Registries;
import io.maas.repository.AuditEntry;
import io.maas.repository.AuditQuery;
import io.maas.repository.CopyOptions;
import io.maas.repository.CopyReport;
import io.maas.repository.PublishOptions;
import io.maas.testkit.ScriptedBackend;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Registries in folders, by their addresses. */
class RegistriesTest {
    private static final CopyOptions COPY = CopyOptions.defaults();

    @TempDir
    Path folder;

    private URI address(String name) {
        return folder.resolve(name).toUri();
    }

    private Maas open(String name) {
        return Maas.builder()
                .store(address(name))
                .backend(new ScriptedBackend())
                .pollInterval(Duration.ZERO)
                .cache(folder.resolve("cache"))
                .open();
    }

    private List<AuditEntry> audit(String name) {
        try (Maas maas = open(name)) {
            return maas.repository()
                    .audit()
                    .entries(AuditQuery.everything(), 1000)
                    .entries();
        }
    }

    @Test
    void aFolderIsCopiedWhileItIsInUse() {
        try (Maas maas = open("from")) {
            for (int i = 1; i < 5; i++) {
                maas.repository()
                        .publish(
                                maas.repository().register(ScriptedBackend.model("digits", "scale " + i)),
                                PublishOptions.toProduction());
                CopyReport report = Registries.copy(address("from"), address("to"), COPY);
                assertThat(report.head()).isEqualTo(maas.repository().head());
                assertThat(report.commits()).isEqualTo(2);
            }
        }
        assertThat(audit("to")).isEqualTo(audit("from"));
    }

    @Test
    void aFolderComesBackFromItsBackup() {
        try (Maas maas = open("from")) {
            maas.repository().register(ScriptedBackend.model("digits", "scale 1"));
            Registries.backup(address("from"), folder.resolve("backup.zip"), COPY);
        }
        Registries.restore(folder.resolve("backup.zip"), address("restored"), COPY);
        assertThat(audit("restored")).isEqualTo(audit("from")).hasSize(2);
    }
}
