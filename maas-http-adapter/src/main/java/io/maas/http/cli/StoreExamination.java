package io.maas.http.cli;

import io.maas.Maas;
import io.maas.Registries;
import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.repository.CopyOptions;
import io.maas.repository.LogVerification;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Looks at a store: whether it is there, can be written to as registries need it, and has a log that is whole. */
final class StoreExamination {
    private StoreExamination() {}

    static List<Finding> findings(String store) {
        List<Finding> findings = new ArrayList<>();
        try (Maas maas = Maas.builder()
                .store(StoreOptions.uri(store))
                .requireStore()
                .pollInterval(Duration.ZERO)
                .open()) {
            findings.add(Finding.good(
                    "store",
                    store + " can be read and written, its head is commit "
                            + maas.repository().head()));
            findings.add(log(store));
        } catch (MaasException e) {
            findings.add(
                    e.code() == ErrorCode.REGISTRY_MISSING
                            ? Finding.doubtful(
                                    "store", store + " has no registry yet", "register a model, or check the address")
                            : Finding.bad("store", String.valueOf(e.getMessage()), "mend what the message says"));
        }
        return findings;
    }

    private static Finding log(String store) {
        LogVerification found = Registries.verify(
                StoreOptions.uri(store), CopyOptions.defaults().namespace());
        return found.isIntact()
                ? Finding.good("log", "whole, " + (found.verified().commit() + 1) + " commits")
                : Finding.bad(
                        "log",
                        found.findings().get(0).why(),
                        "do not write to it; restore a backup, or ask who changed it (maas verify says more)");
    }
}
