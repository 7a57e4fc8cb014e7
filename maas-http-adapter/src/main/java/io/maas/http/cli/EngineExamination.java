package io.maas.http.cli;

import io.maas.error.MaasException;
import io.maas.spi.Backend;
import io.maas.spi.BackendProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** Looks at the engines: whether they are there, and whether their native libraries can be loaded. */
final class EngineExamination {
    private EngineExamination() {}

    /** One that loads is enough: the others matter to whoever has models for them. */
    static List<Finding> findings() {
        List<Finding> loaded = new ArrayList<>();
        List<Finding> failed = new ArrayList<>();
        for (BackendProvider provider : ServiceLoader.load(BackendProvider.class)) {
            String subject = "engine " + provider.name();
            try (Backend backend = provider.open()) {
                loaded.add(Finding.good(subject, "loads " + provider.formats() + " on " + backend.devices()));
            } catch (MaasException | LinkageError e) {
                failed.add(Finding.bad(subject, String.valueOf(e.getMessage()), "see docs/engines.md"));
            }
        }
        if (loaded.isEmpty() && failed.isEmpty()) {
            return List.of(Finding.bad("engine", "there is none", "put io.maas:maas-backend-djl on the class path"));
        }
        for (Finding finding : failed) {
            loaded.add(
                    loaded.isEmpty()
                            ? finding
                            : new Finding(Finding.Level.DOUBTFUL, finding.subject(), finding.what(), finding.remedy()));
        }
        return loaded;
    }
}
